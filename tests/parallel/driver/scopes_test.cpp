#include "driver/calibrate/scope/run_scopes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "core/base/error.hpp"
#include "driver/calibrate/scope/parameter_maps.hpp"
#include "driver/domain.hpp"
#include "io/netcdf.hpp"
#include "support/fake_runs.hpp"
#include "support/scope_runs.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Vector;
using test::ScopeRuns;

std::string path_of(const std::string& name) {
  return std::filesystem::temp_directory_path() /
         ("tilth_scopes_" + name + std::to_string(Comm::world().size()) + ".bin");
}

ScopeOptions all_scopes() {
  ScopeOptions options;
  options.scopes = scope_names();
  options.folds = 4;
  options.network.members = 3;
  options.network.iterations = 25;
  return options;
}

struct Bench {
  explicit Bench(const std::string& name, const SiteRuns& runs, bool resume = false)
      : comm(Comm::world()), journal(comm, path_of(name), "problem", resume), pool(comm, runs, journal, true) {}
  Quadratics& quadratics() {
    made = std::make_unique<Quadratics>(pool, ScopeCosts::plain(pool.runs()));
    return *made;
  }
  Comm comm;
  Journal journal;
  RunPool pool;
  std::unique_ptr<Quadratics> made;
};

double median(const ScopeExperiment& e, const std::string& scope, bool held_out, const std::string& stream,
              Years years = Years::validation, Scale scale = Scale::day) {
  for (const ScopeMedian& m : e.results.medians)
    if (m.scope == scope && m.held_out == held_out && m.stream == stream && m.years == years && m.scale == scale)
      return m.median.nse;
  return NAN;
}

// Root mean square error of z over held-out sites.
double error_held_out(const ScopeRuns& runs, const ScopeExperiment& e, const std::string& scope) {
  double sum = 0.0, count = 0.0;
  for (const ScopeParameters& one : e.results.parameters) {
    if (one.scope != scope || one.fold < 0) continue;
    for (std::size_t i = 0; i < one.sites.size(); ++i) {
      sum += (one.z.row(Index(i)).transpose() - runs.truth(one.sites[i])).squaredNorm() / 3.0;
      count += 1.0;
    }
  }
  return std::sqrt(sum / count);
}

// The comparison of Bao et al. (2023) where parameters depend on features: what is learned beats means of types at
// sites that were not seen, in scores and in parameters.
TEST(Scopes, LearnedEndToEndBeatsTypesAtHeldOutSitesWhereParametersDependOnFeatures) {
  const ScopeRuns runs(32);
  Bench bench("twin", runs);
  const ScopeExperiment e =
      run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), all_scopes(), runs.features(), 1);
  const double end_to_end = error_held_out(runs, e, "learned_end_to_end");
  for (const char* scope : {"prior", "pft_mean", "pft", "clusters", "global"}) {
    EXPECT_LT(end_to_end, 0.8 * error_held_out(runs, e, scope)) << scope;
    for (const char* stream : {"gpp", "et"})
      EXPECT_GT(median(e, "learned_end_to_end", true, stream), median(e, scope, true, stream)) << scope << stream;
  }
  EXPECT_LT(error_held_out(runs, e, "learned"), 0.8 * error_held_out(runs, e, "pft_mean"));
  EXPECT_GT(median(e, "site", false, "gpp"), median(e, "learned_end_to_end", true, "gpp"));
}

// Daily NSE of a scope minus that of another one, over held-out sites and streams in the withheld year.
std::vector<double> gains(const ScopeExperiment& e, const std::string& scope, const std::string& other) {
  std::vector<double> out;
  for (const ScopeSiteScores& a : e.results.scores)
    for (const ScopeSiteScores& b : e.results.scores)
      if (a.scope == scope && b.scope == other && a.held_out && b.held_out && a.site == b.site)
        for (int s = 0; s < 2; ++s)
          out.push_back(a.scores.at(s, Years::validation, Scale::day).nse -
                        b.scores.at(s, Years::validation, Scale::day).nse);
  return out;
}

TEST(Scopes, LearnedEndToEndBeatsMeansOfTypesAtNearlyEveryHeldOutSite) {
  const ScopeRuns runs(32);
  Bench bench("pairs", runs);
  ScopeOptions options = all_scopes();
  options.scopes = {"pft_mean", "learned_end_to_end"};
  options.network = {};  // the defaults
  const ScopeExperiment e = run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), options, runs.features(), 1);
  const std::vector<double> found = gains(e, "learned_end_to_end", "pft_mean");
  ASSERT_EQ(found.size(), 64u);
  EXPECT_GE(std::ranges::count_if(found, [](double gain) { return gain > 0.0; }), 58);
  EXPECT_LT(error_held_out(runs, e, "learned_end_to_end"), 0.12);  // means of types: 0.7
}

TEST(Scopes, SiteOptimaFindTheTruthWithinTheirUncertainty) {
  const ScopeRuns runs(8);
  Bench bench("site", runs);
  const ScopeSites sites = scope_sites(bench.quadratics(), all_scopes(), runs.features(), 1);
  double chi2 = 0.0;
  for (const int site : sites.sites) {
    const GroupFit& fit = sites.optima[std::size_t(site)];
    const Vector d = fit.z - runs.truth(site);
    chi2 += d.dot(fit.covariance.llt().solve(d)) / (3.0 * 8.0);
  }
  EXPECT_GT(chi2, 0.4);  // 24 squares of standard normal numbers have a mean of 1 +- 0.29
  EXPECT_LT(chi2, 2.2);
}

TEST(Scopes, GiveTheSameBitsOnAJournalOfTheSameRun) {
  const ScopeRuns runs(8);
  ScopeOptions options = all_scopes();
  options.network.iterations = 3;
  std::vector<ScopeParameters> first;
  {
    Bench bench("again", runs);
    first =
        run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), options, runs.features(), 1).results.parameters;
  }
  Bench bench("again", runs, true);
  const std::int64_t known = bench.journal.size();
  const auto second =
      run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), options, runs.features(), 1).results.parameters;
  EXPECT_EQ(bench.journal.size(), known);
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i].z, second[i].z) << first[i].scope << first[i].fold;
}

TEST(Scopes, DoNotDependOnTheNumberOfRanks) {
  const ScopeRuns runs(8);
  ScopeOptions options = all_scopes();
  options.network.iterations = 3;
  Bench bench("ranks", runs);
  const auto shared = run_scopes(bench.pool, ScopeCosts::plain(runs), options, runs.features(), 1).results;
  const Comm self = Comm::self();
  Journal journal(self, path_of("alone" + std::to_string(bench.comm.rank())), "problem", false);
  RunPool pool(self, runs, journal, true);
  const auto alone = run_scopes(pool, ScopeCosts::plain(runs), options, runs.features(), 1).results;
  for (std::size_t i = 0; i < shared.parameters.size(); ++i) EXPECT_EQ(shared.parameters[i].z, alone.parameters[i].z);
  EXPECT_EQ(scope_table(runs, shared.medians), scope_table(runs, alone.medians));
}

TEST(Scopes, LeaveOutASiteThatFails) {
  const ScopeRuns runs(9, true, true);
  Bench bench("fails", runs);
  ScopeOptions options = all_scopes();
  options.network.iterations = 2;
  const ScopeExperiment e = run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), options, runs.features(), 1);
  EXPECT_EQ(e.sites.left_out, std::vector<int>{0});
  for (const ScopeParameters& one : e.results.parameters) {
    EXPECT_EQ(std::count(one.sites.begin(), one.sites.end(), 0), 0);
    EXPECT_TRUE(one.z.allFinite()) << one.scope << one.fold;
  }
}

TEST(Scopes, DifferencesTakeTheSearchWhereDerivativesTakeIt) {
  const ScopeRuns exact(5), differences(5, false);
  Bench a("exact", exact), b("differences", differences);
  const ScopeSites one = scope_sites(a.quadratics(), all_scopes(), exact.features(), 1);
  const ScopeSites other = scope_sites(b.quadratics(), all_scopes(), differences.features(), 1);
  for (std::size_t s = 0; s < 5; ++s) EXPECT_LT((one.optima[s].z - other.optima[s].z).cwiseAbs().maxCoeff(), 1e-4) << s;
}

TEST(Scopes, AreRefusedForFewerSitesThanFolds) {
  const ScopeRuns runs(4);
  Bench bench("few", runs);
  ScopeOptions options = all_scopes();
  options.folds = 5;
  EXPECT_THROW(run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), options, runs.features(), 1), Error);
}

TEST(Scopes, WriteTables) {
  const ScopeRuns runs(8);
  Bench bench("tables", runs);
  ScopeOptions options = all_scopes();
  options.network.iterations = 2;
  const ScopeExperiment e = run_scopes(bench.pool, ScopeCosts::plain(bench.pool.runs()), options, runs.features(), 1);
  const std::string folder = path_of("folder");
  if (bench.comm.root()) std::filesystem::create_directories(folder);
  bench.comm.barrier();
  write_scopes(bench.comm, folder, runs, e.sites, e.results);
  EXPECT_GT(std::filesystem::file_size(folder + "/scopes.nc"), 10000u);
  EXPECT_GT(std::filesystem::file_size(folder + "/scopes.csv"), 1000u);
  EXPECT_GT(std::filesystem::file_size(folder + "/features.csv"), 500u);
}

constexpr const char* small_grid = R"(
experiment: {name: map, output: OUT}
time: {start: 2018-01-01, end: 2018-03-01}
grid: {generate: {resolution_deg: 5, west: -10, east: 20, south: 40, north: 60}}
forcing: {weather_generator: {}}
)";

TEST(ParameterMaps, GiveTheDefaultsOfTypesWhereNetworksGiveZero) {
  const ScopeRuns runs(8);
  const Comm comm = Comm::world();
  const std::string file = path_of("map") + ".yaml", out = path_of("map") + ".nc";
  if (comm.root()) std::ofstream(file) << small_grid;
  comm.barrier();
  const std::vector<std::string> words{"temperature", "cover"};
  const Index features = 1 + pft_count - 1;
  const calibration::Box box{Vector::Constant(3, -3.0), Vector::Constant(3, 3.0)};
  const calibration::ParameterMap map(box, Vector::Zero(3), calibration::Matrix::Random(5, features), {4});
  const Vector none = Vector::Zero(map.network().weights());
  write_parameter_maps(comm, {file, words, out}, runs, {"learned", -1, {map}, {none, none}, {}});
  const netcdf::File back = netcdf::File::open(comm, out);
  const Experiment experiment = Experiment::load(file, {});
  const Domain domain = make_domain(Comm::self(), experiment);
  const auto& defaults = *std::ranges::find_if(domain.parameters, [](const auto& d) { return d.name == "g1"; });
  const std::vector<double> g1 = back.all(back.variable("g1")), spread = back.all(back.variable("g1_spread"));
  int planted = 0;
  for (const GridPoint& point : domain.points()) {
    const int pft = main_vegetation(point);
    if (pft == 0) continue;
    ++planted;
    EXPECT_NEAR(g1[std::size_t(point.cell)], defaults.value[std::size_t(pft)], 1e-6 * g1[std::size_t(point.cell)]);
    EXPECT_EQ(spread[std::size_t(point.cell)], 0.0);
  }
  EXPECT_GT(planted, 5);
}

TEST(ParameterMaps, AreRefusedForAModelWithoutTheParameter) {
  const test::FakeRuns runs;
  const Comm comm = Comm::world();
  const std::string file = path_of("other") + ".yaml";
  if (comm.root()) std::ofstream(file) << small_grid;
  comm.barrier();
  EXPECT_THROW(write_parameter_maps(comm, {file, {"sand"}, path_of("other")}, runs, {"learned", -1, {}, {}, {}}),
               Error);
}

}  // namespace
}  // namespace tilth
