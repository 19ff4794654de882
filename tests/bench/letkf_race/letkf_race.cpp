// The race: CPU microseconds per column of a whole local analysis of a closed-form problem with known answers, next to
// LAPACK's dsyev on the same matrices in the same run. docs/methods/letkf.md reports its figures.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <sstream>
#include <string>

#include "assim/inflation.hpp"
#include "assim/methods/make_method.hpp"
#include "core/base/error.hpp"
#include "core/base/simd/isa.hpp"
#include "core/grid/hilbert.hpp"
#include "core/obs/nearby_search.hpp"
#include "core/parallel/exchange.hpp"
#include "tests/bench/letkf_race/yardstick.hpp"
#include "tests/support/race_answers.hpp"

namespace tilth::test {
namespace {

constexpr double forget = 0.98;
constexpr int batch_size = 64;  // columns a call, as in production

struct Options {
  int nx = 720, ny = 360, variables = 3;
  std::vector<int> members = {20, 40, 80};
  std::string solver = "lanes";
};

double wall_seconds() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

Race::Shape strip(const Comm& comm, const Options& options, int members) {
  const auto begin = [&](int r) { return int(std::int64_t{options.nx} * r / comm.size()); };
  return {options.nx, options.ny, members, options.variables, begin(comm.rank()) + 1, begin(comm.rank() + 1)};
}

/// Observations to the ranks whose strips they reach.
void exchange(const Comm& comm, Race& race, const Options& options) {
  const std::vector<double> mine = race.records();
  std::vector<std::vector<double>> out(comm.size());
  for (int r = 0; r < comm.size(); ++r) {
    const int first = int(std::int64_t{options.nx} * r / comm.size()) + 1;
    const int last = int(std::int64_t{options.nx} * (r + 1) / comm.size());
    for (std::size_t o = 0; o < mine.size() && r != comm.rank(); o += race.record())
      if (mine[o] >= first - Race::support && mine[o] <= last + Race::support)
        out[r].insert(out[r].end(), mine.begin() + std::ptrdiff_t(o), mine.begin() + std::ptrdiff_t(o + race.record()));
  }
  const auto in = all_to_all(comm, out);
  for (int r = 0; r < comm.size(); ++r) race.import(r == comm.rank() ? mine : in[r]);
}

/// Columns along a space-filling curve, so that neighbours share observations.
std::vector<int> along_curve(const Race& race) {
  std::vector<std::pair<std::uint64_t, int>> keyed;
  const int side = std::max(race.shape().nx, race.shape().ny);
  for (int c = 0; c < race.columns(); ++c)  // one cube face, well within its edges
    keyed.emplace_back(cube_hilbert_index({1.0, 1.6 * race.j_of(c) / side - 0.8, 1.6 * race.i_of(c) / side - 0.8}), c);
  std::sort(keyed.begin(), keyed.end());
  std::vector<int> order;
  for (const auto& [key, column] : keyed) order.push_back(column);
  return order;
}

/// The known answers inflate a column without observations, too; `letkf` leaves it as it is.
void inflate_rows(LocalProblem& problem, int members) {
  for (double* row : problem.rows) inflate({row, std::size_t(members)}, std::sqrt(1.0 / forget));
}

void analyse(Race& race, const AnalysisMethod& filter, const std::vector<int>& order) {
  NearbySearch search(race.places());
  std::vector<LocalProblem> batch;
  std::vector<NearbySearch::Place> places;
  for (std::size_t first = 0; first < order.size(); first += batch_size) {
    const std::size_t count = std::min<std::size_t>(batch_size, order.size() - first);
    places.clear();
    for (std::size_t b = 0; b < count; ++b)
      places.push_back({double(race.j_of(order[first + b])), double(race.i_of(order[first + b])), 0.0});
    search.gather(places, Race::support);
    batch.resize(count);
    for (std::size_t b = 0; b < count; ++b) {
      LocalProblem& problem = batch[b];
      search.within(places[b], Race::support, problem.obs, problem.taper);
      gaspari_cohn(problem.taper, 0.5 * Race::support);
      problem.rows.resize(race.variables());
      for (int v = 0; v < race.variables(); ++v) problem.rows[v] = race.row(order[first + b], v);
    }
    filter.update(race.space(), batch);
    for (LocalProblem& problem : batch)
      if (std::all_of(problem.taper.begin(), problem.taper.end(), [](double w) { return w == 0.0; }))
        inflate_rows(problem, race.members());
  }
}

/// 254 columns, every 1021st of the large grid: those of this rank.
std::vector<int> sample(const Race& race, const Options& options) {
  const int total = options.nx * options.ny, step = total > 253 * 1021 ? 1021 : std::max(1, total / 254);
  std::vector<int> columns;
  for (int t = 0; t < 254 && t * step < total; ++t) {
    const int j = t * step / options.ny + 1;
    if (j >= race.shape().first_j && j <= race.shape().last_j)
      columns.push_back(t * step - (race.shape().first_j - 1) * options.ny);
  }
  return columns;
}

bool run(const Comm& comm, const Options& options, int members) {
  Race race(strip(comm, options, members));
  const std::vector<int> order = along_curve(race);
  const auto filter = make_method("letkf", fmt::format("{{inflation: {}, solver: {}}}", 1.0 / forget, options.solver));
  comm.barrier();
  double cpu = -cpu_seconds(), wall = -wall_seconds();
  exchange(comm, race, options);
  cpu += cpu_seconds(), wall += wall_seconds();
  const std::vector<int> chosen = sample(race, options);
  const double seconds = dsyev_seconds(race, chosen, forget);
  comm.barrier();
  cpu -= cpu_seconds(), wall -= wall_seconds();
  analyse(race, *filter, order);
  cpu += cpu_seconds(), wall += wall_seconds();
  const double slowest = comm.max(cpu), columns = double(options.nx) * options.ny;
  const std::vector<double> all = comm.all_gather(std::vector<double>{cpu, seconds, double(chosen.size())});
  wall = comm.max(wall);
  double us = 0.0, dsyev = 0.0, matrices = 0.0;
  for (int r = 0; r < comm.size(); ++r) {
    us += 1e6 * all[3 * r] / columns;
    dsyev += 1e6 * all[3 * r + 1];
    matrices += all[3 * r + 2];
  }
  dsyev /= matrices;
  bool right = true, known = true;
  std::string line;
  for (int v = 0; v < std::min(3, options.variables); ++v) {
    const Figures f = figures(comm, race, v);
    char text[160];
    std::snprintf(text, sizeof text, "  rmse %.12f sumsq %.11e spread %.12f", f.rmse, f.sumsq, f.spread);
    line += text;
    const auto answer = known_figures(race.shape(), v);
    known = answer && known;
    right = (!answer || agree(f, *answer)) && right;
  }
  if (comm.root())
    std::printf("N = %d us_per_column %.3f dsyev_us %.2f ratio %.4f%s  answers %s  wall_s %.3f slowest_cpu_s %.3f\n",
                members, us, dsyev, us / dsyev, line.c_str(),
                !right  ? "WRONG"
                : known ? "right"
                        : "not known",
                wall, slowest);
  std::fflush(stdout);
  return right;
}

Options parsed(int argc, char** argv) {
  Options options;
  for (int a = 1; a < argc; a += 2) {
    const std::string name = argv[a];
    require(a + 1 < argc, "letkf_race: ", name, " needs a value");
    const std::string value = argv[a + 1];
    if (name == "--grid") {
      require(std::sscanf(value.c_str(), "%dx%d", &options.nx, &options.ny) == 2 && options.nx > 0 && options.ny > 0,
              "letkf_race: --grid ", value, ", expected a size like 720x360");
    } else if (name == "--members") {
      options.members.clear();
      std::istringstream parts(value);
      for (std::string part; std::getline(parts, part, ',');) options.members.push_back(std::stoi(part));
    } else if (name == "--variables") {
      options.variables = std::stoi(value);
    } else if (name == "--solver") {
      options.solver = value;
    } else {
      require(false, "letkf_race: unknown option ", name,
              "; known: --grid 720x360, --members 20,40,80, --variables 3, --solver lanes");
    }
  }
  require(options.variables > 0, "letkf_race: --variables ", options.variables, ", must be positive");
  for (const int N : options.members) require(N >= 2, "letkf_race: --members ", N, ", must be at least 2");
  return options;
}

}  // namespace
}  // namespace tilth::test

int main(int argc, char** argv) {
  using namespace tilth;
  const MpiSession mpi(argc, argv);
  const Comm comm = Comm::world();
  try {
    const test::Options options = test::parsed(argc, argv);
    if (comm.root())
      std::printf("%dx%d columns, %d variables, %d ranks, %s; dsyev: %s\n", options.nx, options.ny, options.variables,
                  comm.size(), simd::to_string(simd::chosen_isa()).c_str(), test::lapack_name().c_str());
    bool right = true;
    for (const int members : options.members) right = test::run(comm, options, members) && right;
    return right ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "rank %d: %s\n", comm.rank(), error.what());
    comm.abort(2);
  }
}
