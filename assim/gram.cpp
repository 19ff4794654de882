#include "assim/gram.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tilth {

GramSum::GramSum(int members, double bound)
    : members_(members),
      sum_(std::size_t(members) * (members + 1) / 2 + members + 1, bound > 0.0 ? bound * bound : 1.0),
      z_(members + 1) {}

double GramSum::magnitude(std::span<const double> y, double d, double weight) {
  const double root = std::sqrt(weight);
  double largest = std::abs(root * d);
  for (const double value : y) largest = std::max(largest, std::abs(root * value));
  return largest;
}

void GramSum::add(std::span<const double> y, double d, double weight) {
  assert(int(y.size()) == members_ && weight >= 0.0);
  if (weight == 0.0) return;
  const double root = std::sqrt(weight);
  for (int k = 0; k < members_; ++k) z_[k] = root * y[k];
  z_[members_] = root * d;
  std::size_t i = 0;
  for (int k = 0; k < members_; ++k)
    for (int l = k; l < members_; ++l) sum_.add(i++, z_[k] * z_[l]);
  for (int k = 0; k <= members_; ++k) sum_.add(i++, z_[k] * z_[members_]);
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
  gram.dtRd = sums[i];
  gram.count = double(comm.sum(count_));
  return gram;
}

ObsGram reproducible_gram(const Comm& comm, const ObsSpace& space, std::span<const std::int32_t> obs,
                          std::span<const double> taper) {
  assert(obs.size() == taper.size());
  const auto y = [&](std::size_t j) {
    return space.Y.subspan(std::size_t(obs[j]) * space.stride, std::size_t(space.members));
  };
  double bound = 0.0;
  for (std::size_t j = 0; j < obs.size(); ++j)
    bound = std::max(bound, GramSum::magnitude(y(j), space.d[obs[j]], taper[j] / space.variance[obs[j]]));
  GramSum sum(space.members, comm.max(bound));
  for (std::size_t j = 0; j < obs.size(); ++j) sum.add(y(j), space.d[obs[j]], taper[j] / space.variance[obs[j]]);
  return sum.total(comm);
}

}  // namespace tilth
