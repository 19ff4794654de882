#pragma once

#include <string>
#include <vector>

#include "assim/field/localisation_rules.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/analyse/places.hpp"
#include "io/predicted_file.hpp"

namespace tilth {

/// The types that occur in a file, over all ranks in alphabetical order, as localisation sees them. Collective.
std::vector<ObsKind> observed_kinds(const Comm& comm, const AnalyseProblem& problem,
                                    const PredictedObservations& observations, const Places& places);

/// `Error` unless the predictions are of `members` members and each observation has spread over them. Collective.
void check_spread(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& observations,
                  int members);

/// Longitudes and latitudes of this rank's observations; empty where the file gives no places, which is an `Error` when
/// `needed`. Collective.
struct ObservedPlaces {
  std::vector<double> lon, lat;
};
ObservedPlaces observed_places(const Comm& comm, const AnalyseProblem& problem,
                               const PredictedObservations& observations, const Places& places, bool needed);

/// The observations as a table on the ranks that own the nearest points, with the first of the perturbations.
/// Collective.
ObsTable observed_table(const Comm& comm, const Grid& grid, const PredictedObservations& observations,
                        const ObservedPlaces& at, const std::vector<ObsKind>& kinds, bool centre_perturbations);

}  // namespace tilth
