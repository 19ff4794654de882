#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/schema.hpp"

namespace tilth {

/// `simulate.sampling.regular:` every cell at fixed intervals, neighbours on different days.
struct RegularOptions {
  void describe(Schema&) {}
};

/// `simulate.sampling.swath:` an imager in a sun-synchronous orbit.
struct SwathOptions {
  int repeat_days = 16, revolutions = 233;
  double local_time_h = 13.5;      ///< mean local solar time at the equator
  std::string node = "ascending";  ///< which crossing that is, and which half of the orbit looks
  bool both = false;               ///< the other half looks too
  double width_km = 2330.0, gap_km = 0.0;
  double incidence_deg = std::numeric_limits<double>::quiet_NaN();  ///< of a conical scan; NaN: geometric
  double view_limit_deg = 90.0;
  double phase = 0.0;
  void describe(Schema& s);
};

/// `simulate.sampling.geostationary:` the discs of satellites above the equator.
struct DiscOptions {
  std::vector<double> longitudes{0.0};  ///< degrees; a place is seen by the nearest
  std::int64_t interval_s = 3 * 3600, first_s = 0;
  double view_limit_deg = 65.0;
  void describe(Schema& s);
};

/// `simulate.sampling.tracks:` a lidar that samples along parallel tracks.
struct TrackOptions {
  double altitude_km = 410.0, inclination_deg = 51.6, width_km = 4.2, spacing_m = 60.0, phase = 0.0;
  int beams = 8;
  std::int64_t composite_s = 0;  ///< one observation per place in this time; 0: one per pass
  void describe(Schema& s);
};

/// `simulate.sampling.towers:` stations at their coordinates.
struct TowerOptions {
  std::string file;                ///< csv with name, lat, lon; empty: the built-in list
  std::vector<std::string> names;  ///< of them; empty: all
  int every_days = 1;
  void describe(Schema& s);
};

/// `simulate.sampling:` when and where an instrument looks.
struct SamplingOptions {
  enum class Kind { regular, swath, geostationary, tracks, towers };
  std::string name = "regular";
  RegularOptions regular;
  SwathOptions swath;
  DiscOptions geostationary;
  TrackOptions tracks;
  TowerOptions towers;
  Kind kind() const;
  bool is_regular() const { return name == "regular"; }
  void describe(Schema& s);
};

}  // namespace tilth
