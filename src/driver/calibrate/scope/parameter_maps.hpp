#pragma once

#include <string>

#include "driver/calibrate/scope/scope_parameters.hpp"

namespace tilth {

struct MapRequest {
  std::string grid;                   ///< experiment file with grid, weather and period
  std::vector<std::string> features;  ///< words that the networks were learned with
  std::string path;                   ///< file to write
};

/// Writes maps of the parameters that networks give to every point of a grid: mean and spread over the networks of the
/// physical value of its dominant plant functional type; points without vegetation are missing. Features come from the
/// weather and surface of that experiment over its period. Collective.
void write_parameter_maps(const Comm& comm, const MapRequest& request, const SiteRuns& runs, const LearnedMaps& maps);

}  // namespace tilth
