#pragma once

#include <span>

#include "core/parallel/comm.hpp"
#include "driver/analyse/problem.hpp"

namespace tilth {

/// Lays every geometry on the sphere, so that halo, search and tapers are the same code: a line with coordinate x and
/// period P is the equator, lon = 360 (x - origin) / P - 180; a line with two ends takes P = 4 times its length.
class Places {
 public:
  /// `x`: line coordinates of this rank's points and observations; unused otherwise. Collective.
  Places(const Comm& comm, const GeometryOptions& geometry, std::span<const double> points,
         std::span<const double> observations);
  bool line() const { return line_; }
  bool sphere() const { return sphere_; }
  /// Longitude of a line coordinate, -180 <= lon < 180; its latitude is 0.
  double longitude(double x) const;
  /// Kilometres on the sphere of a length in the units of the geometry.
  double km(double length) const { return length * km_per_unit_; }
  /// Longitude from -180 to 180.
  static double normalised(double lon);

 private:
  bool line_, sphere_;
  double origin_ = 0.0, period_ = 1.0, km_per_unit_ = 1.0;
};

}  // namespace tilth
