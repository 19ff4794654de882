#pragma once

#include <vector>

#include "driver/members.hpp"

namespace tilth {

/// Appends the bias parameters of all streams to `parameters`, which hold the model's, and tells every stream its own.
void append_biases(const Experiment& experiment, std::vector<Stream>& streams,
                   std::vector<ParameterDefinition>& parameters);

/// The bias parameters of all streams as uncertain ones, updated by the analysis.
std::vector<UncertainParameter> uncertain_biases(const Domain& domain);

/// Adds every member's bias of their stream to the predictions of this rank's observations.
void add_biases(const Members& members, ObsTable& obs);

/// The experiment's localisation, with rules that let only a stream's own observations, as far as they may belong to
/// the column, move its column biases. A rule of the experiment that names the bias replaces them.
LocalisationOptions localisation_with_biases(const Domain& domain);

/// Whether observations of `type` may inform parameter `definition`: any but the bias of another stream.
bool informs(const Domain& domain, int type, int definition);

}  // namespace tilth
