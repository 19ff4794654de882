#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/schema.hpp"

namespace tilth {

/// One box of `verification.regions:`.
struct RegionOptions {
  double west = -180.0, east = 180.0, south = -90.0, north = 90.0;
  void describe(Schema& s);
};

/// One entry of `verification.events:`.
struct EventOptions {
  double below_percentile = -1.0, above_percentile = -1.0, below = 0.0, above = 0.0;
  bool has_below = false, has_above = false;
  std::vector<std::string> variables;  ///< empty: all
  void describe(Schema& s);
};

/// `verification.bootstrap:`
struct BootstrapOptions {
  int replicates = 500;
  std::int64_t block_s = 0;
  double confidence = 0.95;
  void describe(Schema& s);
};

/// `verification.forecasts:` ensemble forecasts from the analyses, without assimilation.
struct ForecastOptions {
  bool on = false;  ///< the section is given
  std::int64_t lead = 4, every = 4;
  std::vector<std::string> experiments;
  void describe(Schema& s);
};

/// `verification:`
struct VerificationOptions {
  bool open_loop = true, states = false;
  std::int64_t from_window = 0;
  std::vector<std::string> references{"nature", "withheld"};
  std::string towers;  ///< csv with name, lat, lon; empty: those of simulated networks
  std::vector<std::pair<std::string, RegionOptions>> regions;
  std::vector<std::pair<std::string, EventOptions>> events{
      {"below_p20", {20.0, -1.0, 0.0, 0.0, false, false, {"surface_soil_moisture", "root_zone_soil_moisture"}}}};
  BootstrapOptions bootstrap;
  int harmonics = 1;
  ForecastOptions forecasts;
  void describe(Schema& s);
};

}  // namespace tilth
