#include "driver/calibrate/searches.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "core/base/error.hpp"
#include "core/config/node.hpp"
#include "driver/calibrate/sound_derivatives.hpp"
#include "support/fake_runs.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using test::FakeOptions;
using test::FakeRuns;
using What = SearchRequest::What;

struct Case {
  explicit Case(const FakeOptions& options, const std::string& scope = "site")
      : runs(options),
        journal(comm, std::filesystem::temp_directory_path() / ("tilth_search_" + std::to_string(comm.size())), "p",
                false),
        pool(comm, runs, journal, true),
        costs(pool, problems_of(scope, runs), {{1.0, 0}, {0.5, 3 * seconds_per_day}},
              {Matrix::Identity(options.parameters, options.parameters), true}) {}
  Comm comm = Comm::world();
  FakeRuns runs;
  Journal journal;
  RunPool pool;
  ProblemCosts costs;

  SetResult one(What what, const Vector& z, std::size_t problem = 0) {
    const ProblemCosts::Part part{problem, {what, z.transpose()}};
    return costs.evaluate(std::span(&part, 1))[0][0];
  }
};

std::unique_ptr<CalibrationSearch> search_of(const std::string& text, Case& c, std::size_t problem = 0) {
  Choice<CalibrationMethod> choice{.name = "cma_es", .make = {}};
  Schema schema = Schema::reading(Node::parse("method: " + text, "test"));
  choice.describe(schema, "method", calibration_methods());
  schema.finish();
  const calibration::Box box = box_of(c.runs, c.costs.problems()[problem]);
  return choice.make()->start({box,
                               Vector::Zero(box.size()),
                               c.costs.prior().covariance,
                               c.costs.departures(problem),
                               c.runs.streams(),
                               {},
                               7});
}

TEST(ProblemCosts, GradientAndResidualsAreThoseOfTheCost) {
  for (const char* scope : {"site", "global"}) {
    Case c({.sites = 3, .curvature = 0.3}, scope);
    const Vector z{{0.4, -0.2, 1.1}};
    const SetResult slopes = c.one(What::gradient, z), system = c.one(What::least_squares, z);
    const SetResult departures = c.one(What::departures, z);
    EXPECT_NEAR(slopes.J, system.J, 1e-9 * slopes.J);
    EXPECT_NEAR(0.5 * system.residuals.squaredNorm(), system.J, 1e-9 * system.J);
    EXPECT_NEAR(0.5 * departures.departures.squaredNorm() + 0.5 * z.squaredNorm(), system.J, 1e-9 * system.J);
    EXPECT_LT((system.jacobian.transpose() * system.residuals - slopes.gradient).norm(), 1e-9 * slopes.gradient.norm());
    for (Index j = 0; j < 3; ++j) {
      Vector up = z, down = z;
      up(j) += 1e-4, down(j) -= 1e-4;
      const double slope = (c.one(What::cost, up).J - c.one(What::cost, down).J) / 2e-4;
      EXPECT_NEAR(slopes.gradient(j), slope, 1e-5 * slopes.gradient.norm()) << j;  // cubic over the step
    }
  }
}

TEST(ProblemCosts, ATwinWithoutNoiseCostsItsBackgroundOnly) {
  Case c({.sites = 2}, "global");
  const SetResult at_truth = c.one(What::cost, c.runs.truth());
  EXPECT_NEAR(at_truth.J, 0.5 * c.runs.truth().squaredNorm(), 1e-12);
  const auto counts = c.costs.counts(0);
  EXPECT_EQ(counts[0].used, 60);
  EXPECT_EQ(counts[0].withheld, 20);
  EXPECT_EQ(c.costs.departures(0), 120);
}

TEST(ProblemCosts, ASetThatFailsAtOneSiteFailsForAll) {
  Case c({.sites = 2, .fails = [](int site, const Vector& z) { return site == 1 && z(0) > 1.0; }}, "global");
  EXPECT_TRUE(std::isnan(c.one(What::cost, Vector{{1.5, 0.0, 0.0}}).J));
  EXPECT_TRUE(std::isnan(c.one(What::gradient, Vector{{1.5, 0.0, 0.0}}).J));
  EXPECT_FALSE(std::isnan(c.one(What::cost, Vector{{0.5, 0.0, 0.0}}).J));
  EXPECT_EQ(c.pool.failed().size(), 2u);
}

TEST(Problems, AreSitesOrTypesOrAll) {
  const FakeRuns runs({.sites = 4, .dominant_pft = {4, 10, 4, 10}});
  EXPECT_EQ(problems_of("site", runs).size(), 4u);
  EXPECT_EQ(problems_of("global", runs)[0].sites, (std::vector<int>{0, 1, 2, 3}));
  const auto by_type = problems_of("pft", runs);
  ASSERT_EQ(by_type.size(), 2u);
  EXPECT_EQ(by_type[1].sites, (std::vector<int>{1, 3}));
  EXPECT_EQ(by_type[1].name, pft_names[10]);
}

TEST(Differences, AreTheDerivativesOfAParabola) {
  Case c({.curvature = 0.3});
  const Vector z{{0.4, -0.2, 3.0}};  // the last at its bound: one-sided
  const calibration::Box box = box_of(c.runs, c.costs.problems()[0]);
  const Matrix sets = difference_sets(box, z, 0.01);
  const ProblemCosts::Part part{0, {What::departures, sets}};
  const Matrix found = differences(sets, c.costs.evaluate(std::span(&part, 1))[0]);
  const SetResult exact = c.one(What::least_squares, z);
  const Matrix H = found.leftCols(3).transpose() * found.leftCols(3);
  const Matrix wanted = exact.jacobian.transpose() * exact.jacobian - Matrix::Identity(3, 3);
  EXPECT_LT((H - wanted).topLeftCorner(2, 2).norm(), 1e-8 * wanted.norm());
  EXPECT_LT((H - wanted).norm(), 0.01 * wanted.norm());
}

TEST(SoundDerivatives, DifferencesStandInForWhatExplodes) {
  const Vector z{{0.4, -0.2, 0.7}};
  Case sound({.sites = 1});
  const SetResult wanted = sound.one(What::least_squares, z), slopes = sound.one(What::gradient, z);
  EXPECT_EQ(wanted.by_differences, 0);
  for (const double unsound : {1e9, std::numeric_limits<double>::quiet_NaN()}) {
    Case c({.sites = 1, .unsound = unsound});
    const SetResult system = c.one(What::least_squares, z), gradient = c.one(What::gradient, z);
    EXPECT_EQ(system.by_differences, 1);
    EXPECT_EQ(gradient.by_differences, 1);
    EXPECT_LT((system.jacobian - wanted.jacobian).norm(), 1e-9 * wanted.jacobian.norm());  // the model is a line
    EXPECT_LT((gradient.gradient - slopes.gradient).norm(), 1e-9 * slopes.gradient.norm());
    EXPECT_EQ(c.pool.failed().size(), 0u);
  }
}

TEST(SoundDerivatives, KeepSteepOnesThatDifferencesConfirm) {
  Case c({.sites = 1, .error_sd = 1e-4});
  const Vector z = c.runs.truth();
  const SetResult system = c.one(What::least_squares, z);
  EXPECT_GT(system.jacobian.colwise().norm().minCoeff(), 1e4);  // no misfit, and thousands of errors a step
  EXPECT_EQ(system.by_differences, 0);
}

TEST(SoundDerivatives, ASearchDoesNotStandStillWhereDerivativesExplode) {
  Case sound({.sites = 1, .curvature = 0.2, .noise = 1.0});
  std::vector<std::unique_ptr<CalibrationSearch>> wanted;
  wanted.push_back(search_of("{gauss_newton: {starts: 1}}", sound));
  run_searches(sound.costs, wanted);
  for (const char* method : {"{gauss_newton: {starts: 1}}", "{quasi_newton: {starts: 1}}"}) {
    Case c({.sites = 1, .curvature = 0.2, .noise = 1.0, .unsound = 1e9});
    std::vector<std::unique_ptr<CalibrationSearch>> searches;
    searches.push_back(search_of(method, c));
    const auto histories = run_searches(c.costs, searches);
    EXPECT_NEAR(searches[0]->result().value, wanted[0]->result().value, 1e-3 * wanted[0]->result().value) << method;
    EXPECT_EQ(histories[0].by_differences, histories[0].derivative_runs);
  }
}

class EveryMethod : public testing::TestWithParam<const char*> {};

TEST_P(EveryMethod, ComesNearTheLeastCost) {
  Case exact({.sites = 2, .parameters = 4, .curvature = 0.2, .noise = 1.0});
  std::vector<std::unique_ptr<CalibrationSearch>> best;
  for (std::size_t p = 0; p < 2; ++p) best.push_back(search_of("{gauss_newton: {starts: 4}}", exact, p));
  run_searches(exact.costs, best);

  Case c({.sites = 2, .parameters = 4, .curvature = 0.2, .noise = 1.0});
  std::vector<std::unique_ptr<CalibrationSearch>> searches;
  for (std::size_t p = 0; p < 2; ++p) searches.push_back(search_of(GetParam(), c, p));
  const auto histories = run_searches(c.costs, searches);
  for (std::size_t p = 0; p < 2; ++p) {
    const SearchResult found = searches[p]->result();
    const double least = best[p]->result().value;
    EXPECT_GE(found.value, least - 1e-6);
    const bool few_runs = std::string(GetParam()).find("bayesian") != std::string::npos;
    EXPECT_LE(found.value, (few_runs ? 1.05 : 1.02) * least) << found.value;
    EXPECT_NEAR(c.one(What::cost, found.best, p).J, found.value, 1e-9 * least);
    EXPECT_EQ(histories[p].failed, 0);
    EXPECT_GE(histories[p].runs, 2);
  }
}
INSTANTIATE_TEST_SUITE_P(Methods, EveryMethod,
                         testing::Values("{quasi_newton: {starts: 4}}", "{finite_difference: {starts: 2}}",
                                         "{cma_es: {evaluations: 1500}}", "{genetic: {generations: 60}}",
                                         "{es_mda: {members: 100, steps: 6}}", "{eki: {members: 100}}",
                                         "{ienks: {members: 40}}", "{4denvar: {members: 100, outer_loops: 4}}",
                                         "{metropolis: {iterations: 2000}}", "{de_mcz: {iterations: 2000}}",
                                         "{metropolis: {iterations: 300, start: optimum}}",
                                         "{de_mcz: {iterations: 300, start: optimum}}", "{bayesian: {steps: 10}}"));

TEST(Searches, GoOnWhereRunsFail) {
  const auto fails = [](int, const Vector& z) { return z(0) > 0.8; };
  for (const char* method : {"{quasi_newton: {starts: 4}}", "{gauss_newton: {starts: 4}}", "cma_es",
                             "{es_mda: {members: 60}}", "{metropolis: {iterations: 200}}"}) {
    Case c({.noise = 1.0, .fails = fails});
    std::vector<std::unique_ptr<CalibrationSearch>> searches;
    searches.push_back(search_of(method, c));
    const auto histories = run_searches(c.costs, searches);
    EXPECT_GT(histories[0].failed, 0) << method;
    EXPECT_LT((searches[0]->result().best - c.runs.truth()).cwiseAbs().maxCoeff(), 0.1) << method;
  }
}

}  // namespace
}  // namespace tilth
