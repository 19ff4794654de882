#include "core/grid/decomposition.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/error.hpp"
#include "core/grid/id_directory.hpp"
#include "core/grid/partition.hpp"
#include "core/grid/point_records.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

void check_points(const Grid& grid, const std::vector<double>& weight) {
  require(weight.size() == grid.points.size(), "decomposition: ", weight.size(), " weights for ", grid.points.size(),
          " points; give one weight per point");
  for (std::size_t i = 0; i < weight.size(); ++i) {
    const GridPoint& p = grid.points[i];
    require(std::isfinite(p.lon) && std::isfinite(p.lat) && std::abs(p.lat) <= 90.0, "grid point ", p.id,
            ": longitude ", p.lon, ", latitude ", p.lat, "; expected degrees, latitude from -90 to 90");
    require(p.id >= 0 && p.id < grid.global_count, "grid point ", p.id, ": id outside 0..", grid.global_count - 1,
            "; number the land points from 0");
    require(std::isfinite(weight[i]) && weight[i] >= 0.0, "grid point ", p.id, ": weight ", weight[i],
            "; expected a finite cost that is not negative");
  }
}

/// Weights as integers in units of 2^-20 of the largest, at least 1: sums are exact, so the split is the same however
/// the points were loaded. Collective.
std::vector<std::int64_t> integer_weights(const Comm& comm, const std::vector<double>& weight) {
  const double largest = comm.max(weight.empty() ? 0.0 : *std::max_element(weight.begin(), weight.end()));
  std::vector<std::int64_t> integers(weight.size(), 1);
  if (largest > 0.0)
    for (std::size_t i = 0; i < weight.size(); ++i)
      integers[i] += std::int64_t(std::llround(std::ldexp(weight[i] / largest, 20)));
  return integers;
}

}  // namespace

void PartitionOptions::describe(Schema& s) {
  s.text("method", method)
      .one_of({"hilbert", "ptscotch"})
      .about(
          "How land points are divided among ranks: hilbert (runs of a space-filling curve of equal cost) or "
          "ptscotch (graph partitioning); results are the same");
  s.text("cost", cost)
      .one_of({"tiles", "measured"})
      .about(
          "What a land point is taken to cost: its tiles, or the time that an earlier run in this folder measured "
          "(logs/column_cost.nc; tiles where there is none)");
}

void move_points(const Comm& comm, Grid& grid, std::vector<std::int64_t>& weight, const std::vector<int>& part) {
  std::vector<std::vector<char>> records(std::size_t(comm.size()));
  std::vector<std::vector<std::int64_t>> weights(std::size_t(comm.size()));
  for (std::size_t i = 0; i < grid.points.size(); ++i) {
    append_record(grid.points[i], records[std::size_t(part[i])]);
    weights[std::size_t(part[i])].push_back(weight[i]);
  }
  std::vector<GridPoint> points;
  for (const auto& bytes : all_to_all(comm, records)) {
    auto received = points_of(bytes);
    std::move(received.begin(), received.end(), std::back_inserter(points));
  }
  std::vector<std::int64_t> unsorted;
  for (const auto& list : all_to_all(comm, weights)) unsorted.insert(unsorted.end(), list.begin(), list.end());

  std::vector<std::pair<CurveKey, std::size_t>> order;
  for (std::size_t i = 0; i < points.size(); ++i) order.emplace_back(curve_key(points[i], grid.global_count), i);
  std::sort(order.begin(), order.end());
  grid.points.clear();
  weight.clear();
  for (const auto& [key, i] : order) {
    grid.points.push_back(std::move(points[i]));
    weight.push_back(unsorted[i]);
  }
}

void decompose(const Comm& comm, Grid& loaded, const std::vector<double>& weight, const PartitionOptions& options) {
  together(comm, [&] { check_points(loaded, weight); });
  const std::int64_t points = comm.sum(std::int64_t(loaded.points.size()));
  require(points >= comm.size(), "grid: ", comm.size(), " ranks for ", points, " land points; start at most ",
          std::max<std::int64_t>(points, 1), points == 0 ? " rank, and a grid with land" : " ranks");
  IdDirectory(comm, loaded).require_unique();

  std::vector<std::int64_t> integers = integer_weights(comm, weight);
  std::vector<CurveKey> keys;
  for (const GridPoint& p : loaded.points) keys.push_back(curve_key(p, loaded.global_count));
  move_points(comm, loaded, integers, split_by_weight(comm, keys, integers, comm.size()));
  if (options.method == "ptscotch" && comm.size() > 1)
    move_points(comm, loaded, integers, split_by_graph(comm, loaded, integers, comm.size()));
}

}  // namespace tilth
