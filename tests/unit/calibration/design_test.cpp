#include <algorithm>

#include <gtest/gtest.h>

#include "assim/calibration/box.hpp"
#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/design/sobol_sequence.hpp"
#include "core/base/error.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

// How many points lie in each of `strata` equal intervals of a column: smallest and largest number.
std::pair<int, int> strata_counts(const Vector& column, int strata) {
  std::vector<int> counts(static_cast<std::size_t>(strata), 0);
  for (const double x : column) ++counts[std::size_t(x * strata)];
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  return {*least, *most};
}

TEST(SobolSequence, PutsOnePointIntoEveryIntervalOfEveryDimension) {
  const Matrix points = sobol_points(0, 256, most_sobol_dimensions, 3);
  for (Index d = 0; d < points.cols(); ++d) EXPECT_EQ(strata_counts(points.col(d), 256), std::pair(1, 1)) << d;
}

TEST(SobolSequence, PutsOnePointIntoEveryElementaryBoxOfItsFirstTwoDimensions) {
  // Dimensions 1 and 2 are a (0, m, 2) net: 2^m points, one in every box of 2^-j times 2^-(m - j).
  const Matrix points = sobol_points(0, 64, 2, 5);
  for (int j = 0; j <= 6; ++j) {
    std::vector<int> counts(64, 0);
    const int across = 1 << j, up = 64 / across;
    for (Index i = 0; i < 64; ++i) ++counts[std::size_t(int(points(i, 0) * across) * up + int(points(i, 1) * up))];
    EXPECT_EQ(*std::max_element(counts.begin(), counts.end()), 1) << j;
  }
}

TEST(SobolSequence, IntegratesFasterThanAtRandom) {
  // Error of the mean of prod (1 + (u - 1/2)) in 6 dimensions; at random its sd is 0.81 / sqrt(n) = 0.013 for 4096.
  double squares = 0.0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Vector f =
        evaluated(sobol_points(0, 4096, 6, seed), [](const Vector& u) { return (u.array() + 0.5).prod(); });
    squares += std::pow(f.mean() - 1.0, 2);
  }
  EXPECT_LT(std::sqrt(squares / 10.0), 3e-4);
}

TEST(SobolSequence, IsExtendedByLaterPoints) {
  const Matrix all = sobol_points(0, 40, 5, 7), late = sobol_points(16, 24, 5, 7);
  EXPECT_EQ(all.bottomRows(24), late);
  EXPECT_NE(all, sobol_points(0, 40, 5, 8));
  EXPECT_THROW(sobol_points(0, 4, most_sobol_dimensions + 1, 1), Error);
}

TEST(LatinHypercube, HasOnePointPerIntervalAlsoWhenDoubled) {
  Matrix design = latin_hypercube(13, 4, 2);
  for (Index d = 0; d < 4; ++d) EXPECT_EQ(strata_counts(design.col(d), 13), std::pair(1, 1));
  const Matrix more = more_latin_points(design, 13, 2);
  Matrix both(26, 4);
  both << design, more;
  for (Index d = 0; d < 4; ++d) EXPECT_EQ(strata_counts(both.col(d), 26), std::pair(1, 1));
  EXPECT_NE(design, latin_hypercube(13, 4, 3));
}

TEST(LatinHypercube, SpreadsItsPointsFartherWithMoreTries) {
  const auto least = [](const Matrix& p) {
    double d = 1e9;
    for (Index i = 0; i < p.rows(); ++i)
      for (Index j = 0; j < i; ++j) d = std::min(d, (p.row(i) - p.row(j)).norm());
    return d;
  };
  EXPECT_GT(least(maximin_latin_hypercube(20, 2, 1, 200)), least(maximin_latin_hypercube(20, 2, 1, 1)));
}

TEST(SpreadChoice, TakesTheFarthestPointsFirst) {
  const Matrix candidates{{0.1}, {0.5}, {0.9}, {0.2}}, taken{{0.0}};
  EXPECT_EQ(spread_choice(candidates, taken, 2), (std::vector<Index>{2, 1}));
}

TEST(Box, MapsBackAndForth) {
  const Box box{Vector{{-1.0, 10.0}}, Vector{{1.0, 30.0}}};
  const Matrix u{{0.0, 0.25}, {1.0, 0.5}};
  EXPECT_EQ(box.from_unit(u), (Matrix{{-1.0, 15.0}, {1.0, 20.0}}));
  EXPECT_EQ(box.to_unit(box.from_unit(u)), u);
  EXPECT_THROW(check(Box{Vector{{1.0}}, Vector{{1.0}}}), Error);
}

}  // namespace
}  // namespace tilth::calibration::test
