#include "core/base/simd/dual.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "support/complex_step.hpp"

namespace tilth::simd {
namespace {

using test::ComplexStep;
using Pair = Dual<Pack<xsimd::sse2>>;

/// Compares the derivative of `f` at 300 arguments in lower..upper with the complex step (relative to the derivative
/// and the value over the argument) and with central differences, and the value with the run in double.
template <class F>
void expect_derivative(const char* name, double lower, double upper, F f, double exact = 1e-14, double near = 1e-7) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> argument(lower, upper);
  for (int i = 0; i < 300; ++i) {
    const double x = argument(random);
    const Dual<double> y = f(Dual<double>(x, 1.0));
    ASSERT_EQ(y.v, f(x)) << name << " at " << x;
    const ComplexStep z = f(ComplexStep(x, 1.0));
    const double h = 1e-5 * std::max(0.1, std::abs(x));
    const double difference = (f(x + h) - f(x - h)) / ((x + h) - (x - h));
    ASSERT_NEAR(y.d, z.derivative(), exact * (std::abs(y.d) + std::abs(y.v / x))) << name << " at " << x;
    ASSERT_NEAR(y.d, difference, near * (std::abs(y.d) + std::abs(y.v / x))) << name << " at " << x;
  }
}

TEST(Dual, ArithmeticHasExactDerivatives) {
  expect_derivative("+", 0.1, 9, [](auto x) { return 2.0 + ((x + x) + 3.0); });
  expect_derivative("-", 0.1, 9, [](auto x) { return 7.0 - (-x - (x * x - 2.0)); });
  expect_derivative("*", 0.1, 9, [](auto x) { return (3.0 * x) * (x * 0.7) * x; });
  expect_derivative("/", 0.1, 9, [](auto x) { return (x / 3.0) / (1.0 / x + x); });
  expect_derivative("assignment", 0.1, 9, [](auto x) {
    auto y = x;
    y += 2.0;
    y *= x;
    y /= x + 1.0;
    y -= 0.3 * x;
    return y;
  });
}

TEST(Dual, ElementaryFunctionsHaveExactDerivatives) {
  expect_derivative("sqrt", 1e-3, 50, [](auto x) { return sqrt(x); });
  expect_derivative("exp", -30, 30, [](auto x) { return exp(x * 0.9); });
  expect_derivative("log", 1e-6, 20, [](auto x) { return log(x + 1.0); });
  expect_derivative("pow", 0.1, 20, [](auto x) { return pow(x, 2.5); });
  expect_derivative("pow of both", 0.1, 9, [](auto x) { return pow(x, x); });
  expect_derivative("sigmoid", -20, 20, [](auto x) { return sigmoid(x); });
  expect_derivative("softplus", -5, 9, [](auto x) { return softplus(x, 0.7); });
  expect_derivative("smooth_min", 0.1, 9, [](auto x) { return smooth_min(x, 3.0 - 0.2 * x, 0.9); });
  expect_derivative("abs", 0.1, 9, [](auto x) { return abs(x - 12.0) + abs(x); });
}

TEST(Dual, FittedFunctionsHaveTheDerivativeOfWhatTheyFit) {
  // The complex step sees the derivative of the fit, and its value is only as good as the fit: 1e-13.
  expect_derivative(
      "tanh", -4, 4, [](auto x) { return tanh(x); }, 1e-13);
  expect_derivative(
      "erfc", -5, 5, [](auto x) { return erfc(x); }, 1e-13);
  expect_derivative(
      "normal_cdf", -6, 6, [](auto x) { return normal_cdf(x); }, 1e-13);
}

TEST(Dual, FarArgumentsKeepTheRelativeAccuracyOfTheDerivative) {
  EXPECT_NEAR(sigmoid(Dual<double>(-60.0, 1.0)).d / std::exp(-60.0), 1.0, 1e-14);
  EXPECT_NEAR(sigmoid(Dual<double>(60.0, 1.0)).d / std::exp(-60.0), 1.0, 1e-14);
  EXPECT_LT(sigmoid(Dual<double>(-800.0, 1.0)).d, 1e-300);
  EXPECT_NEAR(tanh(Dual<double>(30.0, 1.0)).d / (4.0 * std::exp(-60.0)), 1.0, 1e-14);
  EXPECT_NEAR(erfc(Dual<double>(12.0, 1.0)).d / (-2.0 / std::sqrt(M_PI) * std::exp(-144.0)), 1.0, 1e-14);
}

TEST(Dual, TheSideNotTakenLeavesNothing) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Dual<double> good(2.0, 3.0), bad(1.0, nan);
  EXPECT_EQ(select(true, good, bad).d, 3.0);
  EXPECT_EQ(select(false, bad, good).d, 3.0);
  EXPECT_EQ(select(true, 4.0, bad).d, 0.0);
  EXPECT_EQ(select(false, bad, 4.0).d, 0.0);
  EXPECT_EQ(max(bad, good).d, 3.0);
  EXPECT_EQ(min(good, Dual<double>(5.0, nan)).d, 3.0);
  EXPECT_EQ(max(4.0, good).d, 0.0);
  EXPECT_EQ(min(4.0, good).d, 3.0);
}

TEST(Dual, HeldArgumentsHaveNoDerivative) {
  const Dual<double> zero(0.0, 1.0), low(-900.0, 1.0), high(900.0, 1.0);
  EXPECT_EQ(sqrt(zero).d, 0.0);
  EXPECT_EQ(log(zero).d, 0.0);
  EXPECT_EQ(log(low).d, 0.0);
  EXPECT_EQ(exp(low).d, 0.0);
  EXPECT_EQ(exp(high).d, 0.0);
  EXPECT_EQ(smooth_min(zero, zero, 0.9).d, 0.0);
  EXPECT_TRUE(std::isfinite(pow(zero, 0.5).d));
  EXPECT_EQ(max(1.0, low).d, 0.0);
}

TEST(Dual, NotANumberStaysNotANumber) {
  const Dual<double> nan(std::numeric_limits<double>::quiet_NaN(), 1.0);
  for (const auto& y : {exp(nan), log(nan), sqrt(nan), sigmoid(nan), tanh(nan), erfc(nan), max(0.0, nan)})
    EXPECT_TRUE(std::isnan(y.v));
}

TEST(Dual, LiesInMemoryAsMembersThatHoldTheValueThenTheDerivatives) {
  static_assert(lanes<Dual<double>> == 2 && lanes<Pair> == 4);
  alignas(16) const double in[4] = {5.0, -1.0, 2.0, 3.0};  // what lies beside the first value is not read
  alignas(16) double out[4];
  store(out, load<Pair>(in) * 2.0);
  EXPECT_EQ(out[0], 10.0);
  EXPECT_EQ(out[1], 10.0);
  EXPECT_EQ(out[2], 4.0);
  EXPECT_EQ(out[3], 6.0);
  store(out, load<Dual<double>>(in) + 1.0);
  EXPECT_EQ(out[0], 6.0);
  EXPECT_EQ(out[1], -1.0);
}

TEST(Dual, DirectionsInAPackHaveTheBitsOfEachAlone) {
  const auto f = [](auto x, auto y) {
    return sigmoid(x * y) + log(abs(x / y)) * tanh(y) - sqrt(abs(x)) + smooth_min(exp(x), abs(y), 0.95) +
           max(x, y) * erfc(x) + softplus(y - x, 0.4);
  };
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> argument(-3.0, 3.0);
  for (int i = 0; i < 2000; ++i) {
    const double x = argument(random), y = argument(random), xd[2] = {argument(random), argument(random)};
    const double yd[2] = {argument(random), argument(random)};
    alignas(16) const double px[4] = {x, x, xd[0], xd[1]}, py[4] = {y, y, yd[0], yd[1]};
    alignas(16) double out[4];
    store(out, f(load<Pair>(px), load<Pair>(py)));
    for (int j = 0; j < 2; ++j) {
      const Dual<double> alone = f(Dual<double>(x, xd[j]), Dual<double>(y, yd[j]));
      ASSERT_EQ(out[0], alone.v);
      ASSERT_EQ(out[2 + j], alone.d) << x << " " << y;
    }
    ASSERT_EQ(out[0], f(x, y));
  }
}

}  // namespace
}  // namespace tilth::simd
