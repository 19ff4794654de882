#include "assim/calibration/search.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.hpp"

namespace tilth::calibration {

void Record::note(const Matrix& rows, const Vector& values) {
  require(rows.rows() == values.size(), "search: ", values.size(), " values for the ", rows.rows(),
          " parameter sets asked for");
  for (Index i = 0; i < values.size(); ++i, ++evaluations) {
    if (!std::isfinite(values(i))) failed.push_back(evaluations);
    if (!(values(i) < value)) continue;
    value = values(i);
    best = rows.row(i).transpose();
  }
}

Vector worst_where_failed(const Vector& values) {
  return values.unaryExpr([](double v) { return std::isfinite(v) ? v : double(INFINITY); });
}

std::vector<Index> ascending(const Vector& values) {
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return values(a) < values(b); });
  return order;
}

}  // namespace tilth::calibration
