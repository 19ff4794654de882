#pragma once

#include <memory>
#include <vector>

#include "core/grid/bounding_caps.hpp"
#include "core/grid/grid.hpp"
#include "core/obs/obs_table.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Sends every used observation (flag 0) to all ranks that own a column within `radius_km[type]` of it, and returns
/// this rank's observations with those received, sorted by id. Observations go only to ranks whose caps they touch, in
/// one message each: with the caps of the grid given, cost depends on the halo, not on the rank count; without, ranks
/// tell each other their caps first. Collective.
ObsTable exchange_halo(const Comm& comm, const Grid& grid, const ObsTable& mine, const std::vector<double>& radius_km,
                       const BoundingCaps* caps = nullptr);

/// Finds observations near places: a k-d tree on unit vectors (nanoflann).
class ObsSearch {
 public:
  explicit ObsSearch(const ObsTable& table);
  ~ObsSearch();
  /// Indices of observations within `radius_km` of the place, ascending (hence by global id).
  void within(double lon, double lat, double radius_km, std::vector<std::int32_t>& out) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

}  // namespace tilth
