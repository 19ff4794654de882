#pragma once

#include <cstdint>
#include <vector>

#include "core/base/time.hpp"

namespace tilth {

/// A satellite abeam of a place: the moment when the place lies in the plane across the track.
struct Pass {
  double second = 0.0;     ///< of the UTC day asked for, 0 <= second < 86400
  double across_km = 0.0;  ///< great-circle distance of the place from the track; positive left of the flight
  bool ascending = false;  ///< flying north
};

/// A circular orbit over a spherical Earth. The plane stands still against the mean sun (sun-synchronous), or turns
/// with the nodal regression by the flattening of the Earth.
class Orbit {
 public:
  /// A sun-synchronous orbit of `revolutions` in `repeat_days`, whose ascending node is crossed at `ascending_local_h`
  /// of mean local solar time; `phase` (0..1) shifts the ground track by that share of the distance between tracks.
  static Orbit sun_synchronous(int repeat_days, int revolutions, double ascending_local_h, double phase);
  /// A circular orbit of any inclination (degrees), whose local time drifts.
  static Orbit inclined(double altitude_km, double inclination_deg, double phase);

  double period_s() const { return period_s_; }
  double altitude_km() const { return altitude_km_; }
  double inclination_deg() const;

  /// The point below the satellite, degrees, at a second of the UTC day that starts at `day`.
  struct Place {
    double lon = 0.0, lat = 0.0;
  };
  Place below(Time day, double second) const;

  /// Adds the passes of a UTC day that see a place (degrees) within `reach_km` of the track.
  void passes(Time day, double lon, double lat, double reach_km, std::vector<Pass>& out) const;

  /// Angle of view from the vertical of the place, degrees, across the track.
  double view_zenith_deg(double across_km) const;

 private:
  struct Seen {
    double turn, across;  // along the orbit (turns from the ascending node), angle from its plane (rad)
  };
  Seen seen(double node_turn, double lon, double sin_lat, double cos_lat, double second) const;
  double turns(Time day, double second) const;
  double node_turn(Time day) const;

  double period_s_ = 0.0, altitude_km_ = 0.0, sin_inclination_ = 0.0, cos_inclination_ = 0.0;
  double local_turn_ = 0.0;          // local time of the ascending node (turns) at 1970-01-01
  double local_turn_per_day_ = 0.0;  // its drift
  double phase_ = 0.0;
  int repeat_days_ = 0, revolutions_ = 0;  // 0: not a repeat orbit
};

}  // namespace tilth
