#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/random/random.hpp"
#include "driver/instrument/simulate_options.hpp"
#include "model/forcing/sphere_lattice.hpp"

namespace tilth {

/// Patches of cloud that persist: a Gaussian field in space and time whose value at a place has the uniform rank
/// `rank`; where that is above the clear-sky probability of the cell there is cloud, so that the mean cloudiness is
/// that of the weather. A pure function of its key; all instruments with the same options see the same clouds.
class Clouds {
 public:
  /// @pre options.are_patches()
  Clouds(const CloudOptions& options, std::uint64_t seed);
  /// Uniform in (0, 1) at a place (degrees) and time. The correlation of the Gaussian behind it falls to 0 within twice
  /// the correlation length and twice the persistence.
  double rank(Time at, double lon, double lat) const;

 private:
  std::int64_t persistence_s_;
  SphereLattice lattice_;
  Random random_;
};

/// Probability of a clear sky from a day's shortwave radiation: its ratio to that of a clear day; 0 in polar night.
double clear_sky_probability(Time day, double lat, double shortwave_w_m2);

}  // namespace tilth
