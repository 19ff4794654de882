#include "driver/calibrate/run_pool.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "core/base/error.hpp"
#include "core/parallel/threads.hpp"
#include "driver/signals.hpp"
#include "support/fake_runs.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Vector;
using test::FakeOptions;
using test::FakeRuns;

/// A path that all ranks share and other tests do not.
std::string path_of(const std::string& name) {
  return std::filesystem::temp_directory_path() /
         ("tilth_pool_" + name + std::to_string(Comm::world().size()) + ".bin");
}

std::vector<RunTask> some_tasks(int sites, int sets, int parameters = 3) {
  std::vector<RunTask> out;
  for (int k = 0; k < sets; ++k)
    for (int s = 0; s < sites; ++s) {
      Vector z(parameters);
      for (int j = 0; j < parameters; ++j) z(j) = 0.01 * k - 0.1 * j;
      out.push_back({s, z});
    }
  return out;
}

Vector sums(const RunTask&, const Vector& predictions, const std::vector<Vector>&) {
  return Vector{{predictions.sum(), predictions(0)}};
}

std::vector<double> numbers_of(const std::vector<Vector>& all) {
  std::vector<double> out;
  for (const Vector& one : all) out.insert(out.end(), one.begin(), one.end());
  return out;
}

TEST(RunPool, GivesTheBitsOfSingleRunsOnAnyNumberOfRanksAndThreads) {
  const Comm comm = Comm::world();
  const FakeRuns runs({.sites = 3});
  const auto tasks = some_tasks(3, 45);
  for (const int threads_used : {1, 3}) {
    use_threads(threads_used);
    Journal journal(comm, path_of("bits"), "problem", false);
    RunPool pool(comm, runs, journal, true);
    const auto got = pool.evaluate("sums", tasks, RunReach::observations, sums);
    ASSERT_EQ(got.size(), tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i)
      EXPECT_EQ(got[i], sums(tasks[i], runs.predicted(tasks[i].site, tasks[i].z), {})) << i;
    EXPECT_EQ(pool.evaluations(), std::int64_t(tasks.size()));
    EXPECT_TRUE(pool.failed().empty());
  }
  use_threads(1);
}

TEST(RunPool, DealsRunsEvenlyToRanks) {
  const Comm comm = Comm::world();
  const FakeRuns runs({.sites = 2});
  Journal journal(comm, path_of("even"), "problem", false);
  RunPool(comm, runs, journal, true).evaluate("sums", some_tasks(1, 24 * comm.size()), RunReach::observations, sums);
  EXPECT_EQ(runs.runs(), 24);
}

TEST(RunPool, RunsEachSetOnceAndKnowsItAfterwards) {
  const Comm comm = Comm::world();
  const FakeRuns runs;
  Journal journal(comm, path_of("once"), "problem", false);
  RunPool pool(comm, runs, journal, true);
  auto tasks = some_tasks(1, 10);
  tasks.insert(tasks.end(), tasks.begin(), tasks.begin() + 5);
  const auto first = pool.evaluate("sums", tasks, RunReach::observations, sums);
  EXPECT_EQ(comm.sum(runs.runs()), 10);
  const auto second = pool.evaluate("sums", tasks, RunReach::observations, sums);
  EXPECT_EQ(comm.sum(runs.runs()), 10);
  EXPECT_EQ(numbers_of(first), numbers_of(second));
  pool.evaluate("others", tasks, RunReach::observations, sums);
  EXPECT_EQ(comm.sum(runs.runs()), 20);
}

TEST(RunPool, ListsARunThatFailedAndGoesOn) {
  const Comm comm = Comm::world();
  const FakeRuns runs({.sites = 2, .fails = [](int site, const Vector& z) { return site == 1 && z(0) > 0.065; }});
  Journal journal(comm, path_of("failed"), "problem", false);
  RunPool pool(comm, runs, journal, true);
  const auto tasks = some_tasks(2, 9);
  const auto got = pool.evaluate("sums", tasks, RunReach::observations, sums);
  pool.evaluate("sums", tasks, RunReach::observations, sums);
  ASSERT_EQ(pool.failed().size(), 2u);  // sets 7 and 8 at the second site
  EXPECT_EQ(pool.failed()[0].task.site, 1);
  EXPECT_EQ(pool.failed()[0].task.z, tasks[15].z);
  ASSERT_EQ(got[15].size(), 1);
  EXPECT_TRUE(std::isnan(got[15](0)));
  EXPECT_EQ(got[14].size(), 2);
}

TEST(RunPool, HandsOverSeriesAndDerivatives) {
  const Comm comm = Comm::world();
  const FakeRuns runs({.curvature = 0.4});
  Journal journal(comm, path_of("series"), "problem", false);
  RunPool pool(comm, runs, journal, true);
  const auto tasks = some_tasks(1, 3);
  const auto days =
      pool.evaluate("days", tasks, RunReach::series, [](const RunTask&, const Vector& p, const std::vector<Vector>& s) {
        return Vector{{double(s.size()), s[0](0) - p(0), s[1](0) - p(p.size() / 2)}};
      });
  EXPECT_EQ(days[1], (Vector{{2.0, 0.0, 0.0}}));
  const auto slopes = pool.evaluate_each("slopes", tasks, [&](const RunTask& task) {
    return Vector(runs.run_with_derivatives(task.site, task.z).jacobian.row(5).transpose());
  });
  Vector ahead = tasks[2].z, behind = ahead;
  ahead(1) += 1e-5, behind(1) -= 1e-5;
  const double slope = (runs.predicted(0, ahead)(5) - runs.predicted(0, behind)(5)) / 2e-5;
  EXPECT_NEAR(slopes[2](1), slope, 1e-9);  // of a parabola: exact to round-off over the step
}

TEST(RunPool, StopsOnASignalWithItsRunsInTheJournal) {
  const Comm comm = Comm::world();
  catch_signals();
  const FakeRuns runs;
  const auto tasks = some_tasks(1, 20);
  {
    Journal journal(comm, path_of("signal"), "problem", false);
    RunPool pool(comm, runs, journal, true);
    if (comm.root()) std::raise(SIGUSR1);
    EXPECT_THROW(pool.evaluate("sums", tasks, RunReach::observations, sums), Stopped);
    EXPECT_GT(journal.size(), 0);
    forget_signals();
  }
  const Journal again(comm, path_of("signal"), "problem", true);
  EXPECT_GT(again.size(), 0);
}

}  // namespace
}  // namespace tilth
