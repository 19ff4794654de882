#include "assim/calibration/types.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tilth::calibration {

std::vector<Index> failed_rows(const Matrix& values) {
  std::vector<Index> rows;
  for (Index i = 0; i < values.rows(); ++i)
    if (!values.row(i).allFinite()) rows.push_back(i);
  return rows;
}

Matrix without_rows(const Matrix& all, std::span<const Index> rows) {
  Matrix rest(all.rows() - Index(rows.size()), all.cols());
  std::size_t next = 0;
  for (Index i = 0, out = 0; i < all.rows(); ++i) {
    if (next < rows.size() && rows[next] == i)
      ++next;
    else
      rest.row(out++) = all.row(i);
  }
  return rest;
}

double quantile(std::vector<double> values, double p) {
  assert(!values.empty() && p >= 0.0 && p <= 1.0);
  std::sort(values.begin(), values.end());
  const double place = p * double(values.size() - 1);
  const auto below = std::size_t(place);
  if (below + 1 >= values.size()) return values.back();
  return values[below] + (place - double(below)) * (values[below + 1] - values[below]);
}

}  // namespace tilth::calibration
