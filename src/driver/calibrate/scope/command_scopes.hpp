#pragma once

#include "driver/calibrate/model_runs.hpp"
#include "driver/calibrate/scope/run_scopes.hpp"

namespace tilth {

/// tilth calibrate with `calibration.scopes`: scopes.nc, scopes.csv, features.csv and, where asked for,
/// parameter_maps.nc and simulations/*.nc in a folder. Returns the table for people. Collective.
std::string calibrate_scopes(RunPool& pool, const ModelRuns& runs, const ScopeCosts& costs, const std::string& folder);

}  // namespace tilth
