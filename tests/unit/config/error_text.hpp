#pragma once

#include <functional>
#include <string>

#include "core/base/error.hpp"

namespace tilth::test {

/// Text of the `Error` that `action` throws; says so when it throws none.
inline std::string error_text(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace tilth::test
