#include "assim/calibration/optimise/bounded_coordinates.hpp"
#include "assim/calibration/optimise/cma_restarts.hpp"
#include "core/base/error.hpp"
#include "support/shared.hpp"
#include "unit/calibration/search_case.hpp"

namespace tilth::calibration::test {
namespace {

TEST(CmaEs, HasTheConstantsOfTheTutorial) {
  // n = 10, population 10, by hand from table 1 of Hansen (2016): weights log 5.5 - log i.
  const CmaWeights w(10, 10);
  EXPECT_EQ(w.weight.size(), 5);
  EXPECT_NEAR(w.weight(0), 0.45627, 1e-5);
  EXPECT_NEAR(w.mu_eff, 3.16730, 1e-5);
  EXPECT_NEAR(w.c_sigma, 0.28443, 1e-5);
  EXPECT_NEAR(w.c_1, 0.015284, 1e-6);
  EXPECT_NEAR(w.c_mu, 0.020155, 1e-6);
  EXPECT_NEAR(w.chi, 3.08473, 1e-5);
}

TEST(CmaEs, MinimisesAnEllipsoidAndLearnsItsShape) {
  CmaEs search(Vector::Constant(5, 1.0), 0.5, {.target = 1e-10, .seed = 3});
  run(search, ellipsoid);
  EXPECT_EQ(search.stop(), CmaStop::target);
  EXPECT_LT(search.record().evaluations, 4000);
  // The covariance approaches the inverse of the Hessian: axes in ratio 1 : 1e6.
  const double ratio = search.covariance()(0, 0) / search.covariance()(4, 4);
  EXPECT_GT(ratio, 1e5);
  EXPECT_LT(ratio, 1e7);
}

TEST(CmaEs, SurvivesFailedRuns) {
  const Function f = [](const Vector& x) { return x(0) < -0.2 ? double(NAN) : sphere(x); };
  CmaEs search(Vector::Constant(4, 1.0), 0.5, {.target = 1e-10});
  run(search, f, 2000);
  EXPECT_EQ(search.stop(), CmaStop::target);
  EXPECT_FALSE(search.record().failed.empty());
  CmaEs lost(Vector::Constant(4, 1.0), 0.5);
  for (int i = 0; i < 5; ++i) advance(lost, [](const Vector&) { return double(NAN); });
  EXPECT_EQ(lost.record().failed.size(), 40U);
  EXPECT_NEAR(lost.sigma(), 0.5 / 32.0, 1e-15);
}

TEST(CmaEs, ContinuesFromItsNumbersExactly) {
  CmaEs search(Vector::Constant(4, 1.0), 0.5), fresh = search;
  expect_exact_continuation(search, fresh, rosenbrock, 25);
}

TEST(CmaEs, AgreesWithTheReferenceGenerations) {
  TILTH_SHARED_OR_SKIP(truth, "truth/18_cmaes_steps.json");
  const auto& in = truth["inputs"];
  const auto& expected = truth["expected"];
  CmaEs search(vector_of(in["mean0"]), in["sigma0"], {.population = in["lambda_"]});
  const CmaWeights& w = search.weights();
  EXPECT_LT(largest(w.weight - vector_of(expected["weights"])), 1e-8);
  const std::pair<double, const char*> constants[] = {{w.mu_eff, "mueff"}, {w.c_sigma, "cs"}, {w.c_c, "cc"},
                                                      {w.c_1, "c1"},       {w.c_mu, "cmu"},   {w.damping, "ds"}};
  for (const auto& [value, name] : constants) EXPECT_NEAR(value, double(expected[name]), 1e-8) << name;
  for (int g = 0; g < 3; ++g) {
    const Matrix Z = matrix_of(in["Z"][g]);
    const Matrix X = (search.sigma() * Z * search.root()).rowwise() + search.mean().transpose();
    const Vector f = evaluated(X, rosenbrock);
    search.update(X, f);
    const auto& wanted = expected["gen" + std::to_string(g + 1)];
    EXPECT_LT(largest(search.mean() - vector_of(wanted["mean"])), 1e-8);
    EXPECT_LT(largest(search.covariance() - matrix_of(wanted["C"])), 1e-8);
    EXPECT_LT(largest(search.path_sigma() - vector_of(wanted["p_sigma"])), 1e-8);
    EXPECT_LT(largest(search.path_c() - vector_of(wanted["p_c"])), 1e-8);
    EXPECT_NEAR(search.sigma(), double(wanted["sigma"]), 1e-8);
    EXPECT_NEAR(f.minCoeff(), double(wanted["best_f"]), 2e-7);
  }
}

TEST(CmaEs, NeedsAsManyEvaluationsAsTheReference) {
  TILTH_SHARED_OR_SKIP(truth, "truth/23_cmaes_statistics.json");
  const std::map<std::string, Function> functions{
      {"sphere10", sphere}, {"ellipsoid10", ellipsoid}, {"rosenbrock10", rosenbrock}, {"rastrigin10", rastrigin}};
  for (const auto& [name, wanted] : truth["expected"].items()) {
    const auto& s = truth["inputs"]["settings"][name];
    const Function& f = functions.at(name.substr(0, name.find('_')));
    const int trials = s["trials"];
    std::vector<double> evaluations;
    for (int t = 0; t < trials; ++t) {
      CmaEs search(
          Vector::Constant(10, double(s["x0"])), s["sigma0"],
          {.population = s["lam"], .target = s["ftarget"], .most_evaluations = 100000, .seed = std::uint64_t(t + 1)});
      run(search, f);
      if (search.stop() == CmaStop::target) evaluations.push_back(double(search.record().evaluations));
    }
    const double success = double(evaluations.size()) / trials;
    RecordProperty(name + ".success", std::to_string(success));
    EXPECT_NEAR(success, double(wanted["success_fraction"]["value"]), double(wanted["success_fraction"]["tol"]))
        << name;
    if (!wanted.contains("evals_median")) continue;
    const double median = quantile(evaluations, 0.5);
    RecordProperty(name + ".evaluations", std::to_string(median));
    EXPECT_NEAR(median, double(wanted["evals_median"]["value"]), double(wanted["evals_median"]["tol"])) << name;
  }
}

TEST(BoundedCoordinates, AreTheIdentityInsideAndReachTheFaces) {
  for (const double u : {0.0, 0.01, 0.05, 0.3, 0.95, 0.999, 1.0})
    EXPECT_NEAR(folded_into_unit(unfolded(Vector{{u}}))(0, 0), u, 1e-14);
  EXPECT_EQ(folded_into_unit(Matrix{{0.4}})(0, 0), 0.4);
  double last = folded_into_unit(Matrix{{-3.0}})(0, 0);
  for (double x = -3.0; x < 3.0; x += 1e-3) {  // continuous, slope at most 1
    const double y = folded_into_unit(Matrix{{x}})(0, 0);
    EXPECT_LT(std::abs(y - last), 1.1e-3);
    EXPECT_GE(y, 0.0);
    EXPECT_LE(y, 1.0);
    last = y;
  }
}

TEST(CmaRestarts, FindTheMinimumOfRastriginAndStayInTheBox) {
  const Box box{Vector::Constant(5, -4.0), Vector::Constant(5, 6.0)};
  for (const Restarts kind : {Restarts::ipop, Restarts::bipop}) {
    CmaRestarts search(box, Vector::Constant(5, 3.0),
                       {.restarts = kind, .search = {.target = 1e-8, .most_evaluations = 200000, .seed = 1}});
    while (!search.finished()) {
      const Matrix X = search.ask();
      ASSERT_GE(X.minCoeff(), -4.0);
      ASSERT_LE(X.maxCoeff(), 6.0);
      search.tell(evaluated(X, rastrigin));
    }
    EXPECT_LT(search.record().value, 1e-8);
    EXPECT_GE(search.restarts(), 1);
    EXPECT_EQ(search.optima().rows(), search.restarts() + 1);
  }
}

TEST(CmaRestarts, FindAMinimumOnABound) {
  const Box box{Vector{{1.0, -2.0}}, Vector{{3.0, 2.0}}};
  CmaRestarts search(box, Vector{{2.0, 1.0}}, {.restarts = Restarts::none});
  run(search, sphere);
  EXPECT_NEAR(search.record().best(0), 1.0, 1e-6);
  EXPECT_NEAR(search.record().best(1), 0.0, 1e-5);
}

TEST(CmaRestarts, ContinueFromTheirNumbersExactly) {
  const Box box{Vector::Constant(2, -4.0), Vector::Constant(2, 6.0)};
  const CmaRestartOptions options{.most_doublings = 3, .search = {.most_evaluations = 3000}};
  CmaRestarts search(box, Vector::Constant(2, 3.0), options), fresh(box, Vector::Constant(2, 3.0), options);
  expect_exact_continuation(search, fresh, rastrigin, 130);  // in a later run
  EXPECT_GE(search.restarts(), 1);
}

}  // namespace
}  // namespace tilth::calibration::test
