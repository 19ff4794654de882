// Compares the partitioners (docs/design-partition.md): balance and halo of the parts, as Markdown rows.
//
// Usage: mpirun -n RANKS partition_bench; the number of parts does not depend on the number of ranks.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "core/base/sphere.hpp"
#include "core/grid/grid.hpp"
#include "core/grid/partition.hpp"
#include "core/grid/point_graph.hpp"
#include "core/grid/sphere_tree.hpp"
#include "core/grid/topography.hpp"

namespace {

using namespace tilth;

Grid land(double resolution) {
  Grid grid;
  const int nx = int(std::lround(360.0 / resolution)), ny = int(std::lround(144.0 / resolution));
  grid.raster.nx = nx;
  grid.raster.ny = ny;
  for (int i = 0; i < nx; ++i) grid.raster.lon.push_back(-180.0 + (i + 0.5) * resolution);
  for (int j = 0; j < ny; ++j) grid.raster.lat.push_back(-60.0 + (j + 0.5) * resolution);
  for (const CoarseCell& c : land_cells(resolution, -180.0, 180.0, -60.0, 84.0)) {
    if (c.ice) continue;
    GridPoint p;
    p.id = grid.global_count++;
    p.lon = c.lon;
    p.lat = c.lat;
    grid.points.push_back(p);
  }
  return grid;
}

/// Cost like that of one to four tiles, irregular from cell to cell.
std::int64_t cost(std::int64_t id) { return 1000 * (1 + (id * 2654435761 >> 7) % 4); }

struct Quality {
  double imbalance = 0.0;  // largest load over mean load
  double mean_halo = 0.0;  // remote points within reach of a part
  std::int64_t largest_halo = 0;
};

Quality quality(const Grid& grid, const std::vector<int>& part, int parts, double reach_km) {
  std::vector<double> lon, lat;
  for (const GridPoint& p : grid.points) {
    lon.push_back(p.lon);
    lat.push_back(p.lat);
  }
  const SphereTree tree(lon, lat);
  std::vector<std::int64_t> load(std::size_t(parts), 0), halo(std::size_t(parts), 0);
  std::vector<std::int32_t> near;
  for (std::size_t i = 0; i < part.size(); ++i) {
    load[std::size_t(part[i])] += cost(grid.points[i].id);
    tree.within(tree.place(std::int32_t(i)), reach_km, near);
    std::vector<int> wanted_by;
    for (const std::int32_t j : near)
      if (part[std::size_t(j)] != part[i]) wanted_by.push_back(part[std::size_t(j)]);
    std::sort(wanted_by.begin(), wanted_by.end());
    wanted_by.erase(std::unique(wanted_by.begin(), wanted_by.end()), wanted_by.end());
    for (const int p : wanted_by) ++halo[std::size_t(p)];
  }
  Quality q;
  double total_load = 0.0;
  for (int p = 0; p < parts; ++p) {
    total_load += double(load[std::size_t(p)]);
    q.mean_halo += double(halo[std::size_t(p)]) / parts;
  }
  q.imbalance = double(*std::max_element(load.begin(), load.end())) * parts / total_load;
  q.largest_halo = *std::max_element(halo.begin(), halo.end());
  return q;
}

void compare(const Comm& comm, double resolution, int parts) {
  const Grid whole = land(resolution);
  Grid mine = whole;
  std::erase_if(mine.points, [&](const GridPoint& p) { return p.id % comm.size() != comm.rank(); });
  std::vector<std::int64_t> weight;
  for (const GridPoint& p : mine.points) weight.push_back(cost(p.id));
  const auto keys_of = [&] {
    std::vector<CurveKey> keys;
    for (const GridPoint& p : mine.points) keys.push_back(curve_key(p, mine.global_count));
    return keys;
  };
  move_points(comm, mine, weight, split_by_weight(comm, keys_of(), weight, comm.size()));
  for (const bool graph : {false, true}) {
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<int> part =
        graph ? split_by_graph(comm, mine, weight, parts) : split_by_weight(comm, keys_of(), weight, parts);
    const double ms = 1e3 * comm.max(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    std::vector<std::int64_t> pairs;
    for (std::size_t i = 0; i < part.size(); ++i) pairs.insert(pairs.end(), {mine.points[i].id, part[i]});
    const std::vector<std::int64_t> all = comm.all_gather(std::span<const std::int64_t>(pairs));
    if (!comm.root()) continue;
    std::vector<int> part_of(whole.points.size());
    for (std::size_t k = 0; k < all.size(); k += 2) part_of[std::size_t(all[k])] = int(all[k + 1]);
    const Quality near = quality(whole, part_of, parts, adjacency_km(whole));
    const Quality far = quality(whole, part_of, parts, 800.0);
    fmt::print("| {} | {} | {} | {} | {:.3f} | {:.0f} | {} | {:.0f} | {} | {:.1f} |\n", resolution, parts,
               whole.points.size() / std::size_t(parts), graph ? "ptscotch" : "hilbert", near.imbalance, near.mean_halo,
               near.largest_halo, far.mean_halo, far.largest_halo, ms);
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const MpiSession mpi(argc, argv);
  const Comm comm = Comm::world();
  if (comm.root())
    fmt::print(
        "{} ranks\n| degrees | parts | points/part | method | imbalance | halo 1.5 cells: mean | largest | halo 800 "
        "km: "
        "mean | largest | ms |\n|---|---|---|---|---|---|---|---|---|---|\n",
        comm.size());
  for (const double resolution : {4.0, 1.0})
    for (const int parts : {2, 4, 7, 16, 64}) compare(comm, resolution, parts);
  return 0;
}
