#include "core/obs/obs_table.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

namespace tilth {
namespace {

/// `values[i] = values[order[i]]`, records of `width` items; `order` may name some of them only.
template <class List>
void reorder(List& values, const std::vector<std::size_t>& order, std::size_t width = 1) {
  List sorted(order.size() * width);
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
  view_zenith_deg.resize(n, std::numeric_limits<double>::quiet_NaN());
  flag.resize(n);
  hx.resize(n * std::size_t(stride()));
  if (!hx_mean.empty()) hx_mean.resize(n);
  if (!perturbation.empty()) perturbation.resize(n * std::size_t(stride()));
}

void ObsTable::sort_by_id() {
  assert(hx.empty() || hx.size() == size() * std::size_t(stride()));
  if (std::is_sorted(id.begin(), id.end())) return;
  std::vector<std::size_t> order(size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return id[a] < id[b]; });
  *this = selected(order);
}

ObsTable ObsTable::selected(const std::vector<std::size_t>& rows) const {
  ObsTable out = *this;
  reorder(out.id, rows);
  reorder(out.type, rows);
  reorder(out.point, rows);
  reorder(out.column, rows);
  reorder(out.begin, rows);
  reorder(out.end, rows);
  reorder(out.lon, rows);
  reorder(out.lat, rows);
  reorder(out.value, rows);
  reorder(out.error_sd, rows);
  reorder(out.level, rows);
  reorder(out.view_zenith_deg, rows);
  reorder(out.flag, rows);
  if (!out.hx.empty()) reorder(out.hx, rows, std::size_t(stride()));
  if (!out.hx_mean.empty()) reorder(out.hx_mean, rows);
  if (!out.perturbation.empty()) reorder(out.perturbation, rows, std::size_t(stride()));
  return out;
}

}  // namespace tilth
