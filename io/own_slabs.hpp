#pragma once

#include <cstdint>
#include <span>

#include "core/parallel/comm.hpp"
#include "io/netcdf.hpp"

namespace tilth::netcdf {

/// Moves the contiguous share that every rank has of a variable, slab by slab through a small buffer that stays in the
/// cache. Where shares are large each rank reads or writes its own for itself; where they are small, all of them go
/// together in one collective request. @pre the file outlives this, and nothing else is put or got meanwhile
class OwnSlabs {
 public:
  /// `values`: of this rank's share, `row`: of a row, which is not cut. Collective.
  OwnSlabs(const Comm& comm, File& file, int variable, std::int64_t values, std::int64_t row);
  OwnSlabs(const OwnSlabs&) = delete;
  OwnSlabs& operator=(const OwnSlabs&) = delete;
  /// Ends what `finish` did not, unless an exception is on its way.
  ~OwnSlabs();

  /// Rows of a slab, and slabs until the longest share is done: every rank moves as many, empty ones at the end.
  std::int64_t rows() const { return rows_; }
  std::int64_t rounds() const { return rounds_; }
  /// The next slab.
  void put(std::span<const std::int64_t> start, std::span<const std::int64_t> count, std::span<const double> values);
  void get(std::span<const std::int64_t> start, std::span<const std::int64_t> count, std::span<double> values);
  /// Throws on all ranks what failed on any. Collective.
  void finish();

 private:
  File& file_;
  int variable_;
  std::int64_t rows_ = 1, rounds_ = 1;
  bool alone_ = false, open_ = false;
};

}  // namespace tilth::netcdf
