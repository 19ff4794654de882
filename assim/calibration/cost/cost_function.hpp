#pragma once

#include <string>

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Observations of one kind. Missing values are not-a-number in `value`.
struct ObservationStream {
  std::string name;
  Vector value;
  Vector sigma;                   ///< error standard deviation of each value; one value for all of them
  double correlation_time = 0.0;  ///< errors form an AR(1) sequence in `time` with this e-folding time; 0: independent
  Vector time = {};               ///< ascending; needed for a correlation time
  Matrix covariance = {};         ///< instead of sigma: the full error covariance
  double weight = 1.0;            ///< of the stream in J; 1 is what the errors say
};

/// Gaussian prior of the parameters with a dense covariance.
struct Background {
  Vector mean;
  Matrix covariance;
};

/// What a stream contributes.
struct StreamCost {
  std::string name;
  Index used = 0, missing = 0;
  double weight = 1.0;
  double chi2 = 0.0;  ///< whitened squares without the weight; about `used` where the errors are right
  double cost = 0.0;  ///< weight * chi2 / 2
};

/// J and its parts. A failed run (a prediction that is not finite where a value is present) has J = not-a-number.
struct Cost {
  double total = 0.0, observations = 0.0, background = 0.0;
  std::vector<StreamCost> streams;
};

/// J(x) = 1/2 sum over streams w (y - h(x))' R^-1 (y - h(x)) + 1/2 (x - xb)' B^-1 (x - xb), from predictions h(x)
/// of all values, stream after stream, missing ones included.
class CostFunction {
 public:
  /// @throws Error for sizes that disagree, errors that are not positive, covariances that are not positive definite
  CostFunction(std::vector<ObservationStream> streams, Background background);

  Index predictions() const { return rows_; }  ///< how many `evaluate` takes
  Index used() const;                          ///< values that are not missing
  Cost evaluate(const Vector& x, const Vector& prediction) const;
  /// dJ/dx. G: derivatives of the predictions, one row per prediction.
  Vector gradient(const Vector& x, const Vector& prediction, const Matrix& G) const;
  /// Gauss-Newton Hessian of the observation term, G' R^-1 G with the weights.
  Matrix observation_hessian(const Matrix& G) const;
  /// B^-1.
  Matrix background_hessian() const;
  const Background& background() const { return background_; }

  /// Residuals whose squares add up to 2 J: whitened and weighted, observations first, then the background; their
  /// derivatives are those of `whitened` predictions below the inverse root of B.
  Vector residuals(const Vector& x, const Vector& prediction) const;
  Matrix residual_jacobian(const Matrix& G) const;

 private:
  struct Whitening {
    std::vector<Index> rows;  // of the predictions, those with a value
    Matrix L;                 // lower factor of the covariance; empty for the others
    Vector sigma, phi;        // AR(1): correlation with the value before, 0 for the first; phi empty: independent
  };
  Whitening whitening_of(const ObservationStream& stream, Index first) const;
  Matrix whitened(const Whitening& w, const Matrix& columns) const;  // of rows with a value

  std::vector<ObservationStream> streams_;
  Background background_;
  Eigen::LLT<Eigen::MatrixXd> B_;
  std::vector<Whitening> whitening_;
  Index rows_ = 0;
};

}  // namespace tilth::calibration
