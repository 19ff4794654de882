#pragma once

#include <vector>

#include "assim/calibration/learn/parameter_map.hpp"
#include "driver/calibrate/scope/scope_options.hpp"
#include "driver/calibrate/scope/site_quadratic.hpp"

namespace tilth {

/// Sites that a network learns from: `fit` gives the gradient, `inner` tells when to stop.
struct LearningSites {
  std::vector<int> fit, inner;
};
/// Part of the sites for early stopping, another one for every member; empty where too few would be left.
LearningSites learning_sites(const std::vector<int>& sites, double inner_part, std::uint64_t seed);

/// Learns a map from features to parameters through the model. It asks for runs with derivatives at all its sites,
/// takes steps of Adam on the quadratic costs that they give as long as these are near, and keeps the weights with the
/// least cost at the inner sites. The cost of a site is J / observations, so that long records do not outweigh others.
class MapLearner {
 public:
  /// @param features of all sites, one row per site number @param start weights
  MapLearner(const calibration::ParameterMap& map, const Quadratics& quadratics, const calibration::Matrix& features,
             LearningSites sites, calibration::Vector start, const NetworkOptions& options);

  bool finished() const { return step_ >= options_.iterations || since_best_ >= options_.patience; }
  /// Runs wanted next: the fit sites, then the inner ones.
  std::vector<RunTask> ask() const;
  void tell(std::span<const SiteQuadratic> runs);
  const calibration::Vector& best_weights() const { return best_; }
  double best_cost() const { return best_cost_; }
  int steps() const { return step_; }

 private:
  void learn(std::span<const SiteQuadratic> runs);

  calibration::ParameterMap map_;
  const Quadratics& quadratics_;
  calibration::Matrix fit_features_, inner_features_;
  LearningSites sites_;
  NetworkOptions options_;
  calibration::Adam adam_;
  calibration::Vector best_;
  double best_cost_ = INFINITY;
  int step_ = 0, since_best_ = 0;
};

/// z within the bounds of a site.
calibration::Vector clipped(const calibration::Box& box, const calibration::Vector& z);

/// J / observations of a site: its observation term and the background, whose inverse covariance is `precision`.
double site_cost(const SiteQuadratic& run, const calibration::Matrix& precision, const calibration::Vector& z);

}  // namespace tilth
