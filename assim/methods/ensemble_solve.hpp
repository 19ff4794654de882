#pragma once

#include <Eigen/Dense>
#include <span>

#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// The option `inflation` that all methods in ensemble space have.
void describe_inflation(Schema& s, double& inflation);

/// `taper / variance` of the observations with a positive taper, summed into statistics at the weights of the problem.
/// Perturbations count as those of an observation with the error variance divided by the taper.
ObsGram local_gram(const ObsSpace& space, const LocalProblem& problem);

/// What the methods that are linear in the gain make of a row x with mean m and anomalies x'. With Z = (taper/R)^1/2 Y,
/// e = (taper/R)^1/2 d, Q = R^-1/2 E, A = c I + Z'Z and v = A^-1 x':
struct SolvedRow {
  double mean = 0.0;          ///< m
  double increment = 0.0;     ///< v' Z' e, the Kalman update of the mean
  Eigen::VectorXd anomaly;    ///< x'
  Eigen::VectorXd kept;       ///< c v: what the full gain leaves of the anomalies
  Eigen::VectorXd perturbed;  ///< Q' Z v, the gain times the perturbations; empty without them
};

/// One local problem, factored once (Cholesky, with the p x p or the N x N matrix, whichever is smaller), then solved
/// row by row. Its bits depend on the problem alone.
class EnsembleSolve {
 public:
  /// c = (N - 1) / inflation.
  EnsembleSolve(const ObsSpace& space, const LocalProblem& problem, double c);
  EnsembleSolve(const ObsGram& gram, int members, double c);
  /// Without observations: nothing is to be updated.
  bool empty() const { return empty_; }
  SolvedRow solve(const double* row) const;

 private:
  using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  void use(const ObsGram& gram);
  int members_;
  double c_;
  bool empty_ = true, in_observation_space_ = false;
  RowMajor Z_, Q_;     // p x N; in ensemble space Q_ is Z'Q (N x N), empty without perturbations
  Eigen::VectorXd e_;  // e, or Z'e in ensemble space
  Eigen::LLT<Eigen::MatrixXd> factor_;
};

/// A filter that makes a row's new members of a SolvedRow.
class GainFilter : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    void describe(Schema& s) { describe_inflation(s, inflation); }
  };
  explicit GainFilter(Options options) : inflation_(options.inflation) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override;
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override;

 protected:
  /// `spread`: the root of the inflation, which anomalies are still to be multiplied by.
  virtual void write(const SolvedRow& x, double spread, std::span<double> row) const = 0;

 private:
  void apply(const EnsembleSolve& solve, int members, std::span<double* const> rows) const;
  double inflation_;
};

}  // namespace tilth
