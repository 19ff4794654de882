#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

/// One box of `verification.regions:`.
struct RegionOptions {
  double west = -180.0, east = 180.0, south = -90.0, north = 90.0;
  void describe(Schema& s);
};

/// `verification:`
struct VerificationOptions {
  bool open_loop = true, states = false;
  std::int64_t from_window = 0;
  std::vector<std::pair<std::string, RegionOptions>> regions;
  void describe(Schema& s);
};

}  // namespace tilth
