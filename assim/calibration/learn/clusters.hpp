#pragma once

#include "assim/calibration/types.hpp"

namespace tilth::calibration {

/// Columns with zero mean and unit standard deviation; constant columns become zero.
struct Standardisation {
  Vector mean, scale;
  static Standardisation of(const Matrix& X);
  Matrix operator()(const Matrix& X) const;
};

struct ClusterOptions {
  int starts = 10;  ///< the best of them is kept
  int most_iterations = 300;
  std::uint64_t seed = 1;
};

/// Groups of rows around centres.
struct Clusters {
  Matrix centre;            ///< cluster x feature
  std::vector<int> member;  ///< cluster of each row
  double inertia = 0.0;     ///< sum of squared distances to the centres
  /// The nearest centre of every row.
  std::vector<int> nearest(const Matrix& X) const;
};

/// k-means (Lloyd 1982) from several k-means++ starts (Arthur & Vassilvitskii 2007). Standardise the features first.
/// @pre finite, at least `clusters` different rows
Clusters k_means(const Matrix& X, int clusters, const ClusterOptions& options = {});

/// A mixture of normal distributions.
struct Mixture {
  Vector weight;
  Matrix mean;  ///< component x feature
  std::vector<Matrix> covariance;
  double log_likelihood = 0.0;
  double bic = 0.0;    ///< the smallest one is the best number of components (Schwarz 1978)
  Matrix probability;  ///< row x component

  /// Probability of every component for rows.
  Matrix responsibility(const Matrix& X, Vector* log_density = nullptr) const;
};

/// Expectation-maximisation (Dempster et al. 1977) with full covariances, from k-means. `floor` is added to variances.
Mixture gaussian_mixture(const Matrix& X, int components, const ClusterOptions& options = {}, double floor = 1e-6);

}  // namespace tilth::calibration
