#include "assim/scores.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/base/normal.hpp"
#include "core/base/scalar_log.hpp"

namespace tilth {
namespace {

/// Sums over members and pairs: |x - o|, and |x - x'| over unordered pairs.
struct Distances {
  double to_o = 0.0, of_pairs = 0.0;
};

Distances distances(std::span<const double> members, double o) {
  std::vector<double> e(members.begin(), members.end());
  for (double& x : e) x -= o;
  std::sort(e.begin(), e.end());
  Distances d;
  const double N = double(e.size());
  for (std::size_t i = 0; i < e.size(); ++i) {
    d.to_o += std::abs(e[i]);
    d.of_pairs += (2.0 * double(i) + 1.0 - N) * e[i];  // greater than i, smaller than N - 1 - i others
  }
  return d;
}

}  // namespace

double crps(std::span<const double> members, double o) {
  const double N = double(members.size());
  const Distances d = distances(members, o);
  return d.to_o / N - d.of_pairs / (N * N);
}

double crps_fair(std::span<const double> members, double o) {
  assert(members.size() >= 2);
  const double N = double(members.size());
  const Distances d = distances(members, o);
  return d.to_o / N - d.of_pairs / (N * (N - 1.0));
}

double crps_gaussian(double mean, double sd, double o) {
  if (sd == 0.0) return std::abs(o - mean);
  const double z = (o - mean) / sd;
  return sd * (z * (normal_cdf(z) - normal_cdf(-z)) + 2.0 * normal_density(z) - std::numbers::inv_sqrtpi);
}

int rank_of(std::span<const double> members, double o) {
  return int(std::count_if(members.begin(), members.end(), [o](double x) { return x < o; }));
}

void add(ScoreSums& sums, std::span<const double> members, double o, double error_sd) {
  assert(members.size() >= 2 && members.size() + 1 == sums.histogram.size());
  const double mean = member_mean(members), sd = member_spread(members);
  const double total = sd * sd + error_sd * error_sd;
  require(std::isfinite(mean) && std::isfinite(o) && total > 0.0, "score of a forecast ", mean, " with spread ", sd,
          " against ", o, " with error ", error_sd, "; all must be finite and one of the spreads positive");
  const double N = double(members.size());
  const Distances d = distances(members, o);
  sums.crps += d.to_o / N - d.of_pairs / (N * N);
  sums.crps_fair += d.to_o / N - d.of_pairs / (N * (N - 1.0));
  sums.crps_gaussian += crps_gaussian(mean, sd, o);
  sums.error += mean - o;
  sums.square += (mean - o) * (mean - o);
  sums.variance += sd * sd;
  const double reduced = (o - mean) / std::sqrt(total);
  sums.reduced += reduced;
  sums.reduced_square += reduced * reduced;
  sums.log_score += 0.5 * (scalar_log(2.0 * std::numbers::pi * total) + reduced * reduced);
  ++sums.histogram[std::size_t(rank_of(members, o))];
  ++sums.count;
}

Scores scores(const ScoreSums& sums) {
  assert(sums.count >= 1);
  const double n = double(sums.count), N = double(sums.histogram.size()) - 1.0;
  Scores s;
  s.crps = sums.crps / n;
  s.crps_fair = sums.crps_fair / n;
  s.crps_gaussian = sums.crps_gaussian / n;
  s.bias = sums.error / n;
  s.rmse = std::sqrt(sums.square / n);
  s.spread = std::sqrt(sums.variance / n);
  s.spread_corrected = s.spread * std::sqrt((N + 1.0) / N);
  s.rcrv_bias = sums.reduced / n;
  s.chi2 = sums.reduced_square / n;
  s.log_score = sums.log_score / n;
  if (sums.count > 1) s.rcrv_sd = std::sqrt(std::max(0.0, (s.chi2 - s.rcrv_bias * s.rcrv_bias) * n / (n - 1.0)));
  return s;
}

}  // namespace tilth
