#include "assim/sampling_error.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>
#include <memory>
#include <mutex>

#include "assim/localisation.hpp"
#include "core/base/error.hpp"
#include "core/base/scalar_log.hpp"
#include "core/base/simd/math.hpp"

namespace tilth {
namespace {

constexpr int intervals = 200;  // of the table, from r = 0 to 1

/// Trapezoidal rule for a bell-shaped integrand about zero: step and number of nodes to each side.
struct Nodes {
  double step;
  int count;
};

/// Nodes for an integrand that falls like cosh(x)^-power from a peak of variance `variance`, to e^-40 of it.
Nodes nodes(double power, double variance) {
  constexpr double negligible = 40.0;
  const double step = std::min(0.25, 0.6 * std::sqrt(variance));  // error e^-39 (poles at i pi / 2) or e^-54 (Gaussian)
  const double e = simd::exp(negligible / power), end = scalar_log(e + std::sqrt(e * e - 1.0));
  return {step, int(std::ceil(end / step))};
}

struct Expectations {
  double rho, b, b_square;
};

/// Integrals over the true correlation rho = tanh(t) and the log ratio of the sample spreads w. The joint density of
/// (r, w) given rho is (1 - rho^2)^((N-1)/2) (cosh w - rho r)^-(N-1) times a function of r (from the Wishart density of
/// the sample covariance). With t = atanh(r) + tau and sinh(w / 2) = sqrt((1 - r^2) / 2) sinh(x) the integrand is bell-
/// shaped in tau and x for every r, and the trapezoidal rule converges exponentially.
Expectations expectations(double r, int members) {
  const double s2 = 1.0 - r * r, power = members - 1.0;
  const Nodes in_tau = nodes(power, 1.0 / power), in_x = nodes(2.0 * (power - 2.0), 0.5 / power);
  double mass = 0.0, rho_sum = 0.0, b_sum = 0.0, b_square_sum = 0.0;
  for (int i = -in_tau.count; i <= in_tau.count; ++i) {
    const double tau = i * in_tau.step, e = simd::exp(tau);
    const double cosh_tau = 0.5 * (e + 1.0 / e), sinh_tau = 0.5 * (e - 1.0 / e);
    const double cosh_t = cosh_tau + r * sinh_tau, sinh_t = sinh_tau + r * cosh_tau;  // both times sqrt(1 - r^2)
    const double rho = sinh_t / cosh_t;
    for (int j = 0; j <= in_x.count; ++j) {  // even in x
      const double ex = simd::exp(j * in_x.step), sinh_x = 0.5 * (ex - 1.0 / ex), cosh_x = 0.5 * (ex + 1.0 / ex);
      const double g2 = 0.5 * s2 * sinh_x * sinh_x;  // sinh(w / 2)^2
      const double cosh_w = 1.0 + 2.0 * g2, jacobian = cosh_x / std::sqrt(1.0 + g2);
      const double base = cosh_tau + cosh_t * sinh_x * sinh_x;
      const double density = (j == 0 ? 0.5 : 1.0) * jacobian * simd::exp(-power * scalar_log(base)) / (cosh_t * cosh_t);
      mass += density;
      rho_sum += density * rho;
      b_sum += density * rho * cosh_w;
      b_square_sum += density * rho * rho * (2.0 * cosh_w * cosh_w - 1.0);
    }
  }
  return {rho_sum / mass, b_sum / mass, b_square_sum / mass};
}

}  // namespace

double sample_correlation(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size() && a.size() >= 2);
  double product = 0.0, a_square = 0.0, b_square = 0.0, a_mean = 0.0, b_mean = 0.0;
  for (std::size_t k = 0; k < a.size(); ++k) {  // distances from the first member: exactly zero without spread
    a_mean += a[k] - a[0];
    b_mean += b[k] - b[0];
  }
  a_mean /= double(a.size());
  b_mean /= double(b.size());
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double x = a[k] - a[0] - a_mean, y = b[k] - b[0] - b_mean;
    product += x * y;
    a_square += x * x;
    b_square += y * y;
  }
  const double scale = std::sqrt(a_square) * std::sqrt(b_square);
  return scale > 0.0 ? std::clamp(product / scale, -1.0, 1.0) : 0.0;
}

double correlation_noise(int members) { return 1.0 / std::sqrt(members - 1.0); }

SamplingError::SamplingError(int members) : factor_(intervals + 1, 0.0), expected_(intervals + 1, 0.0) {
  require(members >= 4, "sampling error correction for ", members, " members; at least 4 are needed");
  for (int i = 1; i < intervals; ++i) {
    const double r = double(i) / intervals;
    const Expectations e = expectations(r, members);
    const double ratio = std::max(0.0, e.b_square / (e.b * e.b) - 1.0);  // Var[b] / E[b]^2
    expected_[i] = e.rho;
    factor_[i] = e.rho / r / (1.0 + (1.0 + 1.0 / members) * ratio);
  }
  factor_.back() = expected_.back() = 1.0;
}

double SamplingError::interpolated(const std::vector<double>& table, double r) const {
  assert(r >= 0.0 && r <= 1.0);
  const double x = r * intervals;
  const int i = std::min(intervals - 1, int(x));
  return table[i] + (x - i) * (table[i + 1] - table[i]);
}

double SamplingError::factor(double correlation) const { return interpolated(factor_, std::abs(correlation)); }

double SamplingError::expected_correlation(double correlation) const {
  return std::copysign(interpolated(expected_, std::abs(correlation)), correlation);
}

const SamplingError& sampling_error(int members) {
  static std::mutex mutex;
  static std::map<int, std::unique_ptr<const SamplingError>> tables;
  const std::lock_guard lock(mutex);
  auto& table = tables[members];
  if (!table) table = std::make_unique<const SamplingError>(members);
  return *table;
}

std::vector<std::string> correlation_taper_words() {
  return {"none", "hard", "gaspari_cohn", "furrer_bengtsson", "sampling_error"};
}

CorrelationTaper correlation_taper_of(const std::string& word) {
  const auto words = correlation_taper_words();
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return CorrelationTaper(i);
  throw Error("unknown correlation taper '" + word +
              "'; choose none, hard, gaspari_cohn, furrer_bengtsson or sampling_error");
}

double correlation_taper(CorrelationTaper shape, double r, int members, double noise_levels) {
  assert(members >= 2 && std::abs(r) <= 1.0 && noise_levels >= 0.0);
  constexpr double largest_threshold = 0.99;
  const double size = std::abs(r);
  const double threshold = std::min(largest_threshold, noise_levels * correlation_noise(members));
  switch (shape) {
    case CorrelationTaper::hard:
      return size >= threshold ? 1.0 : 0.0;
    case CorrelationTaper::gaspari_cohn:
      return gaspari_cohn(1.0 - size, 1.0 - threshold);
    case CorrelationTaper::furrer_bengtsson:
      return r * r / (r * r + (1.0 + r * r) / members);
    case CorrelationTaper::sampling_error:
      return sampling_error(members).factor(r);
    case CorrelationTaper::none:
      break;
  }
  return 1.0;
}

}  // namespace tilth
