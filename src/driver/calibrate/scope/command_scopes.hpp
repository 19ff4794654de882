#pragma once

#include "driver/calibrate/model_runs.hpp"
#include "driver/calibrate/scope/run_scopes.hpp"

namespace tilth {

/// True z of a twin at places with features: 1.5 tanh of random sums of the standardised features, within bounds.
calibration::Matrix truth_of_features(const SiteRuns& runs, const calibration::Matrix& features, std::uint64_t seed);

/// Gives the observations of a twin the values of such a truth (`calibration.twin.of_features`). Collective.
void observe_truth_of_features(const Comm& comm, ModelRuns& runs);

/// tilth calibrate with `calibration.scopes`: scopes.nc, scopes.csv, features.csv and, where asked for,
/// parameter_maps.nc and simulations/*.nc in a folder. Returns the table for people. Collective.
std::string calibrate_scopes(RunPool& pool, const ModelRuns& runs, const ScopeCosts& costs, const std::string& folder);

}  // namespace tilth
