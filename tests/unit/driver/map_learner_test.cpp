#include "driver/calibrate/scope/map_learner.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assim/calibration/draws.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr int count = 30, observations = 400;
const calibration::Box box{Vector::Constant(2, -3.0), Vector::Constant(2, 3.0)};

// What a model of two parameters predicts, scaled so that its misfit is that of many observations of error 1.
Vector model(const Vector& z) { return 20.0 * Vector{{std::exp(0.5 * z(0)), z(1) + 0.25 * z(0) * z(0)}}; }

SiteQuadratic run_at(const Vector& z, const Vector& truth) {
  Matrix slope(2, 2);
  slope << 0.5 * std::exp(0.5 * z(0)), 0.0, 0.5 * z(0), 1.0;
  return {z, model(z) - model(truth), 20.0 * slope, double(observations), false};
}

// Sites whose true parameters follow one of two features, or nothing.
struct Places {
  explicit Places(bool follow) : features(count, 2), truth(count, 2) {
    const calibration::Draws draws(3, calibration::Stream::candidates);
    for (int i = 0; i < count; ++i) {
      features.row(i) << draws.normal(i, 0), draws.normal(i, 1);
      const double x = follow ? features(i, 0) : draws.normal(i, 2);
      truth.row(i) << 1.5 * std::tanh(x), (follow ? -std::tanh(x) : draws.normal(i, 3));
    }
  }
  MapSites at(const Matrix& z) const {
    MapSites out{{}, features, {}, {}, Matrix::Identity(2, 2) / count};
    for (int i = 0; i < count; ++i) {
      out.sites.push_back(i);
      out.box.push_back(box);
      out.runs.push_back(run_at(z.row(i).transpose(), truth.row(i).transpose()));
    }
    return out;
  }
  std::vector<SiteQuadratic> run(const std::vector<RunTask>& tasks) const {
    std::vector<SiteQuadratic> out;
    for (const RunTask& task : tasks) out.push_back(run_at(task.z, truth.row(task.site).transpose()));
    return out;
  }
  calibration::ParameterMap map() const { return {box, Vector::Zero(2), features, {6}}; }
  Matrix features, truth;
};

NetworkOptions some_networks() {
  NetworkOptions options;
  options.members = 3;
  return options;
}

double error(const Places& places, const MapLearner& learner) {
  const Matrix z = mean_parameters(places.map(), learner.weights(), places.features);
  return std::sqrt((z - places.truth).squaredNorm() / double(z.size()));
}

// Gauss-Newton on a cost that is nearly quadratic needs few linearisations, from far away too.
TEST(MapLearner, FindsWhatParametersFollowInFewLinearisations) {
  const Places places(true);
  for (const bool warm : {true, false}) {
    MapLearner learner(places.map(), places.at(warm ? places.truth : Matrix::Zero(count, 2)), some_networks(), 1);
    while (!learner.finished()) learner.tell(places.run(learner.ask()));
    EXPECT_LT(error(places, learner), 0.1) << warm;  // the defaults: 0.9
    EXPECT_LE(learner.steps(), 12) << warm;
  }
}

TEST(MapLearner, GoesBackTowardsTheBestRunsWhereTheCostRises) {
  const Places places(true);
  MapLearner learner(places.map(), places.at(Matrix::Zero(count, 2)), some_networks(), 1);
  const std::vector<RunTask> first = learner.ask();
  learner.tell(places.run(first));
  const auto away = [&] {
    const std::vector<RunTask> tasks = learner.ask();
    double sum = 0.0;
    for (std::size_t i = 0; i < tasks.size(); ++i) sum += (tasks[i].z - first[i].z).squaredNorm();
    return std::sqrt(sum);
  };
  const double before = away();
  const auto weights = learner.weights();
  for (int i = 0; i < 2; ++i) {
    std::vector<SiteQuadratic> worse = places.run(learner.ask());
    for (SiteQuadratic& run : worse) run.residual.array() += 1000.0;
    learner.tell(worse);
  }
  EXPECT_LT(away(), 0.9 * before);
  EXPECT_EQ(learner.weights(), weights);
}

TEST(MapLearner, RefusesAStepThatLosesRuns) {
  const Places places(true);
  MapLearner learner(places.map(), places.at(Matrix::Zero(count, 2)), some_networks(), 1);
  learner.tell(places.run(learner.ask()));
  const double cost = learner.cost();
  std::vector<SiteQuadratic> runs = places.run(learner.ask());
  runs[4].failed = true;
  learner.tell(runs);
  EXPECT_EQ(learner.cost(), cost);
  learner.tell(places.run(learner.ask()));
  EXPECT_LT(learner.cost(), cost);
}

TEST(MapLearner, LeavesOutASiteWhoseRunsAllFail) {
  const Places places(true);
  MapSites sites = places.at(places.truth);
  sites.runs[4].failed = true;
  MapLearner learner(places.map(), std::move(sites), some_networks(), 1);
  while (!learner.finished()) {
    std::vector<SiteQuadratic> runs = places.run(learner.ask());
    runs[4] = {runs[4].z, {}, {}, 0.0, true};
    learner.tell(runs);
  }
  EXPECT_LT(error(places, learner), 0.1);
}

TEST(ChosenDecay, IsWeakWhereFeaturesTellParametersAndStrongWhereTheyDoNot) {
  const Places follows(true), does_not(false);
  NetworkOptions options = some_networks();
  options.decay = {1e-6, 1e-4, 1e-2, 1.0, 100.0};
  EXPECT_LE(chosen_decay(follows.map(), follows.at(follows.truth), options, 1), 1e-4);
  EXPECT_GE(chosen_decay(does_not.map(), does_not.at(does_not.truth), options, 1), 1.0);
}

}  // namespace
}  // namespace tilth
