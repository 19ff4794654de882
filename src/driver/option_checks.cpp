#include "driver/option_checks.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace tilth {

namespace {

bool plain(const std::string& word) {
  return !word.empty() && std::ranges::none_of(word, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

void require_name(const Schema& s, const char* key, const std::string& name) {
  const bool good = plain(name) && name.find('/') == std::string::npos;
  require(!s.is_reading() || good, s.where(), ".", key, " = '", name.c_str(),
          "', must be a name of at least one letter, without '/' and control characters");
}

void require_folder(const Schema& s, const char* key, const std::string& path) {
  require(!s.is_reading() || plain(path), s.where(), ".", key, " = '", path.c_str(),
          "', must be the path of a folder, not empty and without control characters");
}

}  // namespace tilth
