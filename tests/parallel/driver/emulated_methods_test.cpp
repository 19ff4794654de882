#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/config/node.hpp"
#include "driver/calibrate/methods/emulated_posterior.hpp"
#include "driver/calibrate/searches.hpp"
#include "support/fake_runs.hpp"
#include "support/function_runs.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using test::FakeRuns;
using What = SearchRequest::What;

struct Case {
  Case(const SiteRuns& model, std::size_t streams, const std::string& scope = "site")
      : runs(model),
        journal(comm, std::filesystem::temp_directory_path() / ("tilth_emulated_" + std::to_string(comm.size())), "p",
                false),
        pool(comm, runs, journal, true),
        costs(pool, problems_of(scope, runs), std::vector<StreamRule>(streams),
              {Matrix::Identity(Index(runs.parameters().size()), Index(runs.parameters().size())), true}) {}
  Comm comm = Comm::world();
  const SiteRuns& runs;
  Journal journal;
  RunPool pool;
  ProblemCosts costs;

  SearchResult result_of(const std::string& method) {
    Choice<CalibrationMethod> choice{.name = "cma_es", .make = {}};
    Schema schema = Schema::reading(Node::parse("method: " + method, "test"));
    choice.describe(schema, "method", calibration_methods());
    schema.finish();
    SearchSetting setting;
    setting.box = box_of(runs, costs.problems()[0]);
    setting.start = Vector::Zero(setting.box.size());
    setting.prior = costs.prior().covariance;
    setting.departures = costs.departures(0);
    setting.streams = runs.streams();
    setting.features = costs.features(0);
    setting.seed = 7;
    std::vector<std::unique_ptr<CalibrationSearch>> searches;
    searches.push_back(choice.make()->start(setting));
    run_searches(costs, searches);
    return searches[0]->result();
  }
};

Vector mean_of(const Matrix& sample) { return sample.colwise().mean().transpose(); }
Vector sd_of(const Matrix& sample) {
  return (sample.rowwise() - sample.colwise().mean()).colwise().squaredNorm().cwiseSqrt().transpose() /
         std::sqrt(double(sample.rows() - 1));
}

TEST(ObservedFeatures, AreThoseOfTheObservationsLessWhatErrorsAdd) {
  const test::FunctionRuns runs([](const Vector&) { return 10.0; }, calibration::Box::unit(1), {});
  const ObservedFeatures features(runs, 0);
  const auto value = [&](const std::string& word) {
    for (const ObservedFeature& f : features.list())
      if (f.word == word) return f;
    ADD_FAILURE() << word;
    return ObservedFeature{};
  };
  EXPECT_NEAR(value("mean").value, 10.0, 0.02);
  EXPECT_NEAR(value("mean").variance, 1.0 / 365.0, 0.001);  // of independent errors of sd 1
  EXPECT_NEAR(value("rmse").value, 1.0, 1e-12);
  // The smoothed peak of noisy days lies above the true one by about an error sd of 15-day means; it is taken off.
  EXPECT_LT(value("peak").value, 15.0);
  EXPECT_GT(value("peak").value, 14.2);
  EXPECT_NEAR(value("peak").scale, 5.0 / std::sqrt(2.0), 0.05);
  const Vector perfect =
      features.of(runs.run(0, Matrix::Zero(1, 1), RunReach::observations).predictions.row(0).transpose());
  EXPECT_NEAR(perfect(0), 10.0, 1e-12);
  EXPECT_NEAR(perfect(1), 0.0, 1e-12);
  EXPECT_EQ(perfect.size(), Index(features.list().size()));
}

TEST(HistoryMatchingMethod, KeepsTheTruthAndRulesOutMostOfTheBox) {
  const FakeRuns runs({.parameters = 2, .curvature = 0.2});
  Case c(runs, 2);
  const SearchResult found = c.result_of(
      "{history_matching: {waves: 3, draws: 4000, targets: [{name: mean}, {name: rmse}], structural: 0.05}}");
  ASSERT_EQ(found.notes.size(), 3u);
  ASSERT_EQ(found.sample.rows(), 500);
  const auto& volume = std::get<std::vector<double>>(found.tables[0].columns[1].values);
  EXPECT_LT(volume.back(), 0.2);
  EXPECT_GE(volume.front(), volume.back());
  const Vector mean = mean_of(found.sample), sd = sd_of(found.sample);
  for (Index p = 0; p < 2; ++p) EXPECT_LT(std::abs(mean(p) - runs.truth()(p)), 2.0 * sd(p)) << p;
  EXPECT_LT(found.value, 20.0);
  EXPECT_EQ(found.tables[2].name, "wave_design");
}

TEST(HistoryMatchingMethod, SaysWhenNothingIsLeftAndWhichNamesThereAre) {
  const FakeRuns runs({.parameters = 2});
  Case c(runs, 2);
  const SearchResult found = c.result_of("{history_matching: {waves: 3, targets: [{name: gpp.mean, value: 1000}]}}");
  EXPECT_EQ(found.sample.rows(), 0);
  EXPECT_NE(found.notes.back().find("nothing is left"), std::string::npos);
  EXPECT_THROW(c.result_of("{history_matching: {targets: [{name: gpp.peek}]}}"), Error);
}

TEST(HistoryMatchingMethod, RefusesEmulatorsThatFailTheirGate) {
  const test::FunctionRuns runs([](const Vector& x) { return std::fmod(std::abs(1e6 * std::sin(1e4 * x.sum())), 1.0); },
                                {Vector::Constant(2, -1.0), Vector::Constant(2, 1.0)}, {});
  Case c(runs, 1);
  const SearchResult found = c.result_of("{history_matching: {waves: 1, targets: [{name: mean}]}}");
  EXPECT_NE(found.notes[0].find("(refused)"), std::string::npos);
  EXPECT_NE(found.notes[0].find("wave 1: 1 of the box"), std::string::npos);
}

TEST(HistoryMatchingMethod, ComesToAnEndWhereAllRunsFail) {
  const FakeRuns runs({.parameters = 2, .fails = [](int, const Vector&) { return true; }});
  Case c(runs, 2);
  const SearchResult found = c.result_of("{history_matching: {waves: 3}}");
  EXPECT_EQ(found.sample.rows(), 0);
  EXPECT_NE(found.notes.back().find("too few runs"), std::string::npos);
}

// Posterior of a linear model: (A' R^-1 A + I)^-1.
TEST(EmulateSampleMethod, DrawsTheGaussianPosteriorOfALinearModel) {
  const FakeRuns runs({.error_sd = 2.0, .noise = 1.0});
  const Matrix A = runs.coefficients(0);
  Matrix H = Matrix::Identity(3, 3);
  Vector b = Vector::Zero(3);
  const Vector none = runs.predicted(0, Vector::Zero(3));
  for (Index i = 0; i < A.rows(); ++i) {
    const ObsRecord& o = runs.observations(0)[std::size_t(i)];
    if (o.flag != qc_used) continue;
    H += A.row(i).transpose() * A.row(i) / 4.0;
    b += A.row(i).transpose() * (o.value - none(i)) / 4.0;
  }
  const Matrix covariance = H.inverse();
  const Vector exact = covariance * b;
  for (const char* method : {"{emulate_sample: {rounds: 2}}", "{emulate_sample: {design: eki, rounds: 1}}"}) {
    Case c(runs, 2);
    const SearchResult found = c.result_of(method);
    ASSERT_EQ(found.sample.rows(), 1000) << method;
    const Vector mean = mean_of(found.sample), sd = sd_of(found.sample);
    for (Index p = 0; p < 3; ++p) {
      const double truth = std::sqrt(covariance(p, p));
      EXPECT_NEAR(mean(p), exact(p), 0.15 * truth) << method << p;
      EXPECT_NEAR(sd(p) / truth, 1.0, 0.12) << method << p;
    }
    EXPECT_LT(found.diagnostics[0].second.maxCoeff(), 1.02) << method;
    EXPECT_LT(c.pool.evaluations(), 250) << method;
  }
}

TEST(EmulateSampleMethod, TakesFeaturesAndHasNoSampleWhereNoEmulatorPasses) {
  const FakeRuns runs({.parameters = 2, .curvature = 0.2});
  Case c(runs, 2);
  const SearchResult found = c.result_of("{emulate_sample: {of: features, targets: [{name: mean}], structural: 0.05}}");
  EXPECT_EQ(found.sample.rows(), 1000);
  const test::FunctionRuns noise(
      [](const Vector& x) { return std::fmod(std::abs(1e6 * std::sin(1e4 * x.sum())), 1.0); },
      {Vector::Constant(2, -1.0), Vector::Constant(2, 1.0)}, {});
  Case none(noise, 1);
  const SearchResult refused = none.result_of("{emulate_sample: {of: features, targets: [{name: mean}]}}");
  EXPECT_EQ(refused.sample.size(), 0);
  EXPECT_NE(refused.notes.back().find("no emulator passed its gate"), std::string::npos);
  EXPECT_THROW(c.result_of("{emulate_sample: {of: features, design: eki}}"), Error);
}

}  // namespace
}  // namespace tilth
