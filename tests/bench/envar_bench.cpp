// Time and iterations of the localised 4DEnVar against the number of columns, as Markdown rows.
//
// Usage: mpirun -n RANKS envar_bench [largest number of columns]. A square region of half-degree cells, a quarter of
// them observed, 20 members of smooth fields; half width 200 km. One minimisation for the mean; tolerance 1e-6.

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "assim/field/envar_minimum.hpp"
#include "assim/field/localisation_root.hpp"
#include "assim/field/localisation_rules.hpp"
#include "core/random/random.hpp"

namespace {

using namespace tilth;

constexpr int members = 20;
constexpr double half_width_km = 200.0, cell = 0.5;

/// This rank's strip of a side x side region.
Grid region(const Comm& comm, int side) {
  Grid grid;
  grid.global_count = std::int64_t{side} * side;
  grid.raster.nx = grid.raster.ny = side;
  for (int i = 0; i < side; ++i) {
    grid.raster.lon.push_back((i + 0.5) * cell);
    grid.raster.lat.push_back((i - 0.5 * side + 0.5) * cell);
  }
  for (std::int64_t id = 0; id < grid.global_count; ++id) {
    if (id * comm.size() / grid.global_count != comm.rank()) continue;
    GridPoint p;
    p.id = p.cell = id;
    p.lon = grid.raster.lon[std::size_t(id % side)];
    p.lat = grid.raster.lat[std::size_t(id / side)];
    grid.points.push_back(p);
  }
  return grid;
}

/// A smooth random field of a member at a place.
double field(const Random& random, int member, double lon, double lat) {
  double x = 0.0;
  for (int wave = 0; wave < 12; ++wave) {
    const auto u = [&](int draw) { return random.uniform({0, member, wave, draw}); };
    x += std::sin(6.0 * (u(0) - 0.5) * lon + 6.0 * (u(1) - 0.5) * lat + 6.283 * u(2)) / std::sqrt(6.0);
  }
  return x;
}

ObsTable observations(const Grid& grid) {
  const Random random(5, Purpose::test);
  ObsTable obs;
  obs.members = members;
  for (std::size_t c = 0; c < grid.points.size(); ++c) {
    const GridPoint& p = grid.points[c];
    if (p.id % 4 != 0) continue;
    const std::size_t i = obs.size();
    obs.resize(i + 1);
    obs.id[i] = obs.point[i] = p.id;
    obs.column[i] = std::int32_t(c);
    obs.lon[i] = p.lon;
    obs.lat[i] = p.lat;
    obs.error_sd[i] = 0.5;
    obs.value[i] = field(random, members, p.lon, p.lat) + 0.5 * random.normal({0, members, p.id, 0});
    for (int k = 0; k < obs.stride(); ++k)
      obs.predictions(i)[k] = field(random, std::min(k, members - 1), p.lon, p.lat);
  }
  return obs;
}

/// No rows: only the minimisation is timed.
class NoRows final : public FieldRows {
 public:
  const std::vector<RowKind>& kinds() const override { return kinds_; }
  std::vector<FieldRow> load(int) override { return {}; }
  void store(int, bool) override {}

 private:
  std::vector<RowKind> kinds_{{.name = "x"}};
};

double since(std::chrono::steady_clock::time_point begin, const Comm& comm) {
  return comm.max(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

void run(const Comm& comm, int side, bool diffusion) {
  const Grid grid = region(comm, side);
  const ObsTable obs = observations(grid);
  NoRows rows;
  const LocalisationRules rules({}, rows.kinds(), {{.name = "x", .half_width_km = half_width_km}}, "bench");
  const FieldProblem problem{comm, grid, obs, rules, rows, {}};
  auto begin = std::chrono::steady_clock::now();
  DiffusionOptions options;
  options.samples = 200;
  options.solver.tolerance = 1e-10;
  const auto root = diffusion ? make_diffusion_root(comm, grid, half_width_km, options)
                              : make_gaspari_cohn_root(comm, grid, half_width_km);
  const double setup = since(begin, comm);
  begin = std::chrono::steady_clock::now();
  const EnvarOperator G(problem, *root, nullptr, {});
  std::vector<double> d;
  for (std::size_t i = 0; i < G.observations(); ++i) {
    double mean = 0.0;
    for (int k = 0; k < members; ++k) mean += obs.predictions(i)[k] / members;
    d.push_back(obs.value[i] - mean);
  }
  const EnvarMinimum minimum = minimise(problem, G, d, {}, {1e-6, 1000});
  const double solve = since(begin, comm);
  const std::int64_t count = comm.sum(std::int64_t(d.size()));
  if (!comm.root()) return;
  fmt::print("| {} | {} | {} | {} | {} | {:.3f} | {:.3f} | {:.1f} | {:.0f} | {:.0f} |\n", comm.size(), side * side,
             count, diffusion ? "diffusion" : "gaspari_cohn", minimum.iterations, setup, solve,
             1e3 * solve / std::max(minimum.iterations, 1), minimum.cost_before, minimum.cost_after);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const MpiSession mpi(argc, argv);
  const Comm comm = Comm::world();
  const int largest = argc > 1 ? std::atoi(argv[1]) : 10000;
  if (comm.root())
    fmt::print(
        "| ranks | columns | observations | root | iterations | set-up s | solve s | ms/iteration | J before | J after "
        "|\n|---|---|---|---|---|---|---|---|---|---|\n");
  for (const int side : {10, 20, 32, 50, 100, 200})
    for (const bool diffusion : {false, true})
      if (side * side <= largest && (diffusion || side * side <= largest_factorised)) run(comm, side, diffusion);
  return 0;
}
