#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tilth {

// Scores of an ensemble forecast of one quantity against its verification o. N members; variances divide by N - 1.

/// Continuous ranked probability score of the members' step function, mean |x - o| - 1/2 mean |x - x'| (Gneiting &
/// Raftery 2007, eq. 21; divisor N^2). O(N log N).
double crps(std::span<const double> members, double o);

/// The same with divisor N (N - 1): the expectation does not depend on the ensemble size (Ferro 2014). @pre N >= 2
double crps_fair(std::span<const double> members, double o);

/// Of a normal distribution (Gneiting et al. 2005, eq. 5). @pre sd >= 0
double crps_gaussian(double mean, double sd, double o);

/// Number of members strictly below o: 0 ... N.
int rank_of(std::span<const double> members, double o);

/// Scores over many cases.
struct Scores {
  double crps = 0.0, crps_fair = 0.0, crps_gaussian = 0.0;  ///< means over the cases
  double bias = 0.0, rmse = 0.0;          ///< of the mean forecast: mean and root mean square of mean - o
  double spread = 0.0;                    ///< root of the mean variance
  double spread_corrected = 0.0;          ///< spread * sqrt((N + 1) / N): what the rmse of a reliable ensemble equals
  double rcrv_bias = 0.0, rcrv_sd = 0.0;  ///< mean and standard deviation of (o - mean) / sqrt(variance + error^2)
                                          ///< (Candille et al. 2007); 0 and 1 where reliable
  double chi2 = 0.0;                      ///< mean square of the same
  double log_score = 0.0;                 ///< mean of -log N(o; mean, variance + error^2)
};

/// Sums from which `Scores` follow; they can be added over ranks and windows.
struct ScoreSums {
  explicit ScoreSums(int members) : histogram(std::size_t(members) + 1, 0) {}

  std::vector<std::int64_t> histogram;  ///< counts of `rank_of`
  std::int64_t count = 0;
  double crps = 0.0, crps_fair = 0.0, crps_gaussian = 0.0, error = 0.0, square = 0.0, variance = 0.0;
  double reduced = 0.0, reduced_square = 0.0, log_score = 0.0;
};

/// Adds one case; `error_sd` is that of the verification (0: exact). Throws where a number is not finite or neither the
/// members nor the verification have any spread. @pre members.size() >= 2 and that of the sums
void add(ScoreSums& sums, std::span<const double> members, double o, double error_sd);

/// @pre sums.count >= 1; with one case rcrv_sd is 0
Scores scores(const ScoreSums& sums);

}  // namespace tilth
