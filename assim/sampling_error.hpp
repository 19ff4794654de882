#pragma once

#include <span>
#include <string>
#include <vector>

namespace tilth {

/// Sample correlation of two rows of members; 0 where one of them has no spread.
double sample_correlation(std::span<const double> a, std::span<const double> b);

/// Standard deviation of the sample correlation of N independent normal pairs: sqrt(1 / (N - 1)).
double correlation_noise(int members);

/// Factor on the regression of a row on an observation that minimises sampling error, for one ensemble size
/// (Anderson 2012, Monthly Weather Review 140).
///
/// The true correlation rho is taken as uniform in (-1, 1) beforehand and the pair as normal. Given the sample
/// correlation r, with b the true regression coefficient in units of the sample's spreads,
///
///     factor = (E[rho] / r) / (1 + (1 + 1/N) Var[b] / E[b]^2).
///
/// The expectations are integrals over rho and the ratio of spreads, done here by quadrature where the original draws
/// samples; the factor is tabulated at 201 correlations and interpolated linearly.
class SamplingError {
 public:
  /// 10 to 50 ms for 10 members and more. @pre members >= 4 (below, Var[b] is not finite); throws otherwise
  explicit SamplingError(int members);

  /// Factor at a sample correlation, symmetric, from 0 at 0 to 1 at 1.
  double factor(double correlation) const;
  /// Expected true correlation, antisymmetric.
  double expected_correlation(double correlation) const;

 private:
  double interpolated(const std::vector<double>& table, double r) const;
  std::vector<double> factor_, expected_;
};

/// The table of an ensemble size, made at the first call and kept. Any thread may call it.
const SamplingError& sampling_error(int members);

/// Weight of a link that has no distance (global parameters, other variables), from its sample correlation.
enum class CorrelationTaper {
  none,              ///< 1
  hard,              ///< 1 where |r| reaches the threshold, 0 below it
  gaspari_cohn,      ///< Gaspari-Cohn in (1 - |r|) / (1 - threshold) (Luo & Bhakta 2020); 5/24 at the threshold
  furrer_bengtsson,  ///< r^2 / (r^2 + (1 + r^2) / N) (Furrer & Bengtsson 2007, eq. 23): no threshold
  sampling_error     ///< `SamplingError::factor`: no threshold
};

/// Words for the weights, in the order of the enumeration.
std::vector<std::string> correlation_taper_words();
/// The weight of a word of `correlation_taper_words`; throws at any other.
CorrelationTaper correlation_taper_of(const std::string& word);

/// Weight in 0 ... 1 that grows with |r|. The threshold is `noise_levels` times `correlation_noise`, at most 0.99.
/// @pre members >= 2, for sampling_error >= 4; |r| <= 1; noise_levels >= 0
double correlation_taper(CorrelationTaper shape, double r, int members, double noise_levels);

}  // namespace tilth
