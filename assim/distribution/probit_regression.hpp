#pragma once

#include <span>
#include <vector>

#include "assim/distribution/bnrh.hpp"

namespace tilth {

/// Which marginal distribution a variable is given when it is mapped to a standard normal one.
struct Marginal {
  enum class Kind {
    normal,  ///< the variable itself (a linear map): no transform
    bnrh     ///< probit of its quantile in the bounded normal rank histogram
  };
  Kind kind = Kind::normal;
  Bounds bounds;  ///< of kind bnrh
};

/// What one observation's update means to every row: its prior anomalies and increments in probit space, both by the
/// prior distribution (Anderson 2023, Monthly Weather Review 151). Made once per observation, O(N log N).
class ProbitStep {
 public:
  ProbitStep(std::span<const double> prior, std::span<const double> posterior, const Marginal& marginal);

  std::span<const double> anomaly() const { return anomaly_; }
  std::span<const double> increment() const { return increment_; }
  /// Sum of squared anomalies; 0: the observed quantity has no spread and moves nothing.
  double sum_square() const { return sum_square_; }

 private:
  std::vector<double> anomaly_, increment_;
  double sum_square_ = 0.0;
};

/// A row of the state in probit space: made once from its prior (a sort), moved by any number of observations (4 N
/// operations each), written back once (N values of the normal distribution).
class ProbitRow {
 public:
  ProbitRow(std::span<const double> row, const Marginal& marginal);

  /// Adds `weight` (localisation, 0 ... 1) times the regression of the row on the observation times its increments.
  void regress(const ProbitStep& step, double weight);
  /// Sample correlation with the observation's prior, in probit space; 0 without spread.
  double correlation(const ProbitStep& step) const;
  /// The members now. A member that no observation moved has the bits of its prior.
  void write(std::span<double> row) const;

 private:
  std::vector<double> prior_, z_prior_, z_;
  std::vector<Bnrh> histogram_;  // one, or none for a normal marginal
};

/// Regresses one observation's increments on one row (`ProbitStep`, `ProbitRow`).
void probit_regression(const ProbitStep& step, std::span<double> row, const Marginal& marginal, double weight);

}  // namespace tilth
