#pragma once

#include <array>
#include <string>
#include <vector>

#include "assim/operators/observation_operator.hpp"

namespace tilth {

/// What a flux tower sees of a cell, and when its data are wanted.
struct FootprintOptions {
  std::string footprint = "area";
  std::vector<std::string> types;
  std::vector<double> weights;
  std::string daylight = "any";
  void describe(Schema& s);
};

/// Weights of the tiles of a place; they add up to 1. False when the footprint has none of its types: area fractions.
struct Footprint {
  std::array<double, max_tiles> weight{};
  bool covered = true;
};
Footprint footprint_of(const FootprintOptions& options, const Surface& surface);

/// qc_daylight when the observation's own time is not in the wanted part of the day (sun above the horizon or not).
std::uint32_t flag_daylight(const FootprintOptions& options, const ObservedColumn& seen);

}  // namespace tilth
