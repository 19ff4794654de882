#include "driver/analyse/error_covariance.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/error.hpp"

namespace tilth {

namespace {

std::int64_t root_of(std::vector<std::int64_t>& parent, std::int64_t i) {
  while (parent[std::size_t(i)] != i) i = parent[std::size_t(i)] = parent[std::size_t(parent[std::size_t(i)])];
  return i;
}

/// Rows of R that are connected by elements other than 0, ascending.
std::vector<std::vector<std::int64_t>> connected(const std::vector<double>& R, std::int64_t n) {
  std::vector<std::int64_t> parent(static_cast<std::size_t>(n));
  std::iota(parent.begin(), parent.end(), 0);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < i; ++j)
      if (R[std::size_t(i * n + j)] != 0.0) {
        const std::int64_t a = root_of(parent, i), b = root_of(parent, j);
        parent[std::size_t(std::max(a, b))] = std::min(a, b);
      }
  std::map<std::int64_t, std::vector<std::int64_t>> by_root;
  for (std::int64_t i = 0; i < n; ++i) by_root[root_of(parent, i)].push_back(i);
  std::vector<std::vector<std::int64_t>> blocks;
  for (auto& [unused, block] : by_root) blocks.push_back(std::move(block));
  return blocks;
}

}  // namespace

ErrorCovariance::ErrorCovariance(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& o,
                                 const ObservedPlaces& places, bool local)
    : comm_(comm), R_(read_error_covariance(comm, problem.observations.file, o.total)) {
  const std::vector<double> lon = comm.gather(places.lon), lat = comm.gather(places.lat);
  const std::vector<double> level = comm.gather(o.level);
  const std::int64_t n = comm.root() ? o.total : 0;
  together(comm, [&] {
    const std::string where =
        text(problem.observations.file.path, ": variable '", problem.observations.file.covariance, "'");
    for (const auto& block : connected(R_, n)) {
      for (std::size_t k = 1; local && k < block.size(); ++k) {
        const std::size_t a = std::size_t(block[0]), b = std::size_t(block[k]);
        const bool same = lon[a] == lon[b] && lat[a] == lat[b] &&
                          (level.empty() || level[a] == level[b] || (std::isnan(level[a]) && std::isnan(level[b])));
        require(same, where, " connects observations ", a, " and ", b,
                " at different places; with localisation only errors at the same place may be correlated: leave "
                "these elements out, or set analysis.localisation.taper: none");
      }
      blocks_.emplace_back(R_, std::size_t(n), block, where);
    }
  });
}

void ErrorCovariance::whiten(PredictedObservations& o) const {
  const auto whitened = [&](std::vector<double>& list, std::size_t width) {
    std::vector<double> all = comm_.gather(list);
    for (const BlockWhitening& block : blocks_) block.apply(all, width);
    all.resize(std::size_t(o.total) * width);
    comm_.broadcast(std::span<double>(all));
    std::copy_n(all.begin() + std::ptrdiff_t(std::size_t(o.begin) * width), list.size(), list.begin());
  };
  whitened(o.value, 1);
  whitened(o.hx, std::size_t(o.members));
  if (comm_.any(!o.hx_mean.empty())) whitened(o.hx_mean, 1);
  for (auto& pass : o.perturbation) whitened(pass, std::size_t(o.members));
  o.error_sd.assign(o.size(), 1.0);
}

}  // namespace tilth
