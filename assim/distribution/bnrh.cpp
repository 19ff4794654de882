#include "assim/distribution/bnrh.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/base/normal.hpp"

namespace tilth {
namespace {

constexpr double least_inside = 0.01;  // share of a tail inside the bound below which it is uniform

std::vector<std::int32_t> ascending(std::span<const double> members) {
  std::vector<std::int32_t> order(members.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return members[a] < members[b] || (members[a] == members[b] && a < b); });
  return order;
}

/// Standard deviation; exactly 0 for equal members, whose mean may be rounded.
double spread_of(std::span<const double> members, std::span<const std::int32_t> order) {
  return members[order.front()] == members[order.back()] ? 0.0 : member_spread(members);
}

void check(std::span<const double> members, const Bounds& bounds) {
  require(members.size() >= 2, "a rank histogram of ", members.size(), " members; at least 2 are needed");
  for (std::size_t k = 0; k < members.size(); ++k)
    require(members[k] >= bounds.lower && members[k] <= bounds.upper && std::isfinite(members[k]), "member ", k, " is ",
            members[k], ", outside its bounds ", bounds.lower, " .. ", bounds.upper,
            "; widen the bounds of the distribution or repair the state");
}

/// Standard normal values of j q / 2, j = 0 ... 2 (N + 1), kept until another ensemble size is asked for.
std::span<const double> half_step_probits(int members) {
  thread_local std::vector<double> table;
  const int steps = 2 * (members + 1);
  if (int(table.size()) == steps + 1) return table;
  table.resize(std::size_t(steps) + 1);
  for (int j = 0; j <= steps / 2; ++j) {  // exactly odd about the middle
    table[std::size_t(j)] = normal_quantile(double(j) / steps);
    table[std::size_t(steps - j)] = -table[std::size_t(j)];
  }
  return table;
}

}  // namespace

BnrhTail::BnrhTail(double extreme, double spread, double q, double bound)
    : extreme_(extreme), spread_(spread), q_(q), bound_(bound), mean_(extreme - spread * normal_quantile(q)) {
  if (spread == 0.0 || std::isinf(bound)) return;
  outside_ = normal_cdf((bound - mean_) / spread);
  uniform_ = q - outside_ < least_inside * q;
  if (!uniform_) amplitude_ = q / (q - outside_);
}

double BnrhTail::mass(double x) const {
  if (x >= extreme_) return q_;
  if (spread_ == 0.0) return 0.0;
  if (uniform_) return q_ * (x - bound_) / (extreme_ - bound_);
  return std::clamp(amplitude_ * (normal_cdf((x - mean_) / spread_) - outside_), 0.0, q_);
}

double BnrhTail::place(double p) const {
  if (spread_ == 0.0) return extreme_;
  const double x = uniform_ ? bound_ + (p / q_) * (extreme_ - bound_)
                            : mean_ + spread_ * normal_quantile(std::min(q_, outside_ + p / amplitude_));
  return std::min(extreme_, std::max(bound_, x));
}

Bnrh::Bnrh(std::span<const double> members, const Bounds& bounds)
    : bounds_((check(members, bounds), bounds)),
      order_(ascending(members)),
      left_(members[order_.front()], spread_of(members, order_), 1.0 / double(members.size() + 1), bounds.lower),
      right_(-members[order_.back()], spread_of(members, order_), 1.0 / double(members.size() + 1), -bounds.upper) {
  const int N = int(members.size());
  sorted_.resize(members.size());
  half_steps_.resize(members.size());
  for (int i = 0; i < N; ++i) sorted_[i] = members[order_[i]];
  for (int first = 0, last; first < N; first = last) {
    last = first + 1;
    while (last < N && sorted_[last] == sorted_[first]) ++last;
    std::int32_t steps = first + 1 + last;  // twice the mean of the ranks first + 1 ... last
    if (sorted_[first] == bounds.lower) steps = last;
    if (sorted_[first] == bounds.upper) steps = 2 * (N + 1) - (last - first);
    for (int i = first; i < last; ++i) half_steps_[order_[i]] = steps;
  }
}

double Bnrh::cdf(double x) const {
  const auto [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), x);
  const int below = int(first - sorted_.begin()), N = members();
  if (first != last) return member_quantile(order_[below]);
  if (below == 0) return left_.mass(std::max(x, bounds_.lower));
  if (below == N) return 1.0 - right_.mass(std::max(-x, -bounds_.upper));
  return (below + (x - first[-1]) / (first[0] - first[-1])) / (N + 1);
}

double Bnrh::place(int bin, double fraction) const {
  const int N = members();
  assert(bin >= 0 && bin <= N && fraction >= 0.0 && fraction <= 1.0);
  if (bin == 0) return left_.place(fraction / (N + 1));
  if (bin == N) return -right_.place((1.0 - fraction) / (N + 1));
  const double low = sorted_[bin - 1], high = sorted_[bin];
  return std::min(high, low + fraction * (high - low));
}

double Bnrh::quantile(double u) const {
  assert(u >= 0.0 && u <= 1.0);
  const double steps = u * (members() + 1);
  const int bin = std::min(members(), int(steps));
  if (bin == members()) return -right_.place(std::min(1.0 - u, 1.0 / (members() + 1)));
  return place(bin, steps - bin);
}

double Bnrh::probit(double x) const {
  if (x > sorted_.back()) return -normal_quantile(right_.mass(std::max(-x, -bounds_.upper)));
  return normal_quantile(cdf(x));
}

double Bnrh::from_probit(double z) const {
  constexpr double farthest = 37.0;  // normal_cdf is positive there
  const double p = normal_cdf(std::clamp(z, -farthest, farthest)), q = 1.0 / (members() + 1);
  if (p > 0.5) {
    const double above = normal_cdf(std::max(-z, -farthest));
    if (above < q) return -right_.place(above);
  }
  return quantile(p);
}

std::vector<double> Bnrh::quantiles() const {
  std::vector<double> u(half_steps_.size());
  for (std::size_t k = 0; k < u.size(); ++k) u[k] = member_quantile(int(k));
  return u;
}

std::vector<double> Bnrh::probits() const {
  const auto table = half_step_probits(members());
  std::vector<double> z(half_steps_.size());
  for (std::size_t k = 0; k < z.size(); ++k) z[k] = table[half_steps_[k]];
  return z;
}

}  // namespace tilth
