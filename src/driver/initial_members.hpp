#pragma once

#include <string>

#include "driver/members.hpp"

namespace tilth {

/// Gives the nature run the parameter values of `nature.parameters`, in all of their units.
void set_true_parameters(Members& nature);

/// Starts all members around the single member of a nature run's restart file: its state plus independent noise
/// (`ensemble.initial`). Parameters stay as they were drawn. Collective.
void start_around_nature(Members& members, const std::string& restart);

/// Reads the prognostic variables of all members from a NetCDF file: each over (point, member, layer), the layer left
/// out for variables of one; all tiles of a column get the same. `Error` for a missing variable, another shape or a
/// value that is not finite or out of bounds. Collective.
void read_initial_members(Members& members, const std::string& path);

}  // namespace tilth
