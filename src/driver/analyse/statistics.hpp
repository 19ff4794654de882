#pragma once

#include <vector>

#include "driver/analyse/file_rows.hpp"
#include "io/predicted_file.hpp"

namespace tilth {

/// Statistics of a small global problem, from the sample covariances of the prior members: innovation covariance
/// S = Y Y' / (N - 1) + R, chi2 = d' S^-1 d, log likelihood log N(d; 0, S), gain K = X Y' / (N - 1) S^-1.
struct ProblemStatistics {
  std::int64_t observations = 0;
  std::vector<double> S;  ///< n x n
  double chi2 = 0.0, log_likelihood = 0.0;
  std::vector<double> regression;  ///< Y' S^-1 / (N - 1), N x n: a row of members times it is its gain
};

/// The same on every rank; `R` (n x n) is on the root, empty for errors that are independent. `Error` when there are
/// too many observations. Collective.
ProblemStatistics problem_statistics(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& o,
                                     const std::vector<double>& R);

/// Defines and writes the statistics, with the gain of every variable in `<variable>_gain`.
class StatisticsOutput {
 public:
  /// Defines the variables. Collective.
  StatisticsOutput(EnsembleWriter& writer, const EnsembleFile& file, const ProblemStatistics& statistics);
  /// Collective.
  void write(const Comm& comm, EnsembleWriter& writer, const EnsembleFile& file) const;

 private:
  const ProblemStatistics& statistics_;
  int S_, chi2_, log_likelihood_;
  std::vector<EnsembleVariable> shapes_;
  std::vector<int> gains_;
};

}  // namespace tilth
