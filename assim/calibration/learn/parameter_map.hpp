#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/calibration/learn/clusters.hpp"
#include "assim/calibration/learn/network.hpp"
#include "assim/calibration/optimise/quasi_newton.hpp"

namespace tilth::calibration {

/// Maps features of places to parameters within bounds: standardised features, a network, and a logistic function per
/// parameter that gives the default where the network's output is zero.
class ParameterMap {
 public:
  /// @param hidden units of the hidden layers @param features of the places it learns from, one per row
  ParameterMap(const Box& box, const Vector& defaults, const Matrix& features, const std::vector<Index>& hidden);

  const Network& network() const { return network_; }
  /// Parameters of places, one per row.
  Matrix parameters(const Vector& weights, const Matrix& features) const;
  /// dJ/dweights from dJ/dparameters of every place: the chain rule.
  Vector gradient(const Vector& weights, const Matrix& features, const Matrix& by_parameters) const;
  const Box& box() const { return box_; }

 private:
  Box box_;
  Vector shift_;  // logit of the defaults
  Standardisation standard_;
  Network network_;
};

struct MapOptions {
  double decay = 1e-3;  ///< factor of |weights|^2 / 2
  int iterations = 300;
  double rate = 0.02;  ///< of Adam
  std::uint64_t seed = 1;
};

/// Weights that map features to given parameters (site optima, learned after the fact): least mean square in widths of
/// the box plus decay, by quasi-Newton. Rows that are not finite are left out.
Vector fitted_weights(const ParameterMap& map, const Matrix& features, const Matrix& parameters,
                      const MapOptions& options = {});

/// Learns the map end to end: asks for the parameters of all places, is told the cost of each and its derivatives with
/// respect to them, and takes a step of Adam on the mean cost plus decay. Places that failed do not count in a step.
class EndToEnd {
 public:
  EndToEnd(ParameterMap map, Matrix features, const MapOptions& options = {});

  Matrix ask() const { return map_.parameters(adam_.ask(), features_); }
  void tell(const Vector& cost, const Matrix& by_parameters);
  bool finished() const { return step_ >= options_.iterations; }
  const Vector& weights() const { return adam_.ask(); }
  const Vector& best_weights() const { return best_; }  ///< of the least mean cost so far, all places good
  double best_cost() const { return best_cost_; }
  const std::vector<double>& failed() const { return failed_; }  ///< pairs: step, place

  std::vector<double> numbers() const { return numbers_of(*this); }
  void restore(std::span<const double> numbers) { restore_from(numbers, *this); }
  template <class A>
  void fields(A& archive) {
    archive(adam_, best_, best_cost_, step_, failed_);
  }

 private:
  ParameterMap map_;
  Matrix features_;
  MapOptions options_;
  Adam adam_;
  Vector best_;
  double best_cost_ = INFINITY;
  int step_ = 0;
  std::vector<double> failed_;
};

}  // namespace tilth::calibration
