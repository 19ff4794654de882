#include <gtest/gtest.h>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/learn/parameter_map.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

const Box box{Vector{{0.0, 10.0}}, Vector{{1.0, 30.0}}};
const Vector defaults{{0.5, 15.0}};

// True parameters of places: smooth functions of the first two of three features.
Matrix truth(const Matrix& features) {
  Matrix theta(features.rows(), 2);
  for (Index i = 0; i < theta.rows(); ++i) {
    theta(i, 0) = 0.2 + 0.6 * features(i, 0) * features(i, 1);
    theta(i, 1) = 15.0 + 10.0 * std::sin(3.0 * features(i, 0));
  }
  return theta;
}

TEST(Network, HasTheGradientOfDifferences) {
  const Network network({3, 5, 4, 2});
  const Vector w = network.first_weights(1, 1.0);
  ASSERT_EQ(w.size(), 4 * 5 + 6 * 4 + 5 * 2);
  const Matrix X = latin_hypercube(7, 3, 1), by = latin_hypercube(7, 2, 2);
  const auto f = [&](const Vector& at) { return network.outputs(at, X).cwiseProduct(by).sum(); };
  const Vector g = network.gradient(w, X, by);
  for (Index k = 0; k < w.size(); ++k) {
    const Vector h = 1e-5 * Vector::Unit(w.size(), k);
    EXPECT_NEAR(g(k), (f(w + h) - f(w - h)) / 2e-5, 1e-8) << k;
  }
}

TEST(Network, WithoutHiddenLayersIsLinear) {
  const Network network({2, 1});
  EXPECT_NEAR(network.outputs(Vector{{2.0, -1.0, 0.5}}, Matrix{{3.0, 4.0}})(0, 0), 2.5, 1e-15);
  EXPECT_THROW(Network({2}), Error);
}

TEST(Adam, MakesTheFirstStepsOfThePaper) {
  // The first step is the rate times the sign of the gradient.
  Adam adam(Vector{{1.0, 1.0}}, 0.1);
  adam.tell(Vector{{5.0, -0.01}});
  EXPECT_LT(largest(adam.ask() - Vector{{0.9, 1.1}}), 1e-6);
  for (int i = 0; i < 500; ++i) adam.tell(2.0 * adam.ask());
  EXPECT_LT(largest(adam.ask()), 1e-2);
}

TEST(ParameterMap, GivesDefaultsAtZeroAndStaysInTheBox) {
  const Matrix features = latin_hypercube(20, 3, 1);
  const ParameterMap map(box, defaults, features, {8});
  const Matrix theta = map.parameters(Vector::Zero(map.network().weights()), features);
  for (Index i = 0; i < 20; ++i) EXPECT_LT(largest(theta.row(i) - defaults.transpose()), 1e-12);
  const Matrix wild = map.parameters(50.0 * map.network().first_weights(1, 1.0), features);
  for (Index i = 0; i < 20; ++i) EXPECT_TRUE(box.contains(wild.row(i).transpose()));
}

TEST(ParameterMap, HasTheGradientOfDifferences) {
  const Matrix features = latin_hypercube(9, 3, 1), by = latin_hypercube(9, 2, 2);
  const ParameterMap map(box, defaults, features, {6, 4});
  const Vector w = map.network().first_weights(2, 1.0);
  const auto f = [&](const Vector& at) { return map.parameters(at, features).cwiseProduct(by).sum(); };
  const Vector g = map.gradient(w, features, by);
  for (Index k = 0; k < w.size(); k += 3) {
    const Vector h = 1e-5 * Vector::Unit(w.size(), k);
    EXPECT_NEAR(g(k), (f(w + h) - f(w - h)) / 2e-5, 1e-6) << k;
  }
}

double held_out_error(const ParameterMap& map, const Vector& weights) {
  const Matrix others = latin_hypercube(200, 3, 77);
  const Matrix error = (map.parameters(weights, others) - truth(others)) * box.width().cwiseInverse().asDiagonal();
  return std::sqrt(error.squaredNorm() / double(error.size()));
}

TEST(ParameterMap, LearnsSiteOptimaAfterTheFact) {
  const Matrix features = latin_hypercube(60, 3, 3);
  Matrix optima = truth(features);
  optima(5, 1) = NAN;  // a place whose calibration failed
  const ParameterMap map(box, defaults, features, {10});
  const double before = held_out_error(map, Vector::Zero(map.network().weights()));
  const double after = held_out_error(map, fitted_weights(map, features, optima, {.decay = 1e-5}));
  EXPECT_GT(before, 0.2);
  EXPECT_LT(after, 0.03);
}

TEST(EndToEnd, BeatsTheAverageOnPlacesHeldOut) {
  // Cost of a place: a valley in its parameters that is narrow in their sum and wide across, so that site optima are
  // ill-determined while the map is not.
  const Matrix features = latin_hypercube(60, 3, 3), best = truth(features);
  const Vector scale = box.width().cwiseInverse();
  EndToEnd training(ParameterMap(box, defaults, features, {10}), features, {.decay = 1e-5, .iterations = 1500});
  const auto step = [&](EndToEnd& t) {
    const Matrix away = (t.ask() - best) * scale.asDiagonal();
    const Vector sum = away.col(0) + away.col(1), across = away.col(0) - away.col(1);
    Matrix by(60, 2);
    by.col(0) = 200.0 * sum + 2.0 * across;
    by.col(1) = 200.0 * sum - 2.0 * across;
    t.tell((100.0 * sum.array().square() + across.array().square()).matrix(), by * scale.asDiagonal());
  };
  while (!training.finished()) step(training);
  const ParameterMap map(box, defaults, features, {10});
  const Vector mean = best.colwise().mean().transpose();
  const Matrix others = latin_hypercube(200, 3, 77);
  const Matrix error = (truth(others).rowwise() - mean.transpose()) * scale.asDiagonal();
  const double average = std::sqrt(error.squaredNorm() / double(error.size()));
  EXPECT_LT(held_out_error(map, training.best_weights()), 0.5 * average);
}

TEST(EndToEnd, ContinuesFromItsNumbersExactlyWithFailedPlaces) {
  const Matrix features = latin_hypercube(12, 3, 3);
  EndToEnd whole(ParameterMap(box, defaults, features, {4}), features), half = whole, fresh = whole;
  const auto step = [](EndToEnd& t) {
    const Matrix theta = t.ask();
    Vector cost = theta.rowwise().squaredNorm();
    cost(3) = NAN;
    t.tell(cost, 2.0 * theta);
  };
  for (int i = 0; i < 10; ++i) step(whole);
  for (int i = 0; i < 5; ++i) step(half);
  fresh.restore(half.numbers());
  for (int i = 0; i < 5; ++i) step(fresh);
  EXPECT_EQ(whole.weights(), fresh.weights());
  EXPECT_EQ(whole.failed().size(), 20U);
  EXPECT_THROW(whole.tell(Vector::Constant(12, NAN), Matrix::Zero(12, 2)), Failure);
}

}  // namespace
}  // namespace tilth::calibration::test
