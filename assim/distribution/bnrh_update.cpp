#include "assim/distribution/bnrh_update.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/normal.hpp"
#include "core/base/scalar_log.hpp"
#include "core/base/simd/math.hpp"

namespace tilth {
namespace {

/// exp(log likelihood) over its sum.
std::vector<double> normalised(std::vector<double> log_likelihood) {
  const double largest = *std::max_element(log_likelihood.begin(), log_likelihood.end());
  double sum = 0.0;
  for (double& l : log_likelihood) sum += l = simd::exp(l - largest);
  for (double& l : log_likelihood) l /= sum;
  return log_likelihood;
}

std::vector<double> log_gaussian(std::span<const double> members, double y, double variance) {
  require(variance > 0.0 && std::isfinite(variance) && std::isfinite(y), "observation ", y, " with error variance ",
          variance, "; the variance must be positive and both finite");
  std::vector<double> l(members.size());
  for (std::size_t k = 0; k < l.size(); ++k) l[k] = -0.5 * (y - members[k]) * (y - members[k]) / variance;
  return l;
}

/// Masses of the posterior's bins, scaled to a sum of one.
std::vector<double> bin_masses(const Bnrh& prior, std::span<const double> likelihood) {
  assert(int(likelihood.size()) == prior.members());
  const std::size_t N = likelihood.size();
  const auto l = [&](std::size_t i) { return likelihood[prior.order()[i]]; };
  std::vector<double> mass(N + 1);
  mass[0] = l(0);
  for (std::size_t i = 1; i < N; ++i) mass[i] = 0.5 * (l(i - 1) + l(i));
  mass[N] = l(N - 1);
  double sum = 0.0;
  for (const double m : mass) {
    require(m >= 0.0 && std::isfinite(m), "a likelihood of ", m, "; it must be finite and not negative");
    sum += m;
  }
  require(sum > 0.0, "the likelihood of all ", N, " members is zero");
  for (double& m : mass) m /= sum;
  return mass;
}

std::vector<double> summed_up(std::span<const double> mass) {
  std::vector<double> sum(mass.size() - 1);
  double running = 0.0;
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = running += mass[i];
  return sum;
}

}  // namespace

std::vector<double> gaussian_likelihood(std::span<const double> members, double y, double variance) {
  return normalised(log_gaussian(members, y, variance));
}

std::vector<double> truncated_gaussian_likelihood(std::span<const double> members, double y, double variance,
                                                  const Bounds& bounds) {
  std::vector<double> l = log_gaussian(members, y, variance);
  const double sd = std::sqrt(variance);
  for (std::size_t k = 0; k < l.size(); ++k) {
    assert(members[k] >= bounds.lower && members[k] <= bounds.upper);
    const double outside = normal_cdf((bounds.lower - members[k]) / sd) + normal_cdf((members[k] - bounds.upper) / sd);
    l[k] -= scalar_log(1.0 - outside);
  }
  return normalised(std::move(l));
}

std::vector<double> bnrh_posterior_cdf(const Bnrh& prior, std::span<const double> likelihood) {
  return summed_up(bin_masses(prior, likelihood));
}

std::vector<double> bnrh_update(const Bnrh& prior, std::span<const double> likelihood) {
  const std::vector<double> mass = bin_masses(prior, likelihood), sum = summed_up(mass);
  std::vector<double> posterior = prior.quantiles();
  for (double& x : posterior) {
    const double u = x;
    const std::size_t bin = std::size_t(std::upper_bound(sum.begin(), sum.end(), u) - sum.begin());
    const double below = bin == 0 ? 0.0 : sum[bin - 1];
    // the last bin may be empty when rounding leaves the sum just below one
    const double fraction = mass[bin] > 0.0 ? std::min(1.0, (u - below) / mass[bin]) : 0.0;
    x = prior.place(int(bin), fraction);
  }
  return posterior;
}

}  // namespace tilth
