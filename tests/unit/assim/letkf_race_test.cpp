#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "assim/methods/letkf_lanes.hpp"
#include "support/race.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

struct Figures {
  double rmse, sumsq, spread;
};

Figures figures(Race& race, int v) {
  Figures f{};
  for (int c = 0; c < race.columns(); ++c) {
    const std::span<const double> row(race.row(c, v), std::size_t(race.members()));
    const double mean = member_mean(row), spread = member_spread(row);
    f.rmse += (mean - race.truth(c, v)) * (mean - race.truth(c, v));
    f.sumsq += mean * mean;
    f.spread += spread * spread;
  }
  return {std::sqrt(f.rmse / race.columns()), f.sumsq, std::sqrt(f.spread / race.columns())};
}

void expect_figures(Race& race, int v, Figures expected) {
  const Figures got = figures(race, v);
  EXPECT_NEAR(got.rmse, expected.rmse, 5e-12 * expected.rmse) << v;
  EXPECT_NEAR(got.sumsq, expected.sumsq, 5e-12 * expected.sumsq) << v;
  EXPECT_NEAR(got.spread, expected.spread, 5e-12 * expected.spread) << v;
}

// Figures printed by another package (PDAF 3.0beta, LETKF) for the same closed-form problem, 12 digits.
TEST(Letkf, AgreesWithAnotherPackageOnAWholeField) {
  for (const int members : {20, 40}) {
    Race race(90, 45, members);
    const bool small = members == 20;
    expect_figures(race, 0,
                   small ? Figures{0.952764453634, 2.53176327256e4, 0.937783578279}
                         : Figures{0.938992352209, 2.53285458014e4, 0.926771486847});
    auto batch = race.problems();
    method("letkf", "{inflation: 1.0204081632653061}")->update(race.space(), batch);
    expect_figures(race, 0,
                   small ? Figures{0.442274096117, 2.75529574678e4, 0.487844194191}
                         : Figures{0.428316566260, 2.75798137472e4, 0.493374804732});
    expect_figures(race, 1,
                   small ? Figures{0.458006858900, 2.71051476175e4, 0.494800307806}
                         : Figures{0.445181348172, 2.70503183173e4, 0.501697400167});
    expect_figures(race, 2,
                   small ? Figures{0.453137747216, 2.76005992742e4, 0.495098590986}
                         : Figures{0.439836257384, 2.76091587999e4, 0.501836887496});
  }
}

TEST(LetkfLanes, GiveTheSameBitsOnEveryInstructionSet) {
  for (const auto space : {LetkfLanes::Space::ensemble, LetkfLanes::Space::observation}) {
    constexpr int N = 21, p = 17, rows = 6;
    const Matrix E = normal_matrix(8 * rows, N, 40), Z = normal_matrix(8 * p, N, 41), e = normal_matrix(8 * p, 1, 42);
    std::vector<Matrix> results;
    for (int set = 0; set <= int(best_instruction_set()); ++set) {
      LetkfLanes lanes{InstructionSet(set)};
      Rows updated_rows(E);
      const auto pointers = updated_rows.all();
      std::vector<std::span<double* const>> groups;
      for (int lane = 0; lane < 8; ++lane) {
        const auto out = lanes.prepare(lane, p, N);
        for (int i = 0; i < p; ++i) {
          out.e[i] = e(lane * p + i, 0);
          for (int k = 0; k < padded(N); ++k) out.Z[i * padded(N) + k] = k < N ? Z(lane * p + i, k) : 0.0;
        }
        groups.emplace_back(pointers.data() + lane * rows, rows);
      }
      lanes.solve(space, N, groups, N - 1.0);
      results.push_back(updated_rows.matrix());
      EXPECT_EQ(largest_difference(results.back(), results.front()), 0.0) << set;
      EXPECT_GT(largest_difference(results.back(), E), 0.1);
    }
  }
}

}  // namespace
}  // namespace tilth::test
