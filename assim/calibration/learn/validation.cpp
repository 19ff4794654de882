#include "assim/calibration/learn/validation.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

// A random order of 0, ..., n - 1 for a pair of keys (Fisher & Yates).
std::vector<Index> shuffled(Index n, const Draws& draws, std::int64_t a, std::int64_t b) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Index{0});
  for (Index i = n - 1; i > 0; --i) std::swap(order[std::size_t(i)], order[std::size_t(draws.below(i + 1, a, b, i))]);
  return order;
}

}  // namespace

std::vector<int> k_folds(Index places, int folds, std::uint64_t seed, const std::vector<int>& strata) {
  require(folds >= 2 && folds <= places && (strata.empty() || Index(strata.size()) == places), folds, " folds of ",
          places, " places with ", strata.size(), " strata; at least 2 folds, no more than places, one stratum each");
  const Draws draws(seed, Stream::folds);
  std::map<int, std::vector<Index>> groups;
  for (Index i = 0; i < places; ++i) groups[strata.empty() ? 0 : strata[std::size_t(i)]].push_back(i);
  std::vector<int> fold_of(static_cast<std::size_t>(places));
  int next = 0;  // goes on through the strata, so that folds are even over all of them too
  for (const auto& [stratum, members] : groups)
    for (const Index k : shuffled(Index(members.size()), draws, stratum, 0)) {
      fold_of[std::size_t(members[std::size_t(k)])] = next;
      next = (next + 1) % folds;
    }
  return fold_of;
}

FoldSplit split(const std::vector<int>& fold_of, int fold) {
  FoldSplit out;
  for (std::size_t i = 0; i < fold_of.size(); ++i)
    (fold_of[i] == fold ? out.held_out : out.training).push_back(Index(i));
  return out;
}

Importance permutation_importance(const std::function<double(const Matrix& features)>& loss, const Matrix& features,
                                  int repeats, std::uint64_t seed) {
  require(repeats >= 1 && features.rows() >= 2, "permutation importance: ", repeats, " repeats over ", features.rows(),
          " places; needs 1 and 2");
  const Draws draws(seed, Stream::permutation);
  const double before = loss(features);
  Importance out{Vector(features.cols()), Vector(features.cols())};
  for (Index f = 0; f < features.cols(); ++f) {
    Vector worse(repeats);
    for (int r = 0; r < repeats; ++r) {
      Matrix changed = features;
      const auto order = shuffled(features.rows(), draws, r, f);
      for (Index i = 0; i < changed.rows(); ++i) changed(i, f) = features(order[std::size_t(i)], f);
      worse(r) = loss(changed) - before;
    }
    out.mean(f) = worse.mean();
    out.sd(f) = repeats > 1 ? std::sqrt((worse.array() - worse.mean()).square().sum() / double(repeats - 1)) : 0.0;
  }
  return out;
}

}  // namespace tilth::calibration
