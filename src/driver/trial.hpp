#pragma once

#include <cstdint>

#include "driver/domain.hpp"

namespace tilth {

/// A short run of an experiment whose cost is measured, `tilth check`.
struct Trial {
  std::int64_t first = 0, windows = 1;  ///< windows of the experiment that it runs
  double coverage = 1.0;                ///< factor on the observations of simulated instruments
  int columns = 0;                      ///< about so many columns instead of all; 0: all
  bool cold = false;                    ///< no spin-up
};

/// Cuts the period, and takes out what a short run cannot do.
void shorten(const Trial& trial, Experiment& experiment);

/// Every n-th column of each rank, at least one, with new ids. Collective.
void thin(const Comm& comm, int columns, Grid& grid);

/// Takes the spin-up from the model of a domain.
void start_cold(Domain& domain);

}  // namespace tilth
