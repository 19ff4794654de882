#pragma once

#include <Eigen/Core>
#include <cstdint>

namespace tilth {

/// Sums of products of departures of one kind of observation: d_ob to the background, d_oa to the analysis. They can be
/// added over observations, windows and ranks.
struct DepartureProducts {
  double oa_ob = 0.0, ab_ob = 0.0, ab_oa = 0.0, ob_ob = 0.0;
  std::int64_t count = 0;
};
/// Adds one observation.
void add(DepartureProducts& sums, double d_ob, double d_oa);

/// Statistics of Desroziers et al. (2005, Quarterly Journal 131): what the departures say about the errors, whatever
/// was assumed. In expectation they equal R, H B H', H A H' and H B H' + R where the analysis used the right ones.
struct ErrorVariances {
  double observation = 0.0, background = 0.0, analysis = 0.0, innovation = 0.0;
};
/// @pre sums.count > 0
ErrorVariances desroziers(const DepartureProducts& sums);

/// The same as matrices (observation x observation), from samples (time x observation); nothing is centred or made
/// symmetric.
struct ErrorCovariances {
  Eigen::MatrixXd observation, background, analysis, innovation;
};
/// @pre both of the same size, at least one time
ErrorCovariances desroziers(const Eigen::MatrixXd& d_ob, const Eigen::MatrixXd& d_oa);

}  // namespace tilth
