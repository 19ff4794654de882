#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "assim/localisation.hpp"
#include "support/shared.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {
namespace {

TEST(Letkf, ReproducesTheKalmanFilterWithAnExactEnsemble) {
  TILTH_SHARED_OR_SKIP(truth, "truth/01_kf.json");
  const auto& in = truth["inputs"];
  const Matrix H = matrix_of(in["H"]), R = matrix_of(in["R"]), P = matrix_of(in["P"]);
  const Vector xb = vector_of(in["xb"]), y = vector_of(in["y"]);
  // Observations with correlated errors are whitened first: L^-1 H, L^-1 y with R = L L'.
  const auto L = Eigen::MatrixXd(R).llt();
  const Matrix whitened = L.matrixL().solve(Eigen::MatrixXd(H));
  const Vector y_white = L.matrixL().solve(y);
  for (const int members : {9, 16, 60}) {
    const Matrix E = exact_ensemble(xb, P, members, members);
    const Matrix Ea = updated(*method("letkf"), E, whitened * E, y_white, Vector::Ones(y.size()));
    EXPECT_LT(largest_difference(Ea.rowwise().mean(), vector_of(truth["expected"]["xa"])), 1e-9) << members;
    EXPECT_LT(largest_difference(covariance_of(Ea), matrix_of(truth["expected"]["Pa"])), 1e-9) << members;
  }
}

class GlobalUpdate : public ::testing::TestWithParam<const char*> {};

TEST_P(GlobalUpdate, AgreesWithTheReferenceMembers) {
  TILTH_SHARED_OR_SKIP(truth, GetParam());
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]), H = matrix_of(in["H"]), HE = H * E;
  const Vector y = vector_of(in["y"]), r = vector_of(in["R_diag"]);
  const Matrix expected = matrix_of(truth["expected"]["etkf_Ea"]);
  const Matrix Ea = updated(*method("letkf"), E, HE, y, r);
  EXPECT_LT(largest_difference(Ea, expected), allowed(expected, 1e-9));

  const double rho = in["rho"];
  const Matrix inflated = updated(*method("letkf", text("{inflation: ", rho, "}")), E, HE, y, r);
  const Matrix expected_rho = matrix_of(truth["expected"]["etkf_rho_Ea"]);
  EXPECT_LT(largest_difference(inflated, expected_rho), allowed(expected_rho, 1e-9));

  for (const double alpha : {0.5, 0.9}) {
    Rows spread(Ea), perturbations(Ea), prior(E);
    for (int i = 0; i < int(E.rows()); ++i) {
      relax_to_prior_spread(prior.members_of(i), spread.members_of(i), alpha);
      relax_to_prior_perturbations(prior.members_of(i), perturbations.members_of(i), alpha);
    }
    EXPECT_LT(largest_difference(spread.matrix(), matrix_of(truth["expected"][text("rtps_", alpha)])), 1e-8);
    EXPECT_LT(largest_difference(perturbations.matrix(), matrix_of(truth["expected"][text("rtpp_", alpha)])), 1e-8);
  }
  Rows prior(E);
  for (int i = 0; i < int(E.rows()); ++i) inflate(prior.members_of(i), 1.1);
  EXPECT_LT(largest_difference(prior.matrix(), matrix_of(truth["expected"]["inflated_prior_1p1"])), 1e-8);
}

INSTANTIATE_TEST_SUITE_P(Truth, GlobalUpdate,
                         ::testing::Values("truth/02_ensemble_update_a.json", "truth/02_ensemble_update_b.json"));

TEST(Letkf, AgreesWithTheReferenceForLocalisedProblems) {
  TILTH_SHARED_OR_SKIP(truth, "truth/04_localised.json");
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]);
  const Vector index = vector_of(in["obs_index"]), y = vector_of(in["y"]), r = vector_of(in["R_diag"]);
  const double c = in["c"];
  const int n = int(E.rows());
  Matrix HE(index.size(), E.cols());
  for (Eigen::Index j = 0; j < index.size(); ++j) HE.row(j) = E.row(Eigen::Index(index(j)));
  const Observed observed(HE, y, r);
  const auto run = [&](const std::string& options) {
    Rows rows(E);
    std::vector<LocalProblem> batch(n);
    for (int i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < index.size(); ++j) {
        const int apart = std::abs(i - int(index(j)));
        const double taper = gaspari_cohn(std::min(apart, n - apart), c);
        if (taper == 0.0) continue;
        batch[i].obs.push_back(std::int32_t(j));
        batch[i].taper.push_back(taper);
      }
      batch[i].rows = {rows.row(i)};
    }
    method("letkf", options)->update(observed.space(), batch);
    return rows.matrix();
  };
  EXPECT_LT(largest_difference(run("{}"), matrix_of(truth["expected"]["letkf_Ea"])), 1e-8);
  EXPECT_LT(largest_difference(run("{inflation: 1.1}"), matrix_of(truth["expected"]["letkf_rho_Ea"])), 1e-8);
}

TEST(Letkf, UpdatesStatesAndParametersTogether) {
  TILTH_SHARED_OR_SKIP(truth, "truth/20_joint_state_parameter.json");
  const auto& in = truth["inputs"];
  const Matrix Ex = matrix_of(in["Ex"]), Et = matrix_of(in["Etheta"]), H = matrix_of(in["H"]);
  Matrix E(Ex.rows() + Et.rows(), Ex.cols());
  E << Ex, Et;
  const Matrix Ea = updated(*method("letkf"), E, H * Ex, vector_of(in["y"]), vector_of(in["R_diag"]));
  EXPECT_LT(largest_difference(Ea.topRows(Ex.rows()), matrix_of(truth["expected"]["Ex_a"])), 1e-9);
  EXPECT_LT(largest_difference(Ea.bottomRows(Et.rows()), matrix_of(truth["expected"]["Etheta_a"])), 1e-9);
  Rows prior(Et), floor(Ea.bottomRows(Et.rows()));
  for (int i = 0; i < int(Et.rows()); ++i) keep_spread(floor.members_of(i), member_spread(prior.members_of(i)), 0.9);
  EXPECT_LT(largest_difference(floor.matrix(), matrix_of(truth["expected"]["param_floor"])), 1e-9);
}

}  // namespace
}  // namespace tilth::test
