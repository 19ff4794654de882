#pragma once

#include <Eigen/Dense>

#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// What the anomalies and departures of observations are taken about: the prediction of the mean member, or the mean of
/// the members' predictions. The two differ where h is not linear.
enum class AnomaliesAbout { h_of_mean, mean_of_h };

/// Square root of the inverse Hessian that makes the posterior members.
enum class PosteriorRoot { symmetric, cholesky };

/// The same statistics with predictions taken about hb = mean prediction - delta, from those about the mean:
/// Y + delta 1', d + delta. `YtRdelta` = Y' R^-1 delta, and so on.
struct ShiftStatistics {
  Eigen::VectorXd YtRdelta;
  double dtRdelta = 0.0, deltatRdelta = 0.0;
};
void shift_statistics(ObsGram& gram, const ShiftStatistics& shift);

/// Strong-constraint 4DEnVar in ensemble space (Liu et al. 2008; Pinnington et al. 2020): x = mean + X w with
/// X = (E - mean) / sqrt(N - 1), Y = (HE - hb) / sqrt(N - 1), d = y - hb, hb the prediction anomalies are taken about.
///
///   J(w) = w'w / 2 + (Y w - d)' R^-1 (Y w - d) / 2
///
/// HE holds the predictions at the times of the observations, from members run over the window without model error.
class EnvarGlobal {
 public:
  /// HE: n_obs x N; hb, y: n_obs; R: n_obs x n_obs, symmetric and positive definite (else an Error).
  EnvarGlobal(const Eigen::MatrixXd& HE, const Eigen::VectorXd& hb, const Eigen::VectorXd& y, const Eigen::MatrixXd& R);
  /// R diagonal: its variances.
  EnvarGlobal(const Eigen::MatrixXd& HE, const Eigen::VectorXd& hb, const Eigen::VectorXd& y,
              const Eigen::VectorXd& variance);

  double cost(const Eigen::VectorXd& w) const;
  Eigen::VectorXd gradient(const Eigen::VectorXd& w) const;
  /// The minimiser, (I + Y' R^-1 Y)^-1 Y' R^-1 d.
  Eigen::VectorXd minimiser() const;
  /// W with W W' = (I + Y' R^-1 Y)^-1: N x N, symmetric or lower triangular.
  Eigen::MatrixXd root(PosteriorRoot kind) const;

 private:
  void prepare(const Eigen::MatrixXd& HE, const Eigen::VectorXd& hb);
  Eigen::MatrixXd Z_;  // R^-1/2 Y
  Eigen::VectorXd e_;  // R^-1/2 d
};

/// Posterior of the rows of E (n x N): mean, covariance and members, mean + X w + sqrt(N - 1) X W.
struct EnvarPosterior {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance, members;
};
EnvarPosterior envar_posterior(const EnvarGlobal& problem, const Eigen::MatrixXd& E, PosteriorRoot kind);

}  // namespace tilth
