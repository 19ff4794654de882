#include "core/grid/point_graph.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/sphere.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

constexpr double adjacent_cells = 1.5;  // reaches the diagonal neighbours of a square cell

double largest_step(const std::vector<double>& coordinate) {
  double step = 0.0;
  for (std::size_t i = 1; i < coordinate.size(); ++i) step = std::max(step, coordinate[i] - coordinate[i - 1]);
  return step;
}

}  // namespace

double adjacency_km(const Grid& grid) {
  const double km_per_degree = earth_radius_km * std::numbers::pi / 180.0;
  const double step = std::max(largest_step(grid.raster.lon), largest_step(grid.raster.lat));
  if (!grid.raster.is_list() && step > 0.0) return adjacent_cells * step * km_per_degree;
  constexpr double land_km2 = 1.49e8;
  return adjacent_cells * std::sqrt(land_km2 / double(std::max<std::int64_t>(grid.global_count, 1)));
}

PointGraph point_graph(const Comm& comm, const std::vector<GridPoint>& points, double radius_km) {
  const BoundingCaps caps(comm, points);
  PointGraph graph;
  graph.first = comm.exclusive_scan(std::int64_t(points.size()));
  std::vector<double> lon, lat;
  std::vector<std::int64_t> number;
  std::vector<std::vector<double>> places(std::size_t(comm.size()));
  std::vector<std::vector<std::int64_t>> numbers(places.size());
  std::vector<int> ranks;
  for (std::size_t i = 0; i < points.size(); ++i) {
    lon.push_back(points[i].lon);
    lat.push_back(points[i].lat);
    number.push_back(graph.first + std::int64_t(i));
    caps.ranks_within(unit_vector(lon[i], lat[i]), radius_km, ranks);
    for (const int r : ranks) {
      if (r == comm.rank()) continue;
      places[std::size_t(r)].insert(places[std::size_t(r)].end(), {lon[i], lat[i]});
      numbers[std::size_t(r)].push_back(number[i]);
    }
  }
  for (const auto& list : all_to_all(comm, numbers)) number.insert(number.end(), list.begin(), list.end());
  for (const auto& list : all_to_all(comm, places)) {
    for (std::size_t k = 0; k + 1 < list.size(); k += 2) {
      lon.push_back(list[k]);
      lat.push_back(list[k + 1]);
    }
  }
  const SphereTree tree(lon, lat);
  std::vector<std::int32_t> near;
  graph.offset.push_back(0);
  for (std::size_t i = 0; i < points.size(); ++i) {
    tree.within(tree.place(std::int32_t(i)), radius_km, near);
    for (const std::int32_t j : near)
      if (j != std::int32_t(i)) graph.neighbour.push_back(number[std::size_t(j)]);
    std::sort(graph.neighbour.begin() + graph.offset.back(), graph.neighbour.end());
    graph.offset.push_back(std::int64_t(graph.neighbour.size()));
  }
  return graph;
}

}  // namespace tilth
