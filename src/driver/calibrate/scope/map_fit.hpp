#pragma once

#include <vector>

#include "assim/calibration/learn/parameter_map.hpp"
#include "driver/calibrate/scope/scope_options.hpp"
#include "driver/calibrate/scope/site_quadratic.hpp"

namespace tilth {

/// Sites that a network is fitted to: a quadratic cost of each, in the order of the rows of features.
struct MapSites {
  std::vector<int> sites;
  calibration::Matrix features;       ///< site x feature
  std::vector<calibration::Box> box;  ///< bounds of z
  std::vector<SiteQuadratic> runs;    ///< those that failed do not count
  calibration::Matrix precision;      ///< of z under the prior

  /// Some of the rows.
  MapSites part(const std::vector<int>& rows) const;
  /// How far z, one row per site, is from what would be best for each: the mean over the sites of the logarithm of J
  /// beyond the least of its quadratic cost. Far out that cost is wrong, and a mean would tell of few sites.
  double excess(const calibration::Matrix& z) const;
};

/// z within the bounds of a site.
calibration::Vector clipped(const calibration::Box& box, const calibration::Vector& z);

/// J / observations of a site: its observation term and the background, whose inverse covariance is `precision`.
double site_cost(const SiteQuadratic& run, const calibration::Matrix& precision, const calibration::Vector& z);

/// What a network is held to besides the costs of sites.
struct MapPenalty {
  double decay = 0.0;  ///< factor of |weights|^2 / 2
  double near = 0.0;   ///< factor of the squared distance from where the model ran, in the mean curvature of the site
};

/// Weights of least mean cost and penalties, from `start`, by quasi-Newton: no run of the model.
calibration::Vector fitted_weights(const calibration::ParameterMap& map, const MapSites& sites,
                                   const MapPenalty& penalty, const calibration::Vector& start);

/// z of the mean of networks at rows of features.
calibration::Matrix mean_parameters(const calibration::ParameterMap& map,
                                    const std::vector<calibration::Vector>& weights,
                                    const calibration::Matrix& features);

/// The decay among `options.decay` with which networks do best at sites that they do not see, in folds of `sites`.
double chosen_decay(const calibration::ParameterMap& map, const MapSites& sites, const NetworkOptions& options,
                    std::uint64_t seed);

}  // namespace tilth
