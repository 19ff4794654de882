#pragma once

#include <string>
#include <vector>

#include "driver/experiment.hpp"

namespace tilth {

/// `Error` when `experiments` names a stream that is not there or a name that cannot be a part's.
void check_set(const Experiment& experiment);

/// The experiment of that name of a set: its options, with the streams that it withholds marked (`denied`, not
/// assimilated), in the folder `experiments/<name>` of the set. `Error` when its `set` is not valid or would change
/// what the set shares.
Experiment variant(const Experiment& experiment, const std::string& name);

/// All of them, in file order: an experiment that is not valid is found before any runs.
std::vector<Experiment> variants(const Experiment& experiment);

/// How many experiments of the set (or the one analysis) compute the impact of their observations.
std::int64_t judging_experiments(const Experiment& experiment);

/// Names in file order.
std::vector<std::string> set_names(const Experiment& experiment);

/// Folder of an experiment of a set within that of the run.
std::string set_folder(const std::string& run, const std::string& name);

}  // namespace tilth
