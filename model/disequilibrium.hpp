#pragma once

#include <algorithm>
#include <vector>

#include "model/land_model.hpp"

namespace tilth {

/// A parameter that says how far from equilibrium a pool is after a spin-up (Carvalhais et al. 2008). It acts there and
/// nowhere else.
struct Disequilibrium {
  int parameter = 0;  ///< of the model's definitions
  int row = 0;        ///< of a tile
  static constexpr double least = 1e-3, most = 1e5;

  /// The pool that starts, from that in equilibrium and the factor.
  double pool_of(double equilibrium, double factor) const { return std::clamp(equilibrium * factor, least, most); }
  /// Its derivative by the factor.
  double slope_of(double equilibrium, double factor) const {
    const double pool = equilibrium * factor;
    return pool > least && pool < most ? equilibrium : 0.0;
  }
};

/// Those of a model; empty where it has none.
std::vector<Disequilibrium> disequilibria(const ModelTraits& traits);

}  // namespace tilth
