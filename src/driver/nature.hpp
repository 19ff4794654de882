#pragma once

#include "driver/domain.hpp"
#include "driver/experiment.hpp"
#include "driver/trial.hpp"

namespace tilth {

/// Whether the nature run is of another model, other weather or other parameters than the ensemble (a fraternal twin),
/// so that it needs a domain of its own.
bool is_fraternal(const Experiment& experiment);

/// The experiment of the nature run of a fraternal twin: its own model, weather and parameters, the same grid, period
/// and instruments. Of the uncertain parameters and the products, those that its model has. `Error` for a true value of
/// a parameter that it does not have.
Experiment nature_experiment(const Experiment& experiment);

/// The domain of a nature run of another kind than the ensemble. Must stay in place. Collective.
struct OtherNature {
  OtherNature(const Comm& comm, const Experiment& ensemble, const Trial* trial);
  OtherNature(const OtherNature&) = delete;
  Experiment experiment;
  Domain domain;
};

/// `Error` for what a fraternal twin cannot be compared by.
void require_comparable(const Experiment& experiment);

}  // namespace tilth
