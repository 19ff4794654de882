#include <gtest/gtest.h>

#include "support/ring.hpp"

namespace tilth::test {
namespace {

constexpr int n = 60, rows_per_column = 2, N = 7;

/// Observations between the columns, ids in no order of place, two types.
std::vector<RingObs> scattered(int count) {
  const Matrix hx = normal_matrix(count, N, 21), y = normal_matrix(count, 1, 22);
  std::vector<RingObs> all;
  for (int i = 0; i < count; ++i)
    all.push_back({std::fmod(i * 23.37, double(n)), y(i, 0), 0.3, hx.row(i).transpose(), i % 2});
  return all;
}

Matrix analysed(const Comm& comm, const std::string& dealing, const std::string& method, double half_width,
                const std::vector<RingObs>& obs) {
  Ring ring(comm, n, normal_matrix(n * rows_per_column, N, 20), dealing);
  ring.observe(obs);
  ring.analyse(*field_method_of(method), half_width);
  return ring.gathered();
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : field_methods()) all.push_back(entry.first);
  return all;
}

class FieldMethods : public ::testing::TestWithParam<std::string> {
 protected:
  /// Of what a method promises: the same bits, or the same to the tolerance of a global iterative solve.
  double tolerance() const { return GetParam() == "ensrf" ? 0.0 : 1e-9; }
  const Comm world = Comm::world(), self = Comm::self();
};

TEST_P(FieldMethods, GiveTheSameOnAnyNumberOfRanksAndAnyDealing) {
  for (const double half_width : {2.5, 0.0}) {
    const Matrix expected = analysed(self, "blocks", GetParam(), half_width, scattered(40));
    for (const char* dealing : {"blocks", "one by one"})
      EXPECT_LE(largest_difference(analysed(world, dealing, GetParam(), half_width, scattered(40)), expected),
                tolerance())
          << dealing << " " << half_width;
  }
}

TEST_P(FieldMethods, LeaveRowsWithoutObservationsAsTheyAre) {
  const Matrix E = normal_matrix(n * rows_per_column, N, 20);
  EXPECT_EQ(largest_difference(analysed(world, "blocks", GetParam(), 2.0, {}), E), 0.0);
}

TEST_P(FieldMethods, LeaveRowsOutOfReachAsTheyAre) {
  const Matrix E = normal_matrix(n * rows_per_column, N, 20);
  const Matrix Ea = analysed(world, "blocks", GetParam(), 2.0, {{10.0, 1.0, 0.3, E.row(20).transpose(), 0}});
  const Eigen::Index rows = rows_per_column;
  EXPECT_GT(largest_difference(Ea.middleRows(10 * rows, rows), E.middleRows(10 * rows, rows)), 1e-3);
  EXPECT_EQ(largest_difference(Ea.bottomRows(40 * rows), E.bottomRows(40 * rows)), 0.0);
}

TEST(Ensrf, GivesTheSameBitsOnAnyNumberOfRanksWithRankHistograms) {
  const Comm world = Comm::world(), self = Comm::self();
  const auto analysed_bounded = [](const Comm& comm) {
    Ring ring(comm, n, normal_matrix(n * rows_per_column, N, 20).cwiseAbs(), "one by one");
    ring.kinds_to_change()[1].rank_histogram = true;
    ring.kinds_to_change()[1].lower = 0.0;
    ring.histogram().rank_histogram = true;
    ring.histogram().lower = 0.0;
    std::vector<RingObs> obs = scattered(40);
    for (RingObs& o : obs) o.hx = o.hx.cwiseAbs();
    ring.observe(obs);
    ring.analyse(*field_method_of("ensrf"), 2.5);
    return ring.gathered();
  };
  const Matrix Ea = analysed_bounded(world);
  EXPECT_EQ(largest_difference(Ea, analysed_bounded(self)), 0.0);
  for (int i = 0; i < n; ++i) EXPECT_GE(Ea.row(i * rows_per_column + 1).minCoeff(), 0.0);
}

INSTANTIATE_TEST_SUITE_P(All, FieldMethods, ::testing::ValuesIn(names()),
                         [](const auto& registered) { return registered.param; });

}  // namespace
}  // namespace tilth::test
