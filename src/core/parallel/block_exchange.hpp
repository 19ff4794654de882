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

  /// Records of a block that a piece of it holds: all ranks name the same ones, a shorter block has fewer.
  struct Part {
    std::int64_t first = 0, count = 0;
  };
  /// `part` as it is within this rank's block.
  Part within_block(Part part) const;
  /// Records of the longest block of any rank.
  std::int64_t longest_block() const { return longest_; }
  /// The same as above for a part of every block; `block` has within_block(part).count * width. Collective.
  void to_block(std::span<const double> owned, std::span<double> block, int width, Part part) const;
  void to_owner(std::span<const double> block, std::span<double> owned, int width, Part part) const;

 private:
  /// A record of this rank and its slot in the block of the rank it goes to, or the slot in this rank's block of a
  /// record that comes from there.
  struct Place {
    std::int64_t slot;
    std::int32_t record;
  };
  using Places = std::vector<std::vector<Place>>;  // per rank, ascending by slot
  const Comm* comm_;
  std::vector<std::int64_t> ids_;
  std::int64_t begin_ = 0, end_ = 0, longest_ = 0;
  Places send_, receive_;
};

}  // namespace tilth
