#include "core/obs/halo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/decomposition.hpp"
#include "parallel/core/grid_fixture.hpp"

namespace tilth {
namespace {

constexpr int members = 3;
constexpr int observations = 400;

/// Observation `k` of a spiral around the sphere, each third flagged as snow; every fourth at the place of another.
void put(ObsTable& t, std::size_t i, int k) {
  const int place = k % 4 == 3 ? k - 1 : k;
  t.id[i] = 1000 + k;
  t.type[i] = k % 2;
  t.point[i] = k;
  t.column[i] = k % 10;
  t.begin[i] = {k * 60};
  t.end[i] = {k * 60 + 30};
  t.lon[i] = std::fmod(137.50776405 * place, 360.0) - 180.0;
  t.lat[i] = std::asin((place + 0.5) / (observations / 2.0) - 1.0) * 57.29577951;
  t.value[i] = 0.5 * k;
  t.error_sd[i] = 0.1 + k;
  t.flag[i] = k % 3 == 0 ? std::uint32_t(qc_snow) : std::uint32_t(qc_used);
  for (int m = 0; m < t.stride(); ++m) t.predictions(i)[m] = k + 0.01 * m;
}

class Halo : public ::testing::Test {
 protected:
  void SetUp() override {
    decompose(comm, grid, test::equal_weights(grid), {});
    std::vector<int> mine_k;
    for (int k = comm.rank(); k < observations; k += comm.size()) mine_k.push_back(k);
    mine.members = members;
    mine.resize(mine_k.size());
    for (std::size_t i = 0; i < mine_k.size(); ++i) put(mine, i, mine_k[i]);
  }
  bool expected(int k) const {
    ObsTable one;
    one.members = members;
    one.resize(1);
    put(one, 0, k);
    if (one.flag[0] != qc_used) return false;
    if (k % comm.size() == comm.rank()) return true;
    return std::any_of(grid.points.begin(), grid.points.end(), [&](const GridPoint& p) {
      return great_circle_km(one.lon[0], one.lat[0], p.lon, p.lat) <= radius_km[std::size_t(one.type[0])];
    });
  }
  const Comm comm = Comm::world();
  Grid grid = test::dealt_grid(test::whole_grid(6.0), comm);
  ObsTable mine;
  const std::vector<double> radius_km{600.0, 1500.0};
};

TEST_F(Halo, IsTheSameWithCapsMadeBefore) {
  const BoundingCaps caps(comm, grid.points);
  const ObsTable halo = exchange_halo(comm, grid, mine, radius_km),
                 given = exchange_halo(comm, grid, mine, radius_km, &caps);
  EXPECT_EQ(given.id, halo.id);
  EXPECT_EQ(given.hx, halo.hx);
}

TEST_F(Halo, BringsWhatBruteForceFindsAndNothingElse) {
  const ObsTable halo = exchange_halo(comm, grid, mine, radius_km);
  std::vector<std::int64_t> expected_ids;
  for (int k = 0; k < observations; ++k)
    if (expected(k)) expected_ids.push_back(1000 + k);
  EXPECT_EQ(halo.id, expected_ids);
}

TEST_F(Halo, KeepsEveryFieldAndMarksForeignColumns) {
  const ObsTable halo = exchange_halo(comm, grid, mine, radius_km);
  ASSERT_EQ(halo.members, members);
  ASSERT_EQ(halo.hx.size(), halo.size() * std::size_t(halo.stride()));
  ObsTable one;
  one.members = members;
  one.resize(1);
  for (std::size_t i = 0; i < halo.size(); ++i) {
    const int k = int(halo.id[i]) - 1000;
    put(one, 0, k);
    EXPECT_EQ(halo.type[i], one.type[0]);
    EXPECT_EQ(halo.point[i], one.point[0]);
    EXPECT_EQ(halo.column[i], k % comm.size() == comm.rank() ? one.column[0] : -1);
    EXPECT_EQ(halo.begin[i], one.begin[0]);
    EXPECT_EQ(halo.end[i], one.end[0]);
    EXPECT_EQ(halo.lon[i], one.lon[0]);
    EXPECT_EQ(halo.lat[i], one.lat[0]);
    EXPECT_EQ(halo.value[i], one.value[0]);
    EXPECT_EQ(halo.error_sd[i], one.error_sd[0]);
    EXPECT_EQ(halo.flag[i], 0u);
    for (int m = 0; m < halo.stride(); ++m) EXPECT_EQ(halo.predictions(i)[m], one.predictions(0)[m]);
  }
}

TEST_F(Halo, CarriesThePredictionOfTheMeanMemberAndGivenPerturbations) {
  for (const bool perturbed : {false, true}) {
    mine.hx_mean.assign(mine.size(), 0.0);
    if (perturbed) mine.perturbation.assign(mine.hx.size(), 0.0);
    for (std::size_t i = 0; i < mine.size(); ++i) {
      mine.hx_mean[i] = 7.0 * double(mine.id[i]);
      if (perturbed) mine.perturbation[i * std::size_t(mine.stride())] = 3.0 * double(mine.id[i]);
    }
    const ObsTable halo = exchange_halo(comm, grid, mine, radius_km);
    ASSERT_EQ(halo.hx_mean.size(), halo.size());
    for (std::size_t i = 0; i < halo.size(); ++i) {
      EXPECT_EQ(halo.hx_mean[i], 7.0 * double(halo.id[i]));
      EXPECT_EQ(halo.predictions(i)[0], double(halo.id[i] - 1000));
      if (perturbed) {
        EXPECT_EQ(halo.perturbation[i * std::size_t(halo.stride())], 3.0 * double(halo.id[i]));
      }
    }
  }
}

TEST_F(Halo, WorksWithoutPredictionsAndWithoutObservations) {
  mine.hx.clear();
  const ObsTable halo = exchange_halo(comm, grid, mine, radius_km);
  EXPECT_TRUE(halo.hx.empty());
  EXPECT_GT(halo.size(), 0u);
  const ObsTable none = exchange_halo(comm, grid, ObsTable{}, radius_km);
  EXPECT_EQ(none.size(), 0u);
}

TEST_F(Halo, AcceptsObservationsThatOneRankHoldsAlone) {
  if (!comm.root()) {
    mine = ObsTable{};
    mine.members = members;
  }
  const ObsTable halo = exchange_halo(comm, grid, mine, radius_km);
  std::vector<std::int64_t> expected_ids;
  for (int k = 0; k < observations; k += comm.size())
    if (k % 3 != 0 && (comm.root() || expected(k))) expected_ids.push_back(1000 + k);
  EXPECT_EQ(halo.id, expected_ids);
}

TEST_F(Halo, RefusesAStreamWithoutRadius) {
  EXPECT_THROW(exchange_halo(comm, grid, mine, {600.0}), Error);
  EXPECT_THROW(exchange_halo(comm, grid, mine, {600.0, std::nan("")}), Error);
}

}  // namespace
}  // namespace tilth
