#pragma once

#include <cstdint>

#include "driver/domain.hpp"

namespace tilth {

/// A short run of an experiment whose cost is measured, `tilth check`.
struct Trial {
  std::int64_t first = 0, windows = 1;  ///< windows of the experiment that it runs
  double coverage = 1.0;                ///< factor on the observations of simulated instruments
  int columns = 0;                      ///< about so many columns instead of all; 0: all
  bool still = false;                   ///< the model stands still but for the first day, and starts without a spin-up
};

/// Cuts the period, and takes out what a short run cannot do.
void shorten(const Trial& trial, Experiment& experiment);

/// Every n-th column of each rank, at least one, with new ids. Collective.
void thin(const Comm& comm, int columns, Grid& grid);

/// Puts a model in place of the domain's that costs nothing after the day that starts at `first_day`.
void stand_still(Domain& domain);

}  // namespace tilth
