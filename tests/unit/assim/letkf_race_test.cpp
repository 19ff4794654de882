#include <gtest/gtest.h>

#include "assim/methods/letkf_lanes.hpp"
#include "assim/methods/letkf_reference.hpp"
#include "support/race_answers.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

void expect_figures(Race& race, int v, const Figures& expected) {
  const Figures got = figures(Comm::world(), race, v);
  EXPECT_NEAR(got.rmse, expected.rmse, answer_tolerance * expected.rmse) << v;
  EXPECT_NEAR(got.sumsq, expected.sumsq, answer_tolerance * expected.sumsq) << v;
  EXPECT_NEAR(got.spread, expected.spread, answer_tolerance * expected.spread) << v;
}

// Figures printed by another package (PDAF 3.0beta, LETKF) for the same closed-form problem, 12 digits.
TEST(Letkf, AgreesWithAnotherPackageOnAWholeField) {
  for (const int members : {20, 40}) {
    Race race(90, 45, members);
    expect_figures(race, 0,
                   members == 20 ? Figures{0.952764453634, 2.53176327256e4, 0.937783578279}
                                 : Figures{0.938992352209, 2.53285458014e4, 0.926771486847});
    auto batch = race.problems();
    method("letkf", "{inflation: 1.0204081632653061}")->update(race.space(), batch);
    for (int v = 0; v < race.variables(); ++v) {
      const auto known = known_figures(race.shape(), v);
      ASSERT_TRUE(known.has_value());
      expect_figures(race, v, *known);
    }
  }
}

/// Columns that share some of their observations, more and fewer than members.
std::vector<LocalProblem> overlapping(Rows& rows, int columns, int rows_each, int N) {
  std::vector<LocalProblem> batch(columns);
  for (int c = 0; c < columns; ++c) {
    for (int o = c; o < c + (c % 3 == 0 ? N + 7 : N / 2 + c % 5); ++o) {
      batch[c].obs.push_back(o);
      batch[c].taper.push_back(1.0 / (1.0 + (o * 7 + c) % 11));
    }
    for (int r = 0; r < rows_each; ++r) batch[c].rows.push_back(rows.row(c * rows_each + r));
  }
  return batch;
}

TEST(LetkfLanes, GiveTheSameBitsOnEveryInstructionSet) {
  constexpr int columns = 21;
  for (const int N : {21, 40})
    for (const int rows_each : {2, 6, 30}) {
      const Matrix E = normal_matrix(columns * rows_each, N, 40), HE = normal_matrix(columns + N + 7, N, 41);
      const Observed observed(HE, normal_matrix(HE.rows(), 1, 42), Vector::Constant(HE.rows(), 0.3));
      std::vector<Matrix> results;
      for (const simd::Isa isa : simd::supported_isas()) {
        LetkfLanes lanes{isa};
        Rows updated_rows(E);
        lanes.update(observed.space(), overlapping(updated_rows, columns, rows_each, N), N - 1.0);
        results.push_back(updated_rows.matrix());
        EXPECT_EQ(largest_difference(results.back(), results.front()), 0.0)
            << simd::to_string(isa) << " " << N << " " << rows_each;
        EXPECT_GT(largest_difference(results.back(), E), 0.1);
      }
    }
}

TEST(LetkfLanes, KeepTheMeanOfAnomaliesThatAreNotAboutTheirMean) {
  constexpr int N = 12, p = 30;
  for (const int observations : {5, p})
    for (const int count : {2, 20}) {
      const Matrix E = normal_matrix(count, N, 46), HE = normal_matrix(p, N, 47);
      Observed observed(HE, normal_matrix(p, 1, 48), Vector::Constant(p, 0.3));
      for (int i = 0; i < p; ++i)
        for (int k = 0; k < N; ++k) observed.Y[std::size_t(i) * observed.stride + k] += 0.1 * i;
      ObsSpace space = observed.space();
      space.centred = false;
      Rows fast(E), plain(E);
      LocalProblem problem{.obs = {}, .taper = std::vector<double>(observations, 0.7), .rows = fast.all()};
      for (int i = 0; i < observations; ++i) problem.obs.push_back(i);
      LetkfLanes().update(space, {&problem, 1}, N - 1.0);
      problem.rows = plain.all();
      letkf_reference(space, problem, 1.0);
      EXPECT_LT(largest_difference(fast.matrix(), plain.matrix()), 1e-12) << observations << " " << count;
    }
}

TEST(LetkfLanes, GiveTheSameBitsWhetherProblemsShareProductsOfObservationsOrNot) {
  constexpr int columns = 24, N = 40;
  const Matrix E = normal_matrix(columns, N, 43), HE = normal_matrix(columns + N + 7, N, 44);
  const Observed observed(HE, normal_matrix(HE.rows(), 1, 45), Vector::Constant(HE.rows(), 0.3));
  Rows together(E), alone(E);
  LetkfLanes lanes;
  lanes.update(observed.space(), overlapping(together, columns, 1, N), N - 1.0);
  for (LocalProblem& problem : overlapping(alone, columns, 1, N))
    lanes.update(observed.space(), {&problem, 1}, N - 1.0);
  EXPECT_EQ(largest_difference(together.matrix(), alone.matrix()), 0.0);
}

}  // namespace
}  // namespace tilth::test
