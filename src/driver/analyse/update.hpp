#pragma once

#include <functional>
#include <vector>

#include "driver/analyse/file_rows.hpp"

namespace tilth {

/// A global analysis as weights of the prior members: mean + X w for the mean, X T for the anomalies, where X is the
/// prior anomalies divided by sqrt(N - 1).
struct EnsembleWeights {
  std::vector<double> mean;       ///< w, N values
  std::vector<double> transform;  ///< T, N x N, row-major
};

/// Runs the problem's method on the rows: once, or as often as an iterative method asks for. `predict` fills the table
/// of observations from the members as they are (pass 0, 1, ...). `weights` receives the weights unless null.
/// Collective.
void update_rows(const AnalyseProblem& options, FieldProblem& problem, FileRows& rows,
                 const std::function<void(int pass)>& predict, EnsembleWeights* weights);

}  // namespace tilth
