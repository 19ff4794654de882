#include "core/base/simd/math.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "core/base/error.hpp"
#include "core/base/simd/isa.hpp"

namespace tilth::simd {
namespace {

using Pair = Pack<xsimd::sse2>;

/// Largest relative difference between `ours` and `exact` over 20000 arguments in lower..upper.
template <class F, class G>
double largest_error(double lower, double upper, F ours, G exact) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> argument(lower, upper);
  double worst = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const double x = argument(random), y = exact(x);
    worst = std::max(worst, std::abs(ours(x) - y) / std::max(1e-300, std::abs(y)));
  }
  return worst;
}

TEST(SimdMath, ExponentialAndLogarithmAreAccurateToTwoUnitsInTheLastPlace) {
  EXPECT_LT(largest_error(
                -700, 700, [](double x) { return exp(x); }, [](double x) { return std::exp(x); }),
            4.5e-16);
  EXPECT_LT(largest_error(
                -1, 1, [](double x) { return exp(x); }, [](double x) { return std::exp(x); }),
            4.5e-16);
  EXPECT_LT(largest_error(
                1e-9, 1e9, [](double x) { return log(x); }, [](double x) { return std::log(x); }),
            4.5e-16);
  EXPECT_LT(largest_error(
                0.5, 2.0, [](double x) { return log(x); }, [](double x) { return std::log(x); }),
            4.5e-16);
  EXPECT_EQ(exp(0.0), 1.0);
  EXPECT_EQ(log(1.0), 0.0);
}

TEST(SimdMath, DerivedFunctionsFollowTheLibrary) {
  EXPECT_LT(largest_error(
                -5, 5, [](double x) { return tanh(x); }, [](double x) { return std::tanh(x); }),
            3e-14);
  EXPECT_LT(largest_error(
                -6, 12, [](double x) { return erfc(x); }, [](double x) { return std::erfc(x); }),
            3e-14);
  EXPECT_LT(largest_error(
                0.01, 50, [](double x) { return pow(x, 2.5); }, [](double x) { return std::pow(x, 2.5); }),
            5e-15);
  EXPECT_NEAR(normal_cdf(1.959963984540054), 0.975, 1e-14);
  EXPECT_NEAR(softplus(-30.0, 1.0), std::exp(-30.0), 1e-16);
  EXPECT_NEAR(smooth_min(2.0, 5.0, 0.98), (7.0 - std::sqrt(49.0 - 4 * 0.98 * 10.0)) / (2 * 0.98), 1e-13);
}

TEST(SimdMath, ArcTangentFollowsTheLibrary) {
  const auto ours = [](double x) { return atan(x); };
  const auto exact = [](double x) { return std::atan(x); };
  for (const double range : {1e-6, 0.41, 1.0, 2.4, 50.0, 1e9})
    EXPECT_LT(largest_error(-range, range, ours, exact), 4e-16);
  EXPECT_EQ(atan(0.0), 0.0);
  EXPECT_EQ(atan(1.0), std::atan(1.0));
  EXPECT_EQ(atan(std::numeric_limits<double>::infinity()), std::atan(std::numeric_limits<double>::infinity()));
}

TEST(SimdMath, NotANumberStaysNotANumber) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(exp(nan)));
  EXPECT_TRUE(std::isnan(log(nan)));
  EXPECT_TRUE(std::isnan(sigmoid(nan)));
  EXPECT_TRUE(std::isnan(atan(nan)));
  EXPECT_TRUE(std::isnan(max(0.0, nan)));
}

TEST(SimdMath, PackAndDoubleGiveTheSameBits) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> argument(-20.0, 20.0);
  for (int i = 0; i < 20000; ++i) {
    alignas(16) const double x[2] = {argument(random), argument(random)};
    alignas(16) double y[2];
    const auto same = [&](auto f) {
      store(y, f(load<Pair>(x)));
      return y[0] == f(x[0]) && y[1] == f(x[1]);
    };
    ASSERT_TRUE(same([](auto v) { return exp(v); })) << x[0] << " " << x[1];
    ASSERT_TRUE(same([](auto v) { return log(abs(v)); })) << x[0] << " " << x[1];
    ASSERT_TRUE(same([](auto v) { return tanh(v) + sigmoid(v); })) << x[0] << " " << x[1];
    ASSERT_TRUE(same([](auto v) { return atan(v) + atan(0.1 * v); })) << x[0] << " " << x[1];
    ASSERT_TRUE(same([](auto v) { return normal_cdf(v) + softplus(v, 0.3); })) << x[0] << " " << x[1];
    ASSERT_TRUE(same([](auto v) { return smooth_min(abs(v), sqrt(abs(v)), 0.9); })) << x[0] << " " << x[1];
  }
}

TEST(Isa, AnUnknownChoiceIsAnErrorThatNamesTheVariable) {
  ::setenv("TILTH_ISA", "avx1024", 1);
  try {
    chosen_isa();
    ADD_FAILURE() << "accepted";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("TILTH_ISA"), std::string::npos) << e.what();
  }
  ::setenv("TILTH_ISA", "scalar", 1);
  EXPECT_EQ(chosen_isa(), Isa::scalar);
  ::unsetenv("TILTH_ISA");
  EXPECT_EQ(chosen_isa(), supported_isas().back());
}

}  // namespace
}  // namespace tilth::simd
