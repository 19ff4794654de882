#pragma once

#include <optional>

#include "core/random/random.hpp"
#include "driver/domain.hpp"
#include "driver/instrument/sampler.hpp"
#include "model/forcing/sphere_lattice.hpp"

namespace tilth {

/// What an instrument makes of a truth.
struct Measured {
  double value = 0.0;
  double error_sd = 0.0;  ///< as stated in the file
};

/// Error standard deviations of a mean over footprints.
struct FootprintErrors {
  double instrument = 0.0, representativeness = 0.0;
};

/// `count` footprints of a cell, each with the error `sd` and the correlation of the options between any two: sd
/// sqrt((1 - c) / n + c). Representativeness: of a sample of n of the N pieces of the cell's land, each with the
/// standard deviation `within`: within sqrt((1 - n / N) / n); a footprint larger than the cell: within sqrt(1 - cell /
/// footprint). @pre options.counts_footprints(), look.footprints >= 1, cell_km2 > 0
FootprintErrors footprint_errors(const InstrumentErrors& options, const Look& look, double cell_km2, double sd,
                                 double within);

/// Errors of one stream. All draws are keyed by stream, day and place: they depend neither on ranks nor on order.
class SimulatedErrors {
 public:
  SimulatedErrors(const Domain& domain, int type);
  /// @pre look.footprints >= 1 where footprints are counted
  Measured measured(double truth, const Look& look, double level, int column) const;

 private:
  double bias(double truth, const Look& look, int column) const;
  double noise(const Look& look, double level, int column) const;
  const Domain& domain_;
  int type_;
  Random error_, pattern_, within_;
  std::int64_t correlation_time_s_;
  std::optional<SphereLattice> lattice_, bias_lattice_;
};

}  // namespace tilth
