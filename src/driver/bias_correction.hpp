#pragma once

#include <string>
#include <vector>

#include "driver/observation_store.hpp"
#include "io/attributes.hpp"

namespace tilth {

/// The maps of a stream's `bias_correction`, from an earlier run's feedback or from a file of statistics. `files`: what
/// was read is appended. Collective.
BiasStatistics bias_statistics(const Domain& domain, int type, std::vector<std::string>& files);

/// Corrects the values and error standard deviations of a stream's records that have a column. Records of a grid point
/// and season without a map are an `Error` on all ranks. Collective.
void correct_bias(const Domain& domain, int type, const BiasStatistics& statistics, std::vector<ObsRecord>& records);

/// The attribute of feedback files that names the streams with a bias correction; none without.
Attributes corrected_streams(const Domain& domain);

}  // namespace tilth
