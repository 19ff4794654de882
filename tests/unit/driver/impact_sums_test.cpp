#include "driver/sets/impact_sums.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

const std::string streams =
    "observations:\n  - {name: one, operator: {lai: {}}, simulate: {}}\n  - {name: two, operator: {gpp: {}}, simulate: "
    "{}}\n";

/// Signal, observations, impact, judged observations and beneficial ones of a stream in a region, all types or one.
struct Cell {
  double signal, signals, impact, impacts, beneficial;
};

Cell cell(const ImpactSums& sums, const Domain& domain, std::size_t stream, std::size_t region, int pft = pft_count) {
  const std::size_t regions = regions_of(*domain.experiment).size();
  const auto x = sums.numbers();
  const double* c = x.data() + 4 + 5 * ((stream * regions + region) * (pft_count + 1) + std::size_t(pft));
  return {c[0], c[1], c[2], c[3], c[4]};
}

TEST(ImpactSums, GiveEachObservationToItsStreamRegionsAndDominantType) {
  const Comm comm = Comm::world();
  const test::SmallRun run(comm, test::options(streams));
  ImpactSums sums(run.domain);
  std::vector<ImpactSums::Item> items;
  for (int c = 0; c < run.domain.columns(); ++c) {
    const GridPoint& p = run.domain.grid.points[std::size_t(c)];
    items.push_back({1, c, p.lon, p.lat, p.name == "S2" ? 0.5 : -1.0});  // S2: in the tropics, most of it grass
  }
  sums.add_impacts(items);
  sums.add_signals(items);
  const Cell all = cell(sums, run.domain, 1, 0), tropics = cell(sums, run.domain, 1, 2);
  EXPECT_EQ(all.impacts, 4.0);
  EXPECT_EQ(all.beneficial, 3.0);  // what makes the error smaller
  EXPECT_DOUBLE_EQ(all.impact, -2.5);
  EXPECT_EQ(all.signals, 4.0);
  EXPECT_DOUBLE_EQ(all.signal, -2.5);
  EXPECT_EQ(tropics.impacts, 1.0);
  EXPECT_EQ(tropics.beneficial, 0.0);
  EXPECT_EQ(cell(sums, run.domain, 1, 2, pft_index("GR3")).impacts, 1.0);
  EXPECT_EQ(cell(sums, run.domain, 1, 2, pft_index("ENB")).impacts, 0.0);
  EXPECT_EQ(cell(sums, run.domain, 0, 0).impacts, 0.0);  // of the other stream
  EXPECT_DOUBLE_EQ(sums.numbers()[1], -2.5);             // the sum over all
}

TEST(ImpactSums, GoOnFromWhatARestartFileKept) {
  const Comm comm = Comm::world();
  const test::SmallRun run(comm, test::options(streams));
  ImpactSums one(run.domain), two(run.domain);
  one.add_impacts({{0, 0, 10.0, 50.0, -0.25}});
  one.add_change(-2.0, 5.0);
  two.restore(one.numbers());
  EXPECT_EQ(two.numbers(), one.numbers());
  two.add_change(-1.0, 4.0);
  EXPECT_EQ(two.numbers()[0], 2.0);
  EXPECT_EQ(two.numbers()[2], -3.0);
  EXPECT_EQ(two.numbers()[3], 9.0);
  EXPECT_THROW(two.restore(std::vector<double>(7, 0.0)), Error);
}

}  // namespace
}  // namespace tilth
