#pragma once

#include "driver/members.hpp"

namespace tilth {

/// Adds the spread of the cold start that the model declares (`Variable::start_sd`) to column c.
void add_start_noise(Members& members, int c);

/// Adds the model error that the model declares (`Variable::noise_sd`) to column c after the step that began at `day`.
/// Drawn for (seed, day, member, column, tile and row): the same for any number of ranks and after a restart.
void add_model_noise(Members& members, Time day, int c);

/// Adds independent normal noise of standard deviation `sd` to every prognostic value of column c.
void add_state_noise(Members& members, int c, double sd);

}  // namespace tilth
