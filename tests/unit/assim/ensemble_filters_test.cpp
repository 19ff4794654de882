#include <gtest/gtest.h>

#include "assim/methods/ensemble_solve.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

TEST(Denkf, HalvesTheGainOfTheAnomalies) {
  // Scalar: prior variance 4 about 1, observation 3 with variance 4: gain 1/2, anomalies times 1 - 1/4.
  const Matrix E = exact_ensemble(Vector::Constant(1, 1.0), Matrix::Constant(1, 1, 4.0), 6, 1);
  const Matrix Ea = updated(*method("denkf"), E, E, Vector::Constant(1, 3.0), Vector::Constant(1, 4.0));
  EXPECT_LT(largest_difference(Ea, (0.75 * (E.array() - 1.0) + 2.0).matrix()), 1e-13);
}

TEST(Enkf, AddsTheGainTimesEveryMembersOwnDeparture) {
  // Gain 1/2 as above, every member to the middle between itself and its own perturbed observation.
  const Matrix E = exact_ensemble(Vector::Constant(1, 1.0), Matrix::Constant(1, 1, 4.0), 6, 1);
  const Matrix D = normal_matrix(1, 6, 2);
  const Matrix Ea = updated(*method("enkf"), E, E, Vector::Constant(1, 3.0), Vector::Constant(1, 4.0), D);
  EXPECT_LT(largest_difference(Ea, (0.5 * (E.array() + D.array() + 3.0)).matrix()), 1e-13);
}

TEST(Enkf, PerturbsATaperedObservationAsOneOfLargerError) {
  const Matrix E = normal_matrix(2, 8, 1), HE = normal_matrix(3, 8, 2), D = normal_matrix(3, 8, 3);
  const Vector y = normal_matrix(3, 1, 4), r = Vector::Constant(3, 0.5);
  Observed tapered(HE, y, r);
  tapered.perturb(D);
  Rows rows(E);
  LocalProblem problem = global_problem(tapered, rows.all());
  problem.taper.assign(3, 0.25);
  method("enkf")->update(tapered.space(), {&problem, 1});
  const Matrix wider = updated(*method("enkf"), E, HE, y, r * 4.0, D * 2.0);
  EXPECT_LT(largest_difference(rows.matrix(), wider), 1e-12);
}

TEST(Enkf, SaysThatPerturbationsAreMissing) {
  const Matrix E = normal_matrix(2, 8, 1);
  EXPECT_THROW(updated(*method("enkf"), E, E, Vector::Zero(2), Vector::Ones(2)), Error);
}

TEST(Estkf, HasTheMembersOfTheLetkfInEitherForm) {
  for (const int p : {3, 20}) {
    const Matrix E = normal_matrix(4, 9, 1), HE = normal_matrix(p, 9, 2);
    const Vector y = normal_matrix(p, 1, 3), r = Vector::Constant(p, 0.4);
    const Matrix expected = updated(*method("letkf", "{inflation: 1.2}"), E, HE, y, r);
    for (const char* solver : {"lanes", "eigen"}) {
      const auto filter = method("estkf", text("{inflation: 1.2, solver: ", solver, "}"));
      EXPECT_LT(largest_difference(updated(*filter, E, HE, y, r), expected), 1e-12) << solver << " " << p;
    }
  }
}

class EnsembleFilters : public ::testing::TestWithParam<const char*> {};

TEST_P(EnsembleFilters, AgreeWithTheReferenceMembers) {
  TILTH_SHARED_OR_SKIP(truth, GetParam());
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]), H = matrix_of(in["H"]), HE = H * E, D = matrix_of(in["D"]);
  const Vector y = vector_of(in["y"]), r = vector_of(in["R_diag"]);
  const auto check = [&](const char* key, const Matrix& Ea) {
    const Matrix expected = matrix_of(truth["expected"][key]);
    EXPECT_LT(largest_difference(Ea, expected), allowed(expected, 1e-9)) << key;
  };
  check("denkf_Ea", updated(*method("denkf"), E, HE, y, r));
  check("enkf_Ea_raw", updated(*method("enkf"), E, HE, y, r, D));
  check("enkf_Ea_centred", updated(*method("enkf"), E, HE, y, r, D.colwise() - D.rowwise().mean()));
  const auto L = Eigen::MatrixXd(matrix_of(in["R_full"])).llt();
  const Matrix white_HE = L.matrixL().solve(Eigen::MatrixXd(HE));
  const Vector white_y = L.matrixL().solve(y);
  for (const char* solver : {"lanes", "eigen"}) {
    check("etkf_Ea", updated(*method("estkf", text("{solver: ", solver, "}")), E, HE, y, r));
    const double rho = in["rho"];
    check("etkf_rho_Ea", updated(*method("estkf", text("{inflation: ", rho, ", solver: ", solver, "}")), E, HE, y, r));
    check("etkf_fullR_Ea",
          updated(*method("estkf", text("{solver: ", solver, "}")), E, white_HE, white_y, Vector::Ones(y.size())));
  }
}

INSTANTIATE_TEST_SUITE_P(Truth, EnsembleFilters,
                         ::testing::Values("truth/02_ensemble_update_a.json", "truth/02_ensemble_update_b.json"));

TEST(EnsembleFilters, InflateThePriorCovariance) {
  // Inflation in ensemble space equals inflating the prior members by its root first.
  const Matrix E = normal_matrix(3, 10, 1), H = normal_matrix(4, 3, 2), D = normal_matrix(4, 10, 3);
  const Vector y = normal_matrix(4, 1, 4), r = Vector::Constant(4, 0.7);
  const Vector mean = E.rowwise().mean();
  const Matrix wide = (std::sqrt(1.3) * (E.colwise() - mean)).colwise() + mean;
  for (const char* name : {"letkf", "estkf", "denkf", "enkf"}) {
    const Matrix draws = method(name)->perturbs() ? D : Matrix{};
    const Matrix inflated = updated(*method(name, "{inflation: 1.3}"), E, H * E, y, r, draws);
    EXPECT_LT(largest_difference(inflated, updated(*method(name), wide, H * wide, y, r, draws)), 1e-12) << name;
  }
}

TEST(Enkf, ApproachesTheKalmanFilterWithManyMembers) {
  TILTH_SHARED_OR_SKIP(truth, "truth/27_enkf_large_N.json");
  TILTH_SHARED_OR_SKIP(exact, "truth/01_kf.json");
  const auto& in = exact["inputs"];
  const Matrix H = matrix_of(in["H"]), R = matrix_of(in["R"]), P = matrix_of(in["P"]);
  const Vector xb = vector_of(in["xb"]), y = vector_of(in["y"]);
  const int N = truth["inputs"]["N"];
  const Eigen::MatrixXd root = Eigen::MatrixXd(P).llt().matrixL();
  const Matrix E = (root * normal_matrix(xb.size(), N, 1)).colwise() + xb;
  const auto L = Eigen::MatrixXd(R).llt();
  const Matrix white_HE = L.matrixL().solve(Eigen::MatrixXd(H * E));
  const Vector white_y = L.matrixL().solve(y);
  const Matrix Ea =
      updated(*method("enkf"), E, white_HE, white_y, Vector::Ones(y.size()), normal_matrix(y.size(), N, 2));
  const Vector mean = Ea.rowwise().mean(), variance = covariance_of(Ea).diagonal();
  for (int i = 0; i < int(xb.size()); ++i) {
    const auto& m = truth["expected"][text("mean_", i)];
    const auto& v = truth["expected"][text("var_", i)];
    EXPECT_NEAR(mean(i), double(m["value"]), double(m["tol"])) << i;
    EXPECT_NEAR(variance(i), double(v["value"]), double(v["tol"])) << i;
  }
}

}  // namespace
}  // namespace tilth::test
