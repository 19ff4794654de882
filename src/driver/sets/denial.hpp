#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "driver/domain.hpp"
#include "driver/sets/impact_norm.hpp"

namespace tilth {

/// Error of the forecasts of an experiment by (region, dominant type or "all").
using CellErrors = std::map<std::pair<std::string, std::string>, double>;

/// Mean error of the window forecasts in `folder` (products before the analysis of their window), from the second
/// window that counts on. In the norm, against the nature run of `run`; without one (norm.reference) the mean over
/// streams of squared departures of the observations of the feedback in units of their error variance, used or
/// withheld, all types of cells together. Collective.
CellErrors forecast_errors(const Domain& domain, const ImpactNorm& norm, const std::string& run,
                           const std::string& folder);

/// The experiment of a set that denies exactly one stream and differs in nothing else, by stream.
std::map<std::string, std::string> denials(const Experiment& experiment);

}  // namespace tilth
