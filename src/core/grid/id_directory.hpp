#pragma once

#include <cstdint>
#include <vector>

#include "core/grid/decomposition.hpp"

namespace tilth {

/// Distributed table of who owns which global id: rank r keeps the entries of a contiguous range of ids.
class IdDirectory {
 public:
  /// Enters every rank's points; ids in 0..global_count-1. Collective.
  IdDirectory(const Comm& comm, const Grid& grid);
  /// Throws `Error` when an id was entered twice. Collective.
  void require_unique() const;
  /// Owner and index of each id, -1 when unknown. Collective.
  std::vector<Location> locate(const std::vector<std::int64_t>& ids) const;

 private:
  struct Entry {
    std::int64_t id;
    Location at;
  };
  int keeper(std::int64_t id) const { return int(id / block_); }
  Location entry(std::int64_t id) const;
  const Comm& comm_;
  std::int64_t count_, block_;
  std::vector<Entry> entries_;  // sorted by id
};

}  // namespace tilth
