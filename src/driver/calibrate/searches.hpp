#pragma once

#include <memory>
#include <vector>

#include "driver/calibrate/problem_costs.hpp"

namespace tilth {

/// What one search did.
struct SearchHistory {
  std::vector<double> values;        ///< J of every set in the order asked for; not-a-number: failed
  std::int64_t runs = 0;             ///< of the model, over the sites
  std::int64_t derivative_runs = 0;  ///< of these, with derivatives
  std::int64_t by_differences = 0;   ///< of these, with differences in place of derivatives that explode
  std::int64_t failed = 0;           ///< sets with a failed run
  SearchResult best = {};            ///< the set of least J that was run
  std::string broken = {};           ///< why the search could not go on, e.g. too many failed runs; else empty
};

/// Runs the searches of problems to their ends side by side: what all ask for runs together, then all are told. One
/// search per problem, the same on all ranks. A search that its results break ends; the others go on. Collective.
std::vector<SearchHistory> run_searches(ProblemCosts& costs,
                                        std::span<const std::unique_ptr<CalibrationSearch>> searches);

}  // namespace tilth
