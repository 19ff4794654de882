#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Moves records between owners (each rank holds records of arbitrary global ids) and blocks (rank r holds the
/// contiguous ids [begin(r), end(r)), even shares of [0, global_count)), so that every file access is one contiguous
/// slab per rank.
class BlockExchange {
 public:
  /// `ids`: the global ids of this rank's records, any order, each owned by exactly one rank; 0 <= id < global_count.
  /// Ids that nobody owns leave their slot untouched. `comm` must outlive this and stay in place. Collective.
  BlockExchange(const Comm& comm, std::vector<std::int64_t> ids, std::int64_t global_count);

  std::int64_t block_begin() const { return begin_; }
  std::int64_t block_end() const { return end_; }
  std::int64_t block_size() const { return end_ - begin_; }
  std::size_t owned() const { return ids_.size(); }

  /// owner order, `width` doubles a record -> block order. `block` has block_size()*width. Collective.
  void to_block(std::span<const double> owned, std::span<double> block, int width) const;
  /// block order -> owner order. Collective.
  void to_owner(std::span<const double> block, std::span<double> owned, int width) const;

 private:
  const Comm* comm_;
  std::vector<std::int64_t> ids_;
  std::int64_t begin_ = 0, end_ = 0;
  std::vector<std::vector<std::int32_t>> send_;     // per rank: owned index
  std::vector<std::vector<std::int64_t>> receive_;  // per rank: block slot
};

}  // namespace tilth
