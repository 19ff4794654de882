#include "assim/gram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tilth {

GramSum::GramSum(int members, double bound, bool perturbs)
    : members_(members),
      perturbs_(perturbs),
      sum_(std::size_t(members) * (members + 1) / 2 + members + 1 + (perturbs ? std::size_t(members) * members : 0),
           bound > 0.0 ? bound * bound : 1.0),
      z_(members + 1) {}

double GramSum::magnitude(std::span<const double> y, double d, double weight, std::span<const double> e) {
  const double root = std::sqrt(weight);
  double largest = std::abs(root * d);
  for (const double value : y) largest = std::max(largest, std::abs(root * value));
  for (const double value : e) largest = std::max(largest, std::abs(root * value));
  return largest;
}

void GramSum::add(std::span<const double> y, double d, double weight, std::span<const double> e) {
  assert(int(y.size()) == members_ && weight >= 0.0 && e.size() == (perturbs_ ? y.size() : 0));
  if (weight == 0.0) return;
  const double root = std::sqrt(weight);
  for (int k = 0; k < members_; ++k) z_[k] = root * y[k];
  z_[members_] = root * d;
  std::size_t i = 0;
  for (int k = 0; k < members_; ++k)
    for (int l = k; l < members_; ++l) sum_.add(i++, z_[k] * z_[l]);
  for (int k = 0; k <= members_; ++k) sum_.add(i++, z_[k] * z_[members_]);
  for (int k = 0; k < members_ && perturbs_; ++k)
    for (int l = 0; l < members_; ++l) sum_.add(i++, z_[k] * (root * e[l]));
  ++count_;
}

ObsGram GramSum::total(const Comm& comm) const {
  const std::vector<double> sums = sum_.total(comm);
  ObsGram gram(members_);
  const std::size_t N = members_;
  std::size_t i = 0;
  for (std::size_t k = 0; k < N; ++k)
    for (std::size_t l = k; l < N; ++l) gram.YtRY[k * N + l] = gram.YtRY[l * N + k] = sums[i++];
  for (std::size_t k = 0; k < N; ++k) gram.YtRd[k] = sums[i++];
  gram.dtRd = sums[i++];
  if (perturbs_) gram.YtRE.assign(sums.begin() + std::ptrdiff_t(i), sums.end());
  gram.count = double(comm.sum(count_));
  return gram;
}

ObsGram reproducible_gram(const Comm& comm, const ObsSpace& space, std::span<const std::int32_t> obs,
                          std::span<const double> taper) {
  assert(obs.size() == taper.size());
  const auto y = [&](std::size_t j) {
    return space.Y.subspan(std::size_t(obs[j]) * space.stride, std::size_t(space.members));
  };
  // Perturbations of an observation that counts for `taper` have the error variance divided by it.
  std::vector<double> scaled;
  const auto e = [&](std::size_t j) -> std::span<const double> {
    if (space.E.empty()) return {};
    const auto own = space.E.subspan(std::size_t(obs[j]) * space.stride, std::size_t(space.members));
    scaled.assign(own.begin(), own.end());
    for (double& x : scaled) x /= std::sqrt(taper[j]);
    return scaled;
  };
  double bound = 0.0;
  for (std::size_t j = 0; j < obs.size(); ++j)
    if (taper[j] > 0.0)
      bound = std::max(bound, GramSum::magnitude(y(j), space.d[obs[j]], taper[j] / space.variance[obs[j]], e(j)));
  GramSum sum(space.members, comm.max(bound), comm.any(!space.E.empty()));
  for (std::size_t j = 0; j < obs.size(); ++j)
    if (taper[j] > 0.0) sum.add(y(j), space.d[obs[j]], taper[j] / space.variance[obs[j]], e(j));
  return sum.total(comm);
}

}  // namespace tilth
