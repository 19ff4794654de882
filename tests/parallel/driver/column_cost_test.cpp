#include "driver/column_cost.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/base/error.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

std::string region(const std::string& output) {
  return "time: {start: 2018-07-01, end: 2018-07-15, window: 4 days}\nensemble: {size: 2}\n"
         "experiment: {name: small, output: " +
         output + "}\ngrid: {generate: {resolution_deg: 10, west: 0, east: 90, south: 30, north: 70}" +
         ", partition: {cost: measured}}\n";
}

/// One column in five costs a hundred times the others.
double cost_of(std::int64_t id) { return id % 5 == 0 ? 1.0 : 0.01; }

void write_cost(const Domain& domain, const std::string& path) {
  ColumnCost cost(domain.columns());
  for (int c = 0; c < domain.columns(); ++c) cost.add(c, 2.0 * cost_of(domain.grid.points[c].id));
  cost.end_day();
  cost.end_day();
  cost.write(domain, path);
}

TEST(ColumnCost, ComesBackByIdWhicheverRankHoldsTheColumn) {
  const Comm comm = Comm::world();
  const std::string output = test::scratch_folder(comm) + "/cost";
  const SmallRun run(comm, region(output));
  write_cost(run.domain, column_cost_file(output));
  Grid other = run.domain.grid;
  std::reverse(other.points.begin(), other.points.end());
  const std::vector<double> cost = measured_cost(comm, column_cost_file(output), other);
  ASSERT_EQ(cost.size(), other.points.size());
  for (std::size_t i = 0; i < cost.size(); ++i) EXPECT_EQ(cost[i], cost_of(other.points[i].id));
}

TEST(ColumnCost, OfAnEarlierRunBalancesTheNext) {
  const Comm comm = Comm::world();
  const std::string output = test::scratch_folder(comm) + "/balance", file = column_cost_file(output);
  const SmallRun before(comm, region(output));
  ColumnCost cost(before.domain.columns());  // the columns of rank 0 cost a hundred times the others
  for (int c = 0; c < before.domain.columns(); ++c) cost.add(c, comm.root() ? 1.0 : 0.01);
  cost.end_day();
  cost.write(before.domain, file);
  const SmallRun after(comm, region(output));
  const auto of_rank = [&](const Domain& domain) {
    const std::vector<double> own = measured_cost(comm, file, domain.grid);
    return std::accumulate(own.begin(), own.end(), 0.0);
  };
  double total = 0.0;
  const double mine = of_rank(after.domain);
  for (const double sum : comm.all_gather(std::span(&mine, 1))) total += sum;
  EXPECT_LE(comm.max(mine), total / comm.size() + 1.0);  // a run of the curve ends within one column of its share
  const double as_before = comm.max(of_rank(before.domain));
  if (comm.size() > 1) {
    EXPECT_GT(as_before, total / comm.size() + 1.0);
  }
}

TEST(ColumnCost, OfAnotherGridIsLeftAlone) {
  const Comm comm = Comm::world();
  const std::string output = test::scratch_folder(comm) + "/other";
  const SmallRun run(comm, region(output));
  EXPECT_TRUE(measured_cost(comm, output + "/none.nc", run.domain.grid).empty());
  write_cost(run.domain, column_cost_file(output));
  Grid other = run.domain.grid;
  ++other.global_count;
  EXPECT_TRUE(measured_cost(comm, column_cost_file(output), other).empty());
}

TEST(ColumnCost, IsMeasuredWhileMembersAdvance) {
  const Comm comm = Comm::world();
  const SmallRun run(comm, region(test::scratch_folder(comm) + "/measured"));
  const auto members = test::young_members(run, run.role());
  for (const double seconds : members->cost().per_day()) EXPECT_GT(seconds, 0.0);
}

}  // namespace
}  // namespace tilth
