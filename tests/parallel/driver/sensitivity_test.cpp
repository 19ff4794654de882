#include "driver/calibrate/sensitivity.hpp"

#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <sstream>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "driver/calibrate/design_file.hpp"
#include "driver/signals.hpp"
#include "support/function_runs.hpp"

namespace tilth {
namespace {

using calibration::Box;
using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using test::FunctionRuns;

constexpr double pi = std::numbers::pi;

// Ishigami & Homma (1990) with a = 7, b = 0.1, and its exact indices.
double ishigami(const Vector& x) {
  return std::sin(x(0)) + 7.0 * std::pow(std::sin(x(1)), 2) + 0.1 * std::pow(x(2), 4) * std::sin(x(0));
}
const Vector ishigami_first{{0.31390519, 0.44241114, 0.0}}, ishigami_total{{0.55758886, 0.44241114, 0.24368366}};
Box cube(Index n, double half) { return {Vector::Constant(n, -half), Vector::Constant(n, half)}; }

// G function of Sobol' (1993) with a = 0, 1, 9 over [-1, 1].
const Vector g_a{{0.0, 1.0, 9.0}};
double sobol_g(const Vector& x) {
  double product = 1.0;
  for (Index i = 0; i < x.size(); ++i)
    product *= (std::abs(4.0 * (0.5 * (x(i) + 1.0)) - 2.0) + g_a(i)) / (1.0 + g_a(i));
  return product;
}

/// A folder that all ranks share, new for a test and a number of ranks.
struct Folder {
  explicit Folder(const Comm& c, const std::string& name)
      : comm(c),
        path(std::filesystem::temp_directory_path() / ("tilth_sensitivity_" + name + std::to_string(c.size()))) {
    if (comm.root()) {
      std::filesystem::remove_all(path);
      std::filesystem::create_directories(path);
    }
    comm.barrier();
  }
  ~Folder() {
    comm.barrier();
    if (comm.root()) std::filesystem::remove_all(path);
  }
  std::string bytes(const std::string& file) const {
    std::ifstream in(path / file, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
  }
  const Comm& comm;
  std::filesystem::path path;
};

SensitivityResult analysed(const Comm& comm, const SiteRuns& runs, const SensitivityOptions& options,
                           const Folder& folder, bool resume = false) {
  Journal journal(comm, folder.path / "journal.bin", "test", resume);
  RunPool pool(comm, runs, journal, true);
  const auto k = Index(runs.parameters().size());
  const MetricRules rules{{"g m-2 d-1"}, {{1.0, 0}}, {Matrix::Identity(k, k), true}};
  return analyse_sensitivity(pool, options, rules, 3, folder.path, "sensitivity");
}

SensitivityOptions sobol_of(int points) {
  SensitivityOptions o;
  o.method = "sobol";
  o.sobol.points = points;
  o.metrics = {"gpp.mean"};
  return o;
}

void expect_inside(const MetricIndices& one, const Vector& first, const Vector& total, double slack) {
  for (Index p = 0; p < first.size(); ++p) {
    EXPECT_GE(total(p), one.measures(p, 1) - slack) << p;
    EXPECT_LE(total(p), one.measures(p, 2) + slack) << p;
    EXPECT_GE(first(p), one.measures(p, 4) - slack) << p;
    EXPECT_LE(first(p), one.measures(p, 5) + slack) << p;
  }
}

TEST(Sensitivity, HoldsTheExactIndicesOfIshigamiInItsIntervals) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "ishigami");
  const FunctionRuns runs(ishigami, cube(3, pi), {});
  SensitivityOptions options = sobol_of(1024);
  options.sobol.second_order = true;
  const auto result = analysed(comm, runs, options, folder);
  const MetricIndices& one = result.indices[0][0];
  ASSERT_EQ(one.status, IndexStatus::good);
  expect_inside(one, ishigami_first, ishigami_total, 1e-3);
  ASSERT_EQ(one.pairs.rows(), 3);  // (1, 2), (1, 3), (2, 3)
  EXPECT_NEAR(one.pairs(1, 0), 0.24368366, 0.04);
  EXPECT_NEAR(one.pairs(0, 0), 0.0, 0.04);
}

TEST(Sensitivity, HoldsTheExactIndicesOfTheGFunctionInItsIntervals) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "g");
  const FunctionRuns runs(sobol_g, cube(3, 1.0), {});
  const auto result = analysed(comm, runs, sobol_of(1024), folder);
  const Vector V = (1.0 / 3.0) / (1.0 + g_a.array()).square();  // partial variances
  const double all = (1.0 + V.array()).prod() - 1.0;
  Vector total(3);
  for (Index i = 0; i < 3; ++i) total(i) = V(i) * (1.0 + V.array()).prod() / (1.0 + V(i)) / all;
  expect_inside(result.indices[0][0], V / all, total, 1e-3);
}

TEST(Sensitivity, FindsTheSameIndicesOnAnEmulator) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "emulator");
  const FunctionRuns runs([](const Vector& x) { return 3.0 * x(0) + x(1) * x(1) + x(0) * x(2); }, cube(3, 1.0), {});
  SensitivityOptions options = sobol_of(2048);
  options.on_emulator = true;
  options.emulator.runs = 60;
  const auto result = analysed(comm, runs, options, folder);
  const MetricIndices& one = result.indices[0][0];
  EXPECT_EQ(one.runs, 60.0);
  EXPECT_GT(one.q2, 0.999);
  // variances: 3, 4/45, 1/9
  const double V = 3.0 + 4.0 / 45.0 + 1.0 / 9.0;
  expect_inside(one, Vector{{3.0 / V, 4.0 / 45.0 / V, 0.0}},
                Vector{{(3.0 + 1.0 / 9.0) / V, 4.0 / 45.0 / V, 1.0 / 9.0 / V}}, 4e-3);
}

TEST(Sensitivity, RefusesAnEmulatorOfNoise) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "noise");
  const FunctionRuns runs([](const Vector& x) { return std::fmod(std::abs(1e6 * std::sin(1e4 * x.sum())), 1.0); },
                          cube(3, 1.0), {});
  SensitivityOptions options = sobol_of(64);
  options.on_emulator = true;
  const auto result = analysed(comm, runs, options, folder);
  EXPECT_EQ(result.indices[0][0].status, IndexStatus::refused);
  EXPECT_EQ(result.indices[0][0].measures.size(), 0);
  EXPECT_NE(sensitivity_summary(result, runs, options).find("refused: Q2"), std::string::npos);
}

TEST(Sensitivity, KnowsTheMetricsOfACycle) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "metrics");
  const FunctionRuns runs([](const Vector& x) { return 10.0 + 2.0 * x(0); }, cube(2, 1.0), {});
  SensitivityOptions options;
  options.method = "one_at_a_time";
  options.one_at_a_time.levels = 3;
  const auto result = analysed(comm, runs, options, folder);
  const auto effect = [&](const std::string& name) {
    for (std::size_t m = 0; m < result.runs.metrics.size(); ++m)
      if (result.runs.metrics[m].name == name) return result.indices[0][m];
    ADD_FAILURE() << name;
    return MetricIndices{};
  };
  EXPECT_NEAR(effect("gpp.mean").measures(0, 0), 4.0, 1e-9);  // from 8 to 12
  EXPECT_NEAR(effect("gpp.annual_sum").measures(0, 0), 1460.0, 1e-6);
  EXPECT_NEAR(effect("gpp.peak").measures(0, 2), 3.0, 0.01);  // 1.5 times, less the smoothing
  EXPECT_NEAR(effect("gpp.amplitude").measures(0, 0), 4.0, 0.03);
  EXPECT_NEAR(effect("gpp.bias").measures(0, 1), -2.0, 1e-9);  // observed is the prior
  EXPECT_NEAR(effect("gpp.rmse").measures(0, 2), 2.0 * std::sqrt(1.125), 1e-9);
  EXPECT_NEAR(effect("gpp.cost").measures(0, 2), 0.5 * 365 * 4.0 * 1.125, 1e-6);
  EXPECT_NEAR(effect("J").measures(0, 2), 0.5 * 365 * 4.0 * 1.125 + 0.5, 1e-6);
  EXPECT_GT(effect("gpp.spring_slope").measures(0, 2), 0.0);
  EXPECT_LT(effect("gpp.autumn_slope").measures(0, 2), 0.0);
  EXPECT_EQ(effect("gpp.peak_day").status, IndexStatus::constant);
  ASSERT_EQ(effect("gpp.mean").curves.cols(), 3);
  EXPECT_NEAR(effect("gpp.mean").curves(0, 2), 12.0, 1e-9);
  EXPECT_NEAR(effect("gpp.mean").curves(1, 2), 10.0, 1e-9);
}

TEST(Sensitivity, ListsFailedRunsAndGoesOn) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "failed");
  FunctionRuns::Options model;
  model.fails = [](const Vector& x) { return x(0) > 0.9 && x(1) > 0.9; };
  const FunctionRuns runs([](const Vector& x) { return x(0) - 2.0 * x(1); }, cube(2, 1.0), model);
  SensitivityOptions options;
  options.metrics = {"gpp.mean"};
  const auto result = analysed(comm, runs, options, folder);
  const MetricIndices& one = result.indices[0][0];
  EXPECT_GT(one.failed, 0.0);
  EXPECT_NEAR(one.measures(1, 0), 4.0, 1e-9);  // mu* over the unit cube
  EXPECT_NE(sensitivity_summary(result, runs, options).find("runs failed"), std::string::npos);
  const auto table = read_table(comm, folder.path / "sensitivity.nc");
  EXPECT_TRUE(std::any_of(table.begin(), table.end(), [](const auto& c) { return c.name == "failed_run"; }));
}

TEST(Sensitivity, ExtendsADesignReadFromAFileToTheLongOne) {
  const Comm comm = Comm::world();
  const Folder whole(comm, "whole"), part(comm, "part"), more(comm, "more");
  const FunctionRuns runs(ishigami, cube(3, pi), {});
  for (const char* file : {"design.csv", "design.nc"})
    for (const char* method : {"morris", "sobol"}) {
      SensitivityOptions options = sobol_of(24);
      options.method = method;
      options.morris.trajectories = 24;
      analysed(comm, runs, options, whole);
      options.sobol.points = options.morris.trajectories = 10;
      analysed(comm, runs, options, part);
      options.sobol.points = options.morris.trajectories = 24;
      options.design = part.path / file;
      const auto result = analysed(comm, runs, options, more);
      EXPECT_GT(result.runs.sites[0].known, 0);
      for (const char* out : {"design.csv", "design.nc", "sensitivity.nc", "sensitivity.json"})
        EXPECT_EQ(whole.bytes(out), more.bytes(out)) << file << ' ' << method << ' ' << out;
    }
}

TEST(Sensitivity, ReadsPhysicalValuesAndResultsOfOtherPrograms) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "foreign");
  const std::string path = folder.path / "runs.csv";
  if (comm.root()) std::ofstream(path) << "x1,x2,score\n-1,0,1\n1,0,5\n1,1,6\n0,0,3\n0,-1,2\n-1,-1,0\n";
  comm.barrier();
  FunctionRuns::Options model;
  model.fails = [](const Vector&) { return true; };  // nothing may be run
  const FunctionRuns runs([](const Vector&) { return 1.0; }, cube(2, 1.0), model);
  SensitivityOptions options;
  options.design = path;
  options.metrics = {"score"};
  options.morris.trajectories = 2;
  const auto result = analysed(comm, runs, options, folder);
  EXPECT_NEAR(result.indices[0][0].measures(0, 0), 4.0, 1e-9);
  EXPECT_NEAR(result.indices[0][0].measures(1, 0), 2.0, 1e-9);
  options.morris.trajectories = 3;
  EXPECT_THROW(analysed(comm, runs, options, folder), Error);  // cannot run what gives the score
  options.method = "sobol";
  EXPECT_THROW(analysed(comm, runs, options, folder), Error);  // no such design
}

TEST(Sensitivity, AveragesGroupsOfSites) {
  const Comm comm = Comm::world();
  const Folder folder(comm, "groups");
  const FunctionRuns runs([](const Vector& x) { return x(0); }, cube(1, 1.0), {.sites = 3});
  SensitivityOptions options;
  options.metrics = {"gpp.mean"};
  options.groups = {"site", "pft", "all"};
  const auto result = analysed(comm, runs, options, folder);
  ASSERT_EQ(result.groups.size(), 6U);
  EXPECT_EQ(result.groups[5].name, "all");
  EXPECT_NEAR(result.indices[1][0].measures(0, 0), 4.0, 1e-9);  // 1 + site times 2
  EXPECT_NEAR(result.indices[3][0].measures(0, 0), 4.0, 1e-9);  // sites 1 and 3
  EXPECT_NEAR(result.indices[5][0].measures(0, 0), 4.0, 1e-9);
}

TEST(Sensitivity, WritesTheSameBytesOnAnyNumberOfRanksAndAfterAStop) {
  const Comm comm = Comm::world(), alone = Comm::self();
  const Folder all(comm, "ranks"), stopped(comm, "stopped");
  const Folder one(alone, "alone" + std::to_string(comm.rank()) + "of" + std::to_string(comm.size()) + "_");
  FunctionRuns::Options model{.sites = 2};
  const FunctionRuns runs(ishigami, cube(3, pi), model);
  SensitivityOptions options = sobol_of(32);
  options.metrics = {"all"};
  analysed(comm, runs, options, all);
  analysed(alone, runs, options, one);
  model.fails = [](const Vector&) {
    std::raise(SIGTERM);
    return false;
  };
  catch_signals();
  const FunctionRuns interrupted(ishigami, cube(3, pi), model);
  EXPECT_THROW(analysed(comm, interrupted, options, stopped), Stopped);
  forget_signals();
  analysed(comm, runs, options, stopped, true);
  for (const char* out : {"design.csv", "design.nc", "sensitivity.nc", "sensitivity.json"}) {
    EXPECT_EQ(all.bytes(out), one.bytes(out)) << out;
    EXPECT_EQ(all.bytes(out), stopped.bytes(out)) << out;
  }
}

}  // namespace
}  // namespace tilth
