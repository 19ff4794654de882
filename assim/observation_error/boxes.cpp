#include "assim/observation_error/boxes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>

#include "assim/observation_error/place.hpp"
#include "core/base/sphere.hpp"

namespace tilth {

namespace {

constexpr double degree = std::numbers::pi / 180.0;

std::int64_t floor_ratio(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a - 1) / b) - 1; }

using Key = std::tuple<Place, std::int64_t, std::int64_t, std::int64_t>;  // place, row and column of squares, interval

/// Squares are rows of equal latitude, divided into steps of equal length at the row's own latitude.
Key key_of(const ObsTable& table, std::size_t i, const BoxOptions& options) {
  std::int64_t row = 0, step = 0, slot = 0;
  if (options.cell_km > 0.0) {
    const double width = options.cell_km / (earth_radius_km * degree);  // degrees of latitude
    row = std::int64_t(std::floor(table.lat[i] / width));
    const double parallel = std::max(std::cos((double(row) + 0.5) * width * degree), 1e-6);
    step = std::int64_t(std::floor(table.lon[i] * parallel / width));
  }
  if (options.interval_s > 0) slot = floor_ratio(middle(table.begin[i], table.end[i]).seconds, options.interval_s);
  return {place_of(table, i), row, step, slot};
}

Time middle_of(const ObsTable& table, const std::vector<std::size_t>& rows, std::int64_t slot, std::int64_t interval) {
  if (interval > 0) return {slot * interval + interval / 2};
  Time first = middle(table.begin[rows[0]], table.end[rows[0]]), last = first;
  for (const std::size_t i : rows) {
    const Time t = middle(table.begin[i], table.end[i]);
    first = std::min(first, t), last = std::max(last, t);
  }
  return middle(first, last);
}

}  // namespace

std::vector<ObsBox> observation_boxes(const ObsTable& table, int type, const BoxOptions& options) {
  std::map<Key, std::vector<std::size_t>> boxes;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (is_used(table, i, type)) boxes[key_of(table, i, options)].push_back(i);
  std::vector<ObsBox> out;
  for (auto& [key, rows] : boxes) {
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return table.id[a] < table.id[b]; });
    const Time centre = middle_of(table, rows, std::get<3>(key), options.interval_s);
    out.push_back({std::move(rows), centre});
  }
  return out;
}

}  // namespace tilth
