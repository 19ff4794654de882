#include "driver/calibrate/scope/map_learner.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

constexpr double first_near = 0.01, nearer = 10.0, farther = 0.2;
constexpr double small_gain = 1e-4;  // of J / observations; scores do not see less

}  // namespace

MapLearner::MapLearner(const calibration::ParameterMap& map, MapSites sites, const NetworkOptions& options,
                       std::uint64_t seed)
    : map_(map),
      sites_(std::move(sites)),
      options_(options),
      decay_(chosen_decay(map_, sites_, options_, seed)),
      near_(first_near) {
  for (int member = 0; member < options.members; ++member)
    best_.push_back(map.network().first_weights(seed + std::uint64_t(member)));
  fit();
}

// Fits from the best weights to the runs there.
void MapLearner::fit() {
  next_.clear();
  for (const Vector& w : best_) next_.push_back(fitted_weights(map_, sites_, {decay_, near_}, w));
}

std::vector<RunTask> MapLearner::ask() const {
  const Matrix z = mean_parameters(map_, next_, sites_.features);
  std::vector<RunTask> out;
  for (std::size_t i = 0; i < sites_.sites.size(); ++i)
    out.push_back({sites_.sites[i], clipped(sites_.box[i], z.row(Index(i)).transpose())});
  return out;
}

double MapLearner::penalty() const {
  double sum = 0.0;
  for (const Vector& w : next_) sum += w.squaredNorm();
  return 0.5 * decay_ * sum / double(next_.size());
}

void MapLearner::tell(std::span<const SiteQuadratic> runs) {
  if (finished()) return;
  ++step_;
  double cost = 0.0;
  const auto failed = std::size_t(std::ranges::count_if(runs, &SiteQuadratic::failed));
  for (const SiteQuadratic& run : runs)
    if (!run.failed) cost += site_cost(run, sites_.precision, run.z) / double(runs.size() - failed);
  const double sum = failed == runs.size() ? double(INFINITY) : cost + penalty();
  idle_ = sum < best_sum_ - small_gain ? 0 : idle_ + 1;
  if (failed <= best_failed_ && sum < best_sum_) {
    best_ = next_;
    best_failed_ = failed;
    best_cost_ = cost;
    best_sum_ = sum;
    sites_.runs.assign(runs.begin(), runs.end());
    near_ *= farther;
  } else {
    near_ *= nearer;
  }
  if (!finished()) fit();
}

}  // namespace tilth
