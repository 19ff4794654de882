#include <gtest/gtest.h>

#include <cmath>

#include "core/base/error.hpp"
#include "core/random/random.hpp"
#include "model/forcing/sphere_lattice.hpp"

namespace tilth {
namespace {

double value(const SphereLattice& lattice, const Random& random, double lon, double lat, std::int64_t draw) {
  const SphereLattice::Stencil s = lattice.stencil(lon, lat);
  double sum = 0.0;
  for (int k = 0; k < 4; ++k) sum += s.weight[k] * random.normal({.id = s.node[k], .draw = draw});
  return sum;
}

TEST(SphereLattice, SquaresOfWeightsAddUpToOneEverywhere) {
  const SphereLattice lattice(600.0);
  for (double lat = -90.0; lat <= 90.0; lat += 3.7)
    for (double lon = -180.0; lon <= 360.0; lon += 11.3) {
      const SphereLattice::Stencil s = lattice.stencil(lon, lat);
      double squares = 0.0;
      for (int k = 0; k < 4; ++k) {
        squares += s.weight[k] * s.weight[k];
        for (int l = 0; l < k; ++l)  // a node counted twice would raise the variance
          EXPECT_TRUE(s.node[k] != s.node[l] || s.weight[k] == 0.0 || s.weight[l] == 0.0);
      }
      EXPECT_NEAR(squares, 1.0, 1e-14);
    }
}

TEST(SphereLattice, FieldIsContinuousAcrossTheDateLineRowsAndPoles) {
  const SphereLattice lattice(600.0);
  const Random random(1, Purpose::test);
  constexpr double step = 1e-7;
  for (const double lat : {-90.0 + step, -71.0, 0.0, 5.45454545, 45.0, 90.0 - step})
    EXPECT_NEAR(value(lattice, random, -180.0, lat, 0), value(lattice, random, 180.0 - step, lat, 0), 1e-5) << lat;
  for (double lat = -89.9; lat < 89.9; lat += 0.9)
    EXPECT_NEAR(value(lattice, random, 12.0, lat, 0), value(lattice, random, 12.0, lat + step, 0), 1e-5) << lat;
  EXPECT_NEAR(value(lattice, random, 0.0, 90.0, 0), value(lattice, random, 100.0, 90.0, 0), 1e-12);
}

TEST(SphereLattice, NeighboursAreAlikeAndFarPlacesIndependent) {
  const SphereLattice lattice(600.0);
  const Random random(2, Purpose::test);
  constexpr int draws = 4000;  // standard error of a correlation: 0.016
  double near = 0.0, far = 0.0, square = 0.0;
  for (int d = 0; d < draws; ++d) {
    const double here = value(lattice, random, 10.3, 48.1, d);
    near += here * value(lattice, random, 11.6, 48.1, d);  // 100 km
    far += here * value(lattice, random, 30.0, 48.1, d);   // 1460 km
    square += here * here;
  }
  EXPECT_NEAR(square / draws, 1.0, 0.09);
  EXPECT_GT(near / draws, 0.85);
  EXPECT_NEAR(far / draws, 0.0, 0.065);
}

TEST(SphereLattice, RefusesAnImpossibleSpacing) {
  EXPECT_THROW(SphereLattice(0.0), Error);
  EXPECT_THROW(SphereLattice(-5.0), Error);
  EXPECT_THROW(SphereLattice(1e5), Error);
}

}  // namespace
}  // namespace tilth
