#pragma once

#include <functional>
#include <span>
#include <string>

#include <Eigen/Dense>

namespace tilth {

/// One evaluation of a function on the unit cube.
struct TaoEvaluation {
  Eigen::VectorXd point;
  double value = 0.0;  ///< not finite where the run failed
  Eigen::VectorXd gradient;
  /// Of least squares: value = 1/2 residuals' residuals and gradient = jacobian' residuals, n + 1 rows for n parameters
  /// (the R of a QR factorisation of more rows has the same value, gradient and Gauss-Newton matrix).
  Eigen::VectorXd residuals;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> jacobian;

  template <class A>
  void fields(A& archive) {
    archive(point, value, gradient, residuals, jacobian);
  }
};

/// A bounded method of PETSc's TAO, and when it ends.
struct TaoOptions {
  enum class Method { quasi_newton, gauss_newton };  ///< TAOBQNLS, TAOBRGN
  Method method = Method::quasi_newton;
  double gradient_tolerance = 1e-8;  ///< on the largest component of the projected gradient
  double value_tolerance = 1e-13;    ///< on the decrease of a step, relative to value_floor + |value|
  double value_floor = 1.0;
  int max_iterations = 500, max_evaluations = 1000;
  int patience = 15;      ///< answers in a row without such a decrease of the least value that end it
  int memory = 10;        ///< pairs of steps that quasi-Newton keeps
  double damping = 1e-4;  ///< first one of Gauss-Newton, relative to the diagonal of its matrix
};

/// Answers a point with its evaluation, or with nothing to stop the search there.
using TaoAnswer = std::function<const TaoEvaluation*(const Eigen::VectorXd& point)>;

/// How a search ended: by itself, or at a point without an answer.
struct TaoEnd {
  bool finished = false;
  Eigen::VectorXd question;  ///< the point without an answer
  std::string reason;        ///< where finished
};

/// Searches the least value of a function on the unit cube from `start`, on this rank alone. A failed run shortens the
/// step; no point is asked for twice. Options of PETSc's command line do not reach it.
/// @pre the run at the start does not fail
TaoEnd tao_search(const TaoOptions& options, const Eigen::VectorXd& start, const TaoAnswer& answer);

/// What a search does next that has been told these evaluations in this order: it runs from its start on answers of
/// the list up to the first point beyond it. Points may differ by round-off from those asked now, as on a processor of
/// another type. Throws `Error` where they differ by more or the search ends before the list.
TaoEnd tao_replay(const TaoOptions& options, const Eigen::VectorXd& start, std::span<const TaoEvaluation> told);

}  // namespace tilth
