#pragma once

#include <Eigen/Dense>

namespace tilth {

/// Square root W of the inverse Hessian that makes the posterior members, W W' = (I + Y' R^-1 Y)^-1.
enum class PosteriorRoot { symmetric, cholesky };

/// Strong-constraint 4DEnVar in ensemble space (Liu et al. 2008; Pinnington et al. 2020): x = mean + X w with
/// X = (E - mean) / sqrt(N - 1), Y = (HE - hb) / sqrt(N - 1), d = y - hb.
///
///   J(w) = w'w / 2 + (Y w - d)' R^-1 (Y w - d) / 2
///
/// HE holds the members' predictions at the times of the observations; hb is what their anomalies are taken about: the
/// prediction of the mean member, or the mean of the members' predictions.
class EnvarGlobal {
 public:
  /// HE: n_obs x N; hb, y: n_obs; R: n_obs x n_obs, symmetric and positive definite (else an Error).
  EnvarGlobal(const Eigen::MatrixXd& HE, const Eigen::VectorXd& hb, const Eigen::VectorXd& y, const Eigen::MatrixXd& R);

  double cost(const Eigen::VectorXd& w) const;
  Eigen::VectorXd gradient(const Eigen::VectorXd& w) const;
  /// (I + Y' R^-1 Y)^-1 Y' R^-1 d.
  Eigen::VectorXd minimiser() const;
  /// N x N, symmetric or lower triangular.
  Eigen::MatrixXd root(PosteriorRoot kind) const;

 private:
  Eigen::MatrixXd Z_, hessian_;  // R^-1/2 Y, I + Z'Z
  Eigen::VectorXd e_;            // R^-1/2 d
};

/// Posterior of the rows of E (n x N): mean + X w, X W W' X', and the members mean + X w + sqrt(N - 1) X W.
struct EnvarPosterior {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance, members;
};
EnvarPosterior envar_posterior(const EnvarGlobal& problem, const Eigen::MatrixXd& E, PosteriorRoot kind);

}  // namespace tilth
