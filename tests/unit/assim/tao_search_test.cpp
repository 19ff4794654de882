#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "assim/solvers/tao_search.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// 1/2 |r|^2 with r = 10 (x_2 - x_1^2), 1 - x_1 for x = 4 u - 2 (Rosenbrock), its gradient, r and its derivatives.
TaoEvaluation rosenbrock(const VectorXd& u) {
  const VectorXd x = 4.0 * u - VectorXd::Constant(2, 2.0);
  TaoEvaluation e{u, 0.0, {}, VectorXd{{10.0 * (x(1) - x(0) * x(0)), 1.0 - x(0), 0.0}}, {}};
  e.jacobian = 4.0 * MatrixXd{{-20.0 * x(0), 10.0}, {-1.0, 0.0}, {0.0, 0.0}};
  e.value = 0.5 * e.residuals.squaredNorm();
  e.gradient = e.jacobian.transpose() * e.residuals;
  return e;
}

const VectorXd start{{0.2, 0.75}}, optimum{{0.75, 0.75}};
const TaoOptions quasi_newton{}, gauss_newton{.method = TaoOptions::Method::gauss_newton};

/// All points that a search asks for.
std::vector<TaoEvaluation> told_by_replays(const TaoOptions& options) {
  std::vector<TaoEvaluation> told;
  for (TaoEnd end; told.size() < 1000;) {
    end = tao_replay(options, start, told);
    if (end.finished) return told;
    told.push_back(rosenbrock(end.question));
  }
  return told;
}

long memory_kb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(TaoReplay, AsksForTheStartFirstAndEndsAtTheOptimum) {
  for (const TaoOptions& options : {quasi_newton, gauss_newton}) {
    const auto told = told_by_replays(options);
    EXPECT_EQ(told.front().point, start);
    EXPECT_LT((told.back().point - optimum).cwiseAbs().maxCoeff(),
              1e-7);  // flat along the valley: square root of 1e-13
    EXPECT_LT(told.size(), 60u);
  }
}

TEST(TaoSearch, EndsAtAKinkWhenItGainsNothingMore) {
  for (TaoOptions options : {quasi_newton, gauss_newton}) {
    options.value_tolerance = 1e-5;
    int runs = 0;
    std::vector<TaoEvaluation> kept;
    kept.reserve(1000);
    const TaoEnd end = tao_search(options, start, [&](const VectorXd& u) {
      ++runs;
      TaoEvaluation e = rosenbrock(u);
      const double side = u(0) > 0.5 ? 1.0 : -0.2;  // the valley with a kink across it
      e.residuals(2) = 4.0 + 8.0 * side * (u(0) - 0.5);
      e.jacobian(2, 0) = 8.0 * side;
      e.value = 0.5 * e.residuals.squaredNorm();
      e.gradient = e.jacobian.transpose() * e.residuals;
      return &kept.emplace_back(e);
    });
    EXPECT_TRUE(end.finished);
    EXPECT_LT(runs, 100);                                                      // nearly 200 without patience
    EXPECT_LT(std::ranges::min(kept, {}, &TaoEvaluation::value).value, 8.52);  // 8.5 at the kink
  }
}

TEST(TaoReplay, AsksTheSamePointsAsASearchThatIsAnsweredAtOnceAndNoneTwice) {
  for (const TaoOptions& options : {quasi_newton, gauss_newton}) {
    const auto told = told_by_replays(options);
    std::vector<TaoEvaluation> live;
    live.reserve(1000);
    const TaoEnd end = tao_search(options, start, [&](const VectorXd& u) { return &live.emplace_back(rosenbrock(u)); });
    EXPECT_TRUE(end.finished);
    EXPECT_FALSE(end.reason.empty());
    ASSERT_EQ(live.size(), told.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
      EXPECT_EQ(live[i].point, told[i].point) << i;
      for (std::size_t k = 0; k < i; ++k) EXPECT_NE(told[k].point, told[i].point) << k << " and " << i;
    }
  }
}

TEST(TaoReplay, BearsRoundOffOfAnotherProcessor) {
  for (const TaoOptions& options : {quasi_newton, gauss_newton}) {
    auto told = told_by_replays(options);
    told.pop_back();
    const VectorXd question = tao_replay(options, start, told).question;
    for (TaoEvaluation& e : told) {
      e.point *= 1.0 - 1e-15;
      e.gradient *= 1.0 + 1e-15;
      e.jacobian *= 1.0 + 1e-15;
    }
    const TaoEnd end = tao_replay(options, start, told);
    ASSERT_FALSE(end.finished);
    EXPECT_LT((end.question - question).cwiseAbs().maxCoeff(), 1e-9);
  }
}

TEST(TaoReplay, RefusesEvaluationsOfAnotherSearch) {
  auto told = told_by_replays(quasi_newton);
  EXPECT_THROW(tao_replay(quasi_newton, optimum, told), Error);
  EXPECT_THROW(tao_replay(quasi_newton, VectorXd::Zero(3), told), Error);
  EXPECT_THROW(tao_replay({.memory = 1}, start, told), Error);
  told.push_back(told.back());
  EXPECT_THROW(tao_replay(quasi_newton, start, told), Error);
}

TEST(TaoReplay, AThousandUnfinishedRunsKeepNoMemory) {
  for (const TaoOptions& options : {quasi_newton, gauss_newton}) {
    const auto told = told_by_replays(options);
    const auto replay = [&](int times) {
      for (int i = 0; i < times; ++i) tao_replay(options, start, std::span(told).first(std::size_t(i) % told.size()));
    };
    replay(100);
    const long before = memory_kb();
    replay(1000);
    EXPECT_LT(memory_kb() - before, 1000);  // less than 1 kB each; a minimiser has tens
  }
}

TEST(TaoSearch, PassesOnWhatTheFunctionThrows) {
  int calls = 0;
  const TaoAnswer throwing = [&](const VectorXd& u) -> const TaoEvaluation* {
    static TaoEvaluation here;
    if (++calls == 5) throw Error("the model stopped");
    here = rosenbrock(u);
    return &here;
  };
  EXPECT_THROW(tao_search(quasi_newton, start, throwing), Error);
  calls = 0;
  EXPECT_THROW(tao_search(gauss_newton, start, throwing), Error);
}

}  // namespace
}  // namespace tilth
