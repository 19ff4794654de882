#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tilth {

/// Global attributes of a file, in the order they are written.
using Attributes = std::vector<std::pair<std::string, std::variant<std::string, double, std::int64_t>>>;

}  // namespace tilth
