#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/grid/grid.hpp"

namespace tilth {

/// One column, all members: tiles x rows x members, members contiguous and padded to whole SIMD registers;
/// what padding holds never reaches a member.
class ColumnView {
 public:
  ColumnView(double* data, int tiles, int rows, int members)
      : data_(data), tiles_(tiles), rows_(rows), members_(members), stride_(padded(members)) {}
  int tiles() const { return tiles_; }
  int rows() const { return rows_; }
  int members() const { return members_; }
  int stride() const { return stride_; }
  /// All padded members of a row of a tile.
  double* row(int tile, int row) const { return data_ + (std::int64_t{tile} * rows_ + row) * stride_; }
  std::span<double> members_of(int tile, int row) const { return {this->row(tile, row), std::size_t(members_)}; }
  double* data() const { return data_; }

 private:
  double* data_;
  int tiles_, rows_, members_, stride_;
};

/// My columns x tiles x rows x members: `[column][tile][row][member]`, 64-byte aligned rows.
class Ensemble {
 public:
  Ensemble(const Grid& grid, int rows, int members);
  int columns() const { return int(offset_.size()) - 1; }
  int members() const { return members_; }
  int rows() const { return rows_; }
  ColumnView column(int c);
  /// Copies the last member into the padding of every row.
  void fill_padding();
  std::int64_t bytes() const { return std::int64_t(data_.size()) * 8; }
  std::span<double> data() { return data_; }
  /// Number of tiles of column c and of all columns before it.
  int tiles(int c) const { return int(offset_[c + 1] - offset_[c]); }
  std::int64_t first_tile(int c) const { return offset_[c]; }

 private:
  int rows_, members_;
  std::vector<std::int64_t> offset_;  // tiles before each column
  AlignedVector<double> data_;
};

}  // namespace tilth
