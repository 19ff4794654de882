#pragma once

#include <string>

#include "assim/calibration/emulator/emulator.hpp"
#include "core/config/schema.hpp"

namespace tilth {

/// Options of emulators, and the gate that decides whether one is used.
struct EmulatorSettings {
  std::string kernel = "matern52", trend = "constant";
  int starts = 5;
  double least_q2 = 0.7, least_coverage = 0.8;

  void describe(Schema& s);
  calibration::EmulatorOptions options(std::uint64_t seed) const;
  bool passes(const calibration::EmulatorCheck& check) const { return check.passes(least_q2, least_coverage); }
};

}  // namespace tilth
