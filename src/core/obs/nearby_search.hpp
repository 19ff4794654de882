#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/base/aligned.hpp"

namespace tilth {

/// Finds the observations near every place of a group of neighbouring places: one tree search for the group, then plain
/// distances to what it found. Much cheaper than a search per place when neighbours share their observations, as
/// columns along a space-filling curve do. Distances are straight lines, in the unit of the coordinates.
class NearbySearch {
 public:
  using Place = std::array<double, 3>;

  explicit NearbySearch(std::vector<Place> places);
  ~NearbySearch();

  /// Starts a group: everything within `radius` of any of its places becomes a candidate.
  void gather(std::span<const Place> group, double radius);

  /// Candidates within `radius` of a place of the group: indices ascending, and their distances.
  /// @pre radius is at most that of `gather`
  void within(const Place& from, double radius, std::vector<std::int32_t>& index, std::vector<double>& distance);

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
  std::vector<std::int32_t> candidates_, near_;
  AlignedVector<double> x_, y_, z_, squared_;  // of the candidates
};

}  // namespace tilth
