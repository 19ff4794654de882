#pragma once

#include <vector>

#include "driver/calibrate/scope/map_fit.hpp"

namespace tilth {

/// Learns an ensemble of networks through the model. The model runs with derivatives at what the mean of the networks
/// gives to the sites; the networks are fitted to the quadratic costs that come out, held near the places of the runs
/// (Levenberg-Marquardt); where the cost of the runs does not fall they are held nearer. The cost of a site is
/// J / observations, so that long records do not outweigh others.
class MapLearner {
 public:
  /// @param sites with the quadratic costs to begin with
  MapLearner(const calibration::ParameterMap& map, MapSites sites, const NetworkOptions& options, std::uint64_t seed);

  bool finished() const { return step_ >= options_.iterations || idle_ >= options_.patience; }
  /// Runs wanted next: all sites.
  std::vector<RunTask> ask() const;
  void tell(std::span<const SiteQuadratic> runs);
  /// Weights of the networks of the least cost so far, and that cost without penalties.
  const std::vector<calibration::Vector>& weights() const { return best_; }
  double cost() const { return best_cost_; }
  double decay() const { return decay_; }
  int steps() const { return step_; }

 private:
  void fit();
  double penalty() const;

  calibration::ParameterMap map_;
  MapSites sites_;  // with the runs of the best weights
  NetworkOptions options_;
  double decay_ = 0.0, near_;
  std::vector<calibration::Vector> next_, best_;
  double best_cost_ = INFINITY, best_sum_ = INFINITY;  // without and with the penalty of weights
  std::size_t best_failed_ = std::size_t(-1);          // runs of the best weights; steps that lose more are refused
  int step_ = 0, idle_ = 0;
};

}  // namespace tilth
