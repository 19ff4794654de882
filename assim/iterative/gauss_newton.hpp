#pragma once

#include <Eigen/Dense>

#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// How the cost of a window is minimised in ensemble space.
struct GaussNewtonOptions {
  /// What is run between two passes. transform: members with the posterior spread of the iterate (Sakov et al. 2012);
  /// bundle: the anomalies of the prior times `epsilon`, close to the tangent (Bocquet & Sakov 2012).
  enum class Form { transform, bundle };
  enum class Root { symmetric, cholesky };
  Form form = Form::transform;
  Root root = Root::symmetric;  ///< of the inverse Hessian, for the members of the last pass
  double epsilon = 1e-4;
  double inflation = 1.0;  ///< factor on the prior covariance
  /// bundle: the run of the prior members, whose spread is not small, is a linearisation like the others. Otherwise it
  /// only leads to the bundle about the prior mean.
  bool step_from_prior = false;
  int halvings = 4;  ///< of one step while the cost rises, before it is accepted after all; 0: no control
};

/// Minimises J(w) = (N - 1) / (2 inflation) w'w + 1/2 (y - h(x + X'w))' R^-1 (y - h(x + X'w)), X' the prior anomalies
/// (not divided by sqrt(N - 1)), by Gauss-Newton steps from the statistics of ensemble runs.
///
/// Member k of a run is x + X' M e_k, M = w 1' + B: after every `advance`, `next()` says which ensemble to run, and the
/// next statistics are those of that run. The first are those of the prior members (w = 0, B = I).
class GaussNewton {
 public:
  GaussNewton(int members, const GaussNewtonOptions& options);

  /// Takes the statistics of the run. A step that made the cost rise is halved, and run again.
  void advance(const ObsGram& gram);
  /// Weights M (N x N) of the members to run next.
  Eigen::MatrixXd next() const;
  /// Weights of the posterior members: w after the last step, B = sqrt(N - 1) times the root of the inverse Hessian at
  /// the last linearisation.
  Eigen::MatrixXd last() const;
  /// How far the next run lies from the last accepted one, in prior standard deviations: |w - w'| sqrt(N - 1).
  double move() const;

  const Eigen::VectorXd& weights() const { return w_; }  ///< of the last accepted run
  double cost() const { return cost_; }                  ///< of the last accepted run
  bool rejected() const { return halved_ > 0; }          ///< the last run made the cost rise
  /// Posterior covariance of w: the inverse Hessian at the last linearisation.
  Eigen::MatrixXd covariance() const;

 private:
  double prior_weight() const { return (members_ - 1) / options_.inflation; }
  bool reject(double cost);
  void linearise(const ObsGram& gram);

  int members_;
  GaussNewtonOptions options_;
  bool begun_ = false, comparable_ = false;  // a run has been seen; cost_ may be compared with
  int halved_ = 0;
  double cost_ = 0.0, scale_ = 1.0;  // scale_ of the anomalies of the run, without a transform
  bool transformed_ = false;         // the run had B = sqrt(N - 1) root_
  Eigen::VectorXd w_, run_, step_;   // accepted, of the next run, full step from w_
  Eigen::MatrixXd root_;             // symmetric root of the inverse Hessian at w_
};

}  // namespace tilth
