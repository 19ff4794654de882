#include "core/obs/obs_table.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

namespace tilth {
namespace {

/// `values[i] = values[order[i]]`, records of `width` items.
template <class List>
void reorder(List& values, const std::vector<std::size_t>& order, std::size_t width = 1) {
  List sorted(values.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    std::copy_n(values.begin() + std::ptrdiff_t(order[i] * width), width, sorted.begin() + std::ptrdiff_t(i * width));
  values.swap(sorted);
}

}  // namespace

void ObsTable::resize(std::size_t n) {
  id.resize(n);
  type.resize(n);
  point.resize(n);
  column.resize(n, -1);
  begin.resize(n);
  end.resize(n);
  lon.resize(n);
  lat.resize(n);
  value.resize(n);
  error_sd.resize(n);
  level.resize(n, std::numeric_limits<double>::quiet_NaN());
  flag.resize(n);
  hx.resize(n * std::size_t(stride()));
  if (!perturbation.empty()) perturbation.resize(n * std::size_t(stride()));
}

void ObsTable::sort_by_id() {
  assert(hx.empty() || hx.size() == size() * std::size_t(stride()));
  if (std::is_sorted(id.begin(), id.end())) return;
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return id[a] < id[b]; });
  reorder(id, order);
  reorder(type, order);
  reorder(point, order);
  reorder(column, order);
  reorder(begin, order);
  reorder(end, order);
  reorder(lon, order);
  reorder(lat, order);
  reorder(value, order);
  reorder(error_sd, order);
  reorder(level, order);
  reorder(flag, order);
  if (!hx.empty()) reorder(hx, order, std::size_t(stride()));
  if (!perturbation.empty()) reorder(perturbation, order, std::size_t(stride()));
}

}  // namespace tilth
