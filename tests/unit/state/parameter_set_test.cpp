#include "core/state/parameter_set.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr int members = 11;

/// Four parameters: identity, log, logit, and one that is zero for grass (PFT 10 on) and so cannot vary there.
std::vector<ParameterDefinition> definitions() {
  std::vector<ParameterDefinition> list(4);
  for (int pft = 0; pft < pft_count; ++pft) {
    list[0].value[std::size_t(pft)] = 1.0;
    list[1].value[std::size_t(pft)] = 10.0 + pft;
    list[2].value[std::size_t(pft)] = 0.3;
    list[3].value[std::size_t(pft)] = pft >= 10 ? 0.0 : 0.5;
  }
  list[1].value[0] = 0.0;  // bare ground: out of bounds
  list[0].name = "slope";
  list[0].lower = -2.0;
  list[0].upper = 3.0;
  list[1].name = "rate";
  list[1].transform = {Transform::Kind::log, 0.0, 0.0};
  list[1].lower = 1.0;
  list[1].upper = 100.0;
  list[2].name = "share";
  list[2].transform = {Transform::Kind::logit, 0.0, 1.0};
  list[2].upper = 1.0;
  list[3].name = "wood";
  list[3].transform = {Transform::Kind::log, 0.0, 0.0};
  list[3].upper = 2.0;
  return list;
}

Grid columns(const std::vector<std::int64_t>& ids) {
  Grid grid;
  grid.global_count = 100;
  for (const std::int64_t id : ids) {
    GridPoint p;
    p.id = id;
    p.surface.tiles = {{0, 0.1}, {4, 0.3}, {7, 0.6}};
    grid.points.push_back(p);
  }
  return grid;
}

const std::vector<UncertainParameter> all_scopes = {{0, Scope::global, 0.4, true},
                                                    {1, Scope::pft, 0.3, true},
                                                    {2, Scope::column, 1.0, true},
                                                    {3, Scope::pft, 0.5, true}};

ParameterSet sampled(int n, const std::vector<std::int64_t>& ids, std::int64_t first = 0) {
  ParameterSet set(definitions(), all_scopes, n, columns(ids));
  set.sample_prior(Random(7, Purpose::prior_parameters), first);
  return set;
}

TEST(ParameterSet, StartsAtTheDefaults) {
  ParameterSet set(definitions(), all_scopes, members, columns({5, 9}));
  EXPECT_EQ(set.units(0), 1);
  EXPECT_EQ(set.units(1), pft_count);
  EXPECT_EQ(set.units(2), 2);
  for (int d = 0; d < 4; ++d)
    for (const int pft : {0, 4, 7, 13})
      for (int m = 0; m < padded(members); ++m) {
        const double expected = definitions()[std::size_t(d)].value[std::size_t(pft)];
        EXPECT_NEAR(set.physical(d, pft, 1)[m], expected, 4e-15 * expected) << d << " " << pft;
      }
  EXPECT_NEAR(set.row(1, 4)[3], std::log(14.0), 1e-15);
}

TEST(ParameterSet, DrawsThePriorWithItsMeanAndSpread) {
  const int n = 4000;
  ParameterSet set = sampled(n, {5});
  for (const int k : {0, 1, 2}) {
    const double mean = k == 0 ? 1.0 : k == 1 ? std::log(17.0) : std::log(0.3 / 0.7);
    double sum = 0.0, square = 0.0;
    for (const double z : set.row(k, k == 1 ? 7 : 0)) {
      sum += z;
      square += (z - mean) * (z - mean);
    }
    const double sd = all_scopes[std::size_t(k)].sd;
    EXPECT_NEAR(sum / n, mean, 4 * sd / std::sqrt(n)) << k;  // four standard errors
    EXPECT_NEAR(std::sqrt(square / n), sd, 4 * sd / std::sqrt(2.0 * n)) << k;
  }
}

TEST(ParameterSet, PhysicalValuesAreTheTransformedRowsWithinBounds) {
  ParameterSet set = sampled(members, {5, 9});
  for (int m = 0; m < members; ++m) {
    EXPECT_EQ(set.physical(1, 7, 0)[m], std::exp(set.row(1, 7)[m]));
    EXPECT_EQ(set.physical(0, 12, 0)[m], set.row(0, 0)[m]);
    EXPECT_NEAR(set.physical(2, 4, 1)[m], 1.0 / (1.0 + std::exp(-set.row(2, 1)[m])), 1e-15);
  }
  for (int m = members; m < padded(members); ++m)
    EXPECT_EQ(set.physical(1, 7, 0)[m], set.physical(1, 7, 0)[members - 1]);
}

TEST(ParameterSet, KeepsDrawsInsideTheBoundsWhateverTheSpread) {
  std::vector<UncertainParameter> wide = all_scopes;
  for (UncertainParameter& u : wide) u.sd = 50.0;
  ParameterSet set(definitions(), wide, 200, columns({5}));
  set.sample_prior(Random(7, Purpose::prior_parameters));
  for (int k = 0; k < 4; ++k) {
    const ParameterDefinition& d = set.definitions()[std::size_t(k)];
    double lowest = 1e9, highest = -1e9;
    for (int m = 0; m < 200; ++m) {
      lowest = std::min(lowest, set.physical(k, 7, 0)[m]);
      highest = std::max(highest, set.physical(k, 7, 0)[m]);
    }
    EXPECT_GT(lowest, d.lower) << d.name;
    EXPECT_LT(highest, d.upper) << d.name;
    EXPECT_LT(lowest, d.lower + 1e-5 * (d.upper - d.lower)) << d.name;  // the clip is at 1e-6
    EXPECT_GT(highest, d.upper - 1e-5 * (d.upper - d.lower)) << d.name;
  }
}

TEST(ParameterSet, ClipsWhatAnUpdateMovedOutOfBounds) {
  ParameterSet set = sampled(members, {5});
  set.row(0, 0)[2] = 99.0;
  set.row(1, 7)[2] = -99.0;
  set.row(2, 0)[2] = 1e5;
  set.refresh();
  EXPECT_EQ(set.physical(0, 7, 0)[2], 3.0);
  EXPECT_EQ(set.physical(1, 7, 0)[2], 1.0);
  EXPECT_EQ(set.physical(2, 7, 0)[2], 1.0);
  set.row(0, 0)[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(set.refresh(), Failure);
}

TEST(ParameterSet, KeepsDefaultsThatTheTransformCannotVary) {
  ParameterSet set = sampled(members, {5});
  for (int m = 0; m < padded(members); ++m) {
    EXPECT_EQ(set.physical(3, 11, 0)[m], 0.0);  // no wood in grass
    EXPECT_EQ(set.physical(1, 0, 0)[m], 0.0);   // bare ground
  }
  for (const double z : set.row(3, 11)) EXPECT_TRUE(std::isfinite(z));
  EXPECT_NE(set.physical(3, 7, 0)[0], set.physical(3, 7, 0)[1]);
}

TEST(ParameterSet, DrawsDependOnParameterUnitAndMemberOnly) {
  ParameterSet small = sampled(5, {9}), large = sampled(40, {2, 5, 9, 77}), later = sampled(3, {9}, 2);
  for (int m = 0; m < 5; ++m) {
    EXPECT_EQ(small.row(0, 0)[m], large.row(0, 0)[m]);
    EXPECT_EQ(small.row(1, 7)[m], large.row(1, 7)[m]);
    EXPECT_EQ(small.row(2, 0)[m], large.row(2, 2)[m]) << "column with id 9";
  }
  for (int m = 0; m < 3; ++m) EXPECT_EQ(later.row(1, 7)[m], small.row(1, 7)[m + 2]);
  ParameterSet reordered(definitions(), {all_scopes[2], all_scopes[1]}, 5, columns({9}));
  reordered.sample_prior(Random(7, Purpose::prior_parameters));
  EXPECT_EQ(reordered.row(1, 7)[3], small.row(1, 7)[3]);
  EXPECT_EQ(reordered.row(0, 0)[3], small.row(2, 0)[3]);
  ParameterSet nature = sampled(1, {9}, -1);
  EXPECT_NE(nature.row(1, 7)[0], small.row(1, 7)[0]);
}

TEST(ParameterSet, MovesAllPftsTogetherWhenOneValueServesThem) {
  ParameterSet set(definitions(), {{1, Scope::global, 0.3, true}}, members, columns({5}));
  set.row(0, 0)[0] += 0.1;  // holds the value of PFT 1, ten plus one
  set.refresh();
  EXPECT_NEAR(set.physical(1, 1, 0)[0], 11.0 * std::exp(0.1), 1e-13);
  EXPECT_NEAR(set.physical(1, 13, 0)[0], 23.0 * std::exp(0.1), 1e-13);
  EXPECT_NEAR(set.physical(1, 13, 0)[1], 23.0, 1e-13);
}

TEST(ParameterSet, ColumnRowsBelongToTheDominantPft) {
  ParameterSet set(definitions(), {{1, Scope::column, 0.3, true}}, members, columns({5, 6}));
  EXPECT_NEAR(set.row(0, 1)[0], std::log(17.0), 1e-15);
  set.row(0, 1)[0] -= 0.2;
  set.refresh_column(1);
  EXPECT_NEAR(set.physical(1, 7, 1)[0], 17.0 * std::exp(-0.2), 1e-13);
  EXPECT_NEAR(set.physical(1, 4, 1)[0], 14.0 * std::exp(-0.2), 1e-13);
  EXPECT_NEAR(set.physical(1, 7, 0)[0], 17.0, 1e-13);
}

TEST(ParameterSet, ViewPointsAtEveryParameterOfEveryTile) {
  ParameterSet set = sampled(members, {5, 9});
  const std::vector<Tile> tiles = {{0, 0.1}, {4, 0.3}, {7, 0.6}};
  std::vector<const double*> pointers;
  set.view(1, tiles, pointers);
  ASSERT_EQ(pointers.size(), 12u);
  for (std::size_t t = 0; t < 3; ++t)
    for (int d = 0; d < 4; ++d) {
      EXPECT_EQ(pointers[t * 4 + std::size_t(d)], set.physical(d, tiles[t].pft, 1));
      EXPECT_EQ(std::uintptr_t(pointers[t * 4 + std::size_t(d)]) % 64, 0u);
    }
  EXPECT_NE(set.physical(2, 7, 0), set.physical(2, 7, 1));
  EXPECT_EQ(set.physical(1, 7, 0), set.physical(1, 7, 1));
}

TEST(ParameterSet, RefusesInconsistentDefinitions) {
  const auto make = [](std::vector<ParameterDefinition> list, std::vector<UncertainParameter> uncertain) {
    ParameterSet(std::move(list), std::move(uncertain), members, columns({1}));
  };
  EXPECT_NO_THROW(make(definitions(), {}));
  auto bad = definitions();
  bad[0].upper = bad[0].lower;
  EXPECT_THROW(make(bad, {}), Error);
  bad = definitions();
  bad[1].value[5] = 200.0;
  EXPECT_THROW(make(bad, {}), Error);
  bad = definitions();
  bad[2].upper = 1.5;
  EXPECT_THROW(make(bad, {}), Error);
  bad = definitions();
  bad[1].transform.lower = 2.0;
  EXPECT_THROW(make(bad, {}), Error);
  EXPECT_THROW(make(definitions(), {{1, Scope::pft, -0.1, true}}), Error);
  EXPECT_THROW(make(definitions(), {{1, Scope::pft, 0.1, true}, {1, Scope::global, 0.1, true}}), Error);
}

}  // namespace
}  // namespace tilth
