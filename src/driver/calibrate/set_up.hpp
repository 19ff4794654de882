#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/calibrate/model_runs.hpp"
#include "driver/calibrate/problems.hpp"
#include "driver/calibrate/site_cost.hpp"
#include "driver/experiment.hpp"

namespace tilth {

/// How an experiment makes its model runs; reads the table of parameters. @throws Error
ModelRunOptions model_run_options(const Experiment& experiment);

/// How its streams count in J.
std::vector<StreamRule> stream_rules(const Experiment& experiment);

/// Everything that decides what a run gives, for the head of a journal.
std::string journal_problem(const Experiment& experiment);

/// True z of a twin: one row per site, those of a problem alike. A table of parameters moves the origin of z, not the
/// truth. @throws Error for unknown parameters
calibration::Matrix twin_truth(const ModelRuns& runs, const CalibrationOptions& options);

/// The runs of an experiment, with the observations of its twin if it is one. Collective.
std::unique_ptr<ModelRuns> made_runs(const Comm& comm, const Experiment& experiment);

/// Physical value of a calibrated parameter for a type; not-a-number where that type keeps its default.
double type_value(const ModelRuns& runs, int site, int parameter, int pft, double z);

}  // namespace tilth
