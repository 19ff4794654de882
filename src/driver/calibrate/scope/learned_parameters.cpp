#include <algorithm>
#include <cmath>

#include "driver/calibrate/scope/map_learner.hpp"
#include "driver/calibrate/scope/scope_parameters.hpp"

namespace tilth {
namespace {

using calibration::Box;
using calibration::Index;
using calibration::Matrix;
using calibration::ParameterMap;
using calibration::Vector;

Matrix rows(const Matrix& all, const std::vector<int>& which) {
  Matrix out(Index(which.size()), all.cols());
  for (std::size_t i = 0; i < which.size(); ++i) out.row(Index(i)) = all.row(which[i]);
  return out;
}

// Bounds that no site exceeds; each site's own cut what the map gives to it.
Box widest_box(const SiteRuns& runs, const std::vector<int>& sites) {
  Box box = runs.box(sites.front());
  for (const int site : sites) {
    const Box other = runs.box(site);
    box.lower = box.lower.cwiseMin(other.lower);
    box.upper = box.upper.cwiseMax(other.upper);
  }
  return box;
}

std::vector<Index> hidden_of(const NetworkOptions& options) {
  std::vector<Index> out;
  for (const double units : options.hidden) out.push_back(Index(std::lround(units)));
  return out;
}

std::uint64_t seed_of(std::uint64_t seed, int fold, int member) {
  return seed + 1000003u * std::uint64_t(fold + 2) + std::uint64_t(member);
}

// Starts without weights: the map of each fold.
LearnedMaps blank(const SiteRuns& runs, const ScopeSites& sites, const ScopeOptions& options, const std::string& scope,
                  int fold) {
  const std::vector<int> training = sites.training(fold);
  const Box box = widest_box(runs, training);
  const Vector zero = Vector::Zero(box.size());
  return {scope,
          fold,
          {ParameterMap(box, clipped(box, zero), rows(sites.features.values, training), hidden_of(options.network))},
          {},
          {}};
}

// Networks fitted to the optima of the training sites.
void fit_to_optima(LearnedMaps& maps, const ScopeSites& sites, const ScopeOptions& options, std::uint64_t seed) {
  constexpr double decay = 1e-3;  // in squared widths of the box
  const std::vector<int> training = sites.training(maps.fold);
  for (int member = 0; member < options.network.members; ++member) {
    const std::uint64_t key = seed_of(seed, maps.fold, member);
    const Matrix features = rows(sites.features.values, training);
    Matrix optima(Index(training.size()), maps.map.front().box().size());
    for (std::size_t i = 0; i < training.size(); ++i) {
      const GroupFit& one = sites.optima[std::size_t(training[i])];
      if (one.failed)
        optima.row(Index(i)).setConstant(NAN);
      else
        optima.row(Index(i)) = one.z.transpose();
    }
    maps.weights.push_back(calibration::fitted_weights(maps.map.front(), features, optima,
                                                       {.decay = decay, .iterations = 500, .seed = key}));
    maps.cost.push_back(NAN);
  }
}

// Sites of a fold with their quadratic costs at given parameters, a row per site.
MapSites map_sites(Quadratics& quadratics, const ScopeSites& sites, int fold, const Matrix& z) {
  const std::vector<int> training = sites.training(fold);
  const Matrix precision = quadratics.precision() / double(training.size());  // once for all, as in every joint scope
  MapSites out{training, rows(sites.features.values, training), {}, {}, precision};
  std::vector<RunTask> tasks;
  for (const int site : training) {
    out.box.push_back(quadratics.runs().box(site));
    tasks.push_back({site, clipped(out.box.back(), z.row(site).transpose())});
  }
  out.runs = quadratics.at(tasks);
  return out;
}

// Where learning begins: at the site optima, or at the defaults.
Matrix first_parameters(const SiteRuns& runs, const ScopeSites& sites, bool warm) {
  Matrix z = Matrix::Zero(runs.sites(), Index(runs.parameters().size()));
  for (const int site : sites.sites)
    if (warm && !sites.optima[std::size_t(site)].failed) z.row(site) = sites.optima[std::size_t(site)].z.transpose();
  return z;
}

// Learners of all folds, advanced together.
void learn_through_model(Quadratics& quadratics, std::vector<LearnedMaps>& all, const ScopeSites& sites,
                         const ScopeOptions& options, std::uint64_t seed) {
  const Matrix first = first_parameters(quadratics.runs(), sites, options.network.warm_start);
  std::vector<MapLearner> learners;
  for (const LearnedMaps& maps : all)
    learners.emplace_back(maps.map.front(), map_sites(quadratics, sites, maps.fold, first), options.network,
                          seed_of(seed, maps.fold, 0));
  while (true) {
    std::vector<RunTask> tasks;
    std::vector<std::size_t> counts(learners.size(), 0);
    for (std::size_t i = 0; i < learners.size(); ++i) {
      if (learners[i].finished()) continue;
      for (RunTask& task : learners[i].ask()) tasks.push_back(std::move(task));
      counts[i] = tasks.size();
    }
    if (tasks.empty()) break;
    const std::vector<SiteQuadratic> runs = quadratics.at(tasks);
    std::size_t next = 0;
    for (std::size_t i = 0; i < learners.size(); ++i) {
      if (counts[i] == 0) continue;
      learners[i].tell({runs.data() + next, counts[i] - next});
      next = counts[i];
    }
  }
  for (std::size_t i = 0; i < learners.size(); ++i) {
    all[i].weights = learners[i].weights();
    all[i].cost.assign(all[i].weights.size(), learners[i].cost());
  }
}

}  // namespace

std::vector<LearnedMaps> learned_maps(Quadratics& quadratics, const ScopeSites& sites, const ScopeOptions& options,
                                      const std::string& scope, std::uint64_t seed) {
  std::vector<LearnedMaps> all;
  for (int fold = -1; fold < sites.folds; ++fold) all.push_back(blank(quadratics.runs(), sites, options, scope, fold));
  if (scope == "learned")
    for (LearnedMaps& maps : all) fit_to_optima(maps, sites, options, seed);
  else
    learn_through_model(quadratics, all, sites, options, seed);
  return all;
}

void ensemble_parameters(const LearnedMaps& maps, const Matrix& features, Matrix& mean, Matrix& spread) {
  const double n = double(maps.weights.size());
  std::vector<Matrix> members;
  for (const Vector& w : maps.weights) members.push_back(maps.map.front().parameters(w, features));
  mean = Matrix::Zero(features.rows(), maps.map.front().box().size());
  spread = mean;
  for (const Matrix& z : members) mean += z / n;
  for (const Matrix& z : members) spread += (z - mean).cwiseAbs2();
  spread = (spread / std::max(n - 1.0, 1.0)).cwiseSqrt();
}

ScopeParameters learned_parameters(const SiteRuns& runs, const ScopeSites& sites, const LearnedMaps& maps) {
  ScopeParameters out{maps.scope, maps.fold, maps.fold < 0 ? sites.sites : sites.held_out(maps.fold), {}, {}};
  ensemble_parameters(maps, rows(sites.features.values, out.sites), out.z, out.spread);
  for (std::size_t i = 0; i < out.sites.size(); ++i)
    out.z.row(Index(i)) = clipped(runs.box(out.sites[i]), out.z.row(Index(i)).transpose()).transpose();
  return out;
}

}  // namespace tilth
