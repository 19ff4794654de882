#include "assim/gram.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

struct Case {
  Matrix HE = normal_matrix(31, 9, 5);
  Vector y = normal_matrix(31, 1, 6), r = normal_matrix(31, 1, 7).array().abs() + 1e-3;
  Observed observed{HE, y, r};
  std::vector<std::int32_t> obs;
  std::vector<double> taper;
  Case() {
    for (int i = 0; i < 31; i += 2) {
      obs.push_back(i);
      taper.push_back((i % 5) / 4.0);  // some are zero
    }
  }
};

TEST(ReproducibleGram, EqualsThePlainSums) {
  const Case c;
  const ObsGram gram = reproducible_gram(Comm::world(), c.observed.space(), c.obs, c.taper);
  Matrix YtRY = Matrix::Zero(9, 9);
  Vector YtRd = Vector::Zero(9);
  double dtRd = 0.0, count = 0.0;
  for (std::size_t j = 0; j < c.obs.size(); ++j) {
    const Vector y = c.HE.row(c.obs[j]).transpose().array() - c.HE.row(c.obs[j]).mean();
    const double w = c.taper[j] / c.r(c.obs[j]), d = c.observed.d[c.obs[j]];
    YtRY += w * y * y.transpose();
    YtRd += w * d * y;
    dtRd += w * d * d;
    count += w > 0.0;
  }
  const double scale = YtRY.cwiseAbs().maxCoeff();
  for (int k = 0; k < 9; ++k) {
    EXPECT_NEAR(gram.YtRd[k], YtRd(k), 1e-13 * scale);
    for (int l = 0; l < 9; ++l) EXPECT_NEAR(gram.YtRY[k * 9 + l], YtRY(k, l), 1e-13 * scale);
  }
  EXPECT_NEAR(gram.dtRd, dtRd, 1e-12 * dtRd);
  EXPECT_EQ(gram.count, count);
}

TEST(ReproducibleGram, KeepsItsBitsInAnyOrder) {
  Case c;
  const ObsGram first = reproducible_gram(Comm::world(), c.observed.space(), c.obs, c.taper);
  std::reverse(c.obs.begin(), c.obs.end());
  std::reverse(c.taper.begin(), c.taper.end());
  std::rotate(c.obs.begin(), c.obs.begin() + 5, c.obs.end());
  std::rotate(c.taper.begin(), c.taper.begin() + 5, c.taper.end());
  const ObsGram second = reproducible_gram(Comm::world(), c.observed.space(), c.obs, c.taper);
  EXPECT_EQ(first.YtRY, second.YtRY);
  EXPECT_EQ(first.YtRd, second.YtRd);
  EXPECT_EQ(first.dtRd, second.dtRd);
}

TEST(ReproducibleGram, IsZeroWithoutObservations) {
  const Case c;
  const ObsGram gram = reproducible_gram(Comm::world(), c.observed.space(), {}, {});
  EXPECT_EQ(gram.count, 0.0);
  EXPECT_EQ(gram.YtRY, std::vector<double>(81, 0.0));
}

}  // namespace
}  // namespace tilth::test
