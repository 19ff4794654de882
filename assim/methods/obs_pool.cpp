#include "assim/methods/obs_pool.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "assim/methods/ensemble_basis.hpp"
#include "core/base/simd/clones.hpp"

namespace tilth {
namespace {

TILTH_CLONES void take_roots(std::size_t n, const double* x, double* root) {
  for (std::size_t i = 0; i < n; ++i) root[i] = std::sqrt(x[i]);
}

}  // namespace

void ObsPool::list_problems(std::span<const LocalProblem> batch) {
  constexpr std::size_t block = 8;
  lists_.clear();
  used_.clear();
  std::size_t end = 0;
  for (std::size_t b = 0; b < batch.size(); ++b) {
    const std::vector<std::int32_t>& obs = batch[b].obs;
    const std::vector<double>& taper = batch[b].taper;
    if (batch[b].rows.empty() || obs.empty()) continue;
    assert(obs.size() == taper.size() && std::is_sorted(obs.begin(), obs.end()));
    const std::size_t room = end + (obs.size() + block - 1) / block * block;
    if (index_.size() < room) {
      index_.resize(2 * room);
      offset_.resize(2 * room);
      weight_.resize(2 * room);
      root_weight_.resize(2 * room);
    }
    int* index = index_.data() + end;
    double* weight = weight_.data() + end;
    int p = 0;
    for (std::size_t j = 0; j < obs.size(); ++j) {
      const std::int32_t i = obs[j];
      const bool counts = taper[j] > 0.0;
      index[p] = i;
      weight[p] = taper[j];
      p += counts;
      if (counts && row_of_[std::size_t(i)] < 0) {
        row_of_[std::size_t(i)] = 0;
        used_.push_back(i);
      }
    }
    if (p > 0) lists_.push_back({int(b), p, end});
    end += (std::size_t(p) + block - 1) / block * block;
  }
}

void ObsPool::copy_rows(const ObsSpace& space) {
  const int N = space.members;
  const EnsembleBasis basis(N, space.centred);
  stride_ = padded(basis.size + 1);
  if (table_.size() < used_.size() * std::size_t(stride_)) table_.resize(used_.size() * std::size_t(stride_));
  inverse_variance_.resize(used_.size());
  for (std::size_t u = 0; u < used_.size(); ++u) {
    const std::size_t i = std::size_t(used_[u]);
    row_of_[i] = std::int32_t(u);
    inverse_variance_[u] = 1.0 / space.variance[i];
    double* row = table_.data() + u * std::size_t(stride_);
    const double* y = space.Y.data() + i * std::size_t(space.stride);
    const double first = basis.first * y[0];
    for (int k = 0; k < basis.size; ++k) row[k] = y[k + basis.skip] + first;
    row[basis.size] = space.d[i];
    std::fill(row + basis.size + 1, row + stride_, 0.0);
  }
}

void ObsPool::gather(const ObsSpace& space, std::span<const LocalProblem> batch) {
  if (row_of_.size() < space.d.size()) row_of_.resize(space.d.size(), -1);
  list_problems(batch);
  std::sort(used_.begin(), used_.end());
  copy_rows(space);
  for (const List& list : lists_) {
    int* index = index_.data() + list.first;
    double* weight = weight_.data() + list.first;
    const int end = padded(list.p);
    for (int j = 0; j < list.p; ++j) {
      index[j] = row_of_[std::size_t(index[j])];
      weight[j] *= inverse_variance_[std::size_t(index[j])];
    }
    std::fill(index + list.p, index + end, 0);
    std::int64_t* offset = offset_.data() + list.first;
    for (int j = 0; j < end; ++j) offset[j] = std::int64_t{index[j]} * stride_;
    std::fill(weight + list.p, weight + end, 0.0);
    take_roots(std::size_t(end), weight, root_weight_.data() + list.first);
  }
  for (const std::int32_t i : used_) row_of_[std::size_t(i)] = -1;
}

}  // namespace tilth
