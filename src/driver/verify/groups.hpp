#pragma once

#include <span>
#include <string>
#include <vector>

#include "driver/domain.hpp"

namespace tilth {

/// Cells that are scored together.
struct Group {
  std::string reference;  ///< nature, withheld, tower:<name>
  std::string region, pft;
};

/// Groups, and those each own column belongs to. The first `regions()` of them are the regions with all types.
class Groups {
 public:
  /// Regions, then the plant functional types that are dominant somewhere, all over the globe.
  Groups(const Domain& domain, const std::string& reference);
  /// Adds a cell beyond the columns for every tower, in the groups of the own column it lies in (-1: none), and a group
  /// `tower:<name>` unless the name is empty. Names are the same on all ranks.
  void add_towers(std::span<const std::string> names, std::span<const int> columns);

  std::span<const Group> all() const { return groups_; }
  int size() const { return int(groups_.size()); }
  int regions() const { return regions_; }
  /// Cells: own columns, then towers.
  int columns() const { return int(members_.size()); }
  /// Numbers of the groups of a cell, ascending.
  std::span<const int> of(int cell) const { return members_[std::size_t(cell)]; }

 private:
  std::vector<Group> groups_;
  std::vector<std::vector<int>> members_;
  int regions_ = 0;
};

}  // namespace tilth
