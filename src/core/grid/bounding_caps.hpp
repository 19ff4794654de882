#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/grid/grid.hpp"
#include "core/grid/sphere_tree.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Where every rank's points lie: a few bounding caps per rank, the same list on all ranks (its size depends on the
/// number of ranks, not on the grid). Each cap encloses a run of the rank's points along the space-filling curve.
class BoundingCaps {
 public:
  /// Collective.
  BoundingCaps(const Comm& comm, const std::vector<GridPoint>& points);

  /// Ranks that may own a point within `reach_km` of a place, ascending; a superset of the ranks that do.
  void ranks_within(const std::array<double, 3>& from, double reach_km, std::vector<int>& ranks) const;
  /// As above, without the ranks whose points are all farther than the nearest point surely is.
  void ranks_of_nearest(const std::array<double, 3>& from, double reach_km, std::vector<int>& ranks) const;

 private:
  struct Cap {
    int rank;
    double radius_km;
  };
  void caps_within(const std::array<double, 3>& from, double reach_km, std::vector<std::int32_t>& caps) const;
  std::vector<Cap> caps_;
  double largest_radius_km_ = 0.0;
  SphereTree centres_;
};

}  // namespace tilth
