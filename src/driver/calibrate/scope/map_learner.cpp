#include "driver/calibrate/scope/map_learner.hpp"

#include <cmath>

#include "assim/calibration/learn/validation.hpp"

namespace tilth {
namespace {

using calibration::Box;
using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr double near = 0.5;  // prior standard deviations that a quadratic cost is trusted over

Matrix rows(const Matrix& all, const std::vector<int>& which) {
  Matrix out(Index(which.size()), all.cols());
  for (std::size_t i = 0; i < which.size(); ++i) out.row(Index(i)) = all.row(which[i]);
  return out;
}

// d(J / observations)/dz; a parameter that the bounds of the site hold back does not pull.
Vector site_gradient(const SiteQuadratic& run, const Matrix& precision, const Vector& wanted, const Vector& z) {
  Vector g = (run.gradient(z) + precision * z) / std::max(run.used, 1.0);
  for (Index k = 0; k < g.size(); ++k)
    if (wanted(k) != z(k)) g(k) = 0.0;
  return g;
}

}  // namespace

Vector clipped(const Box& box, const Vector& z) { return z.cwiseMax(box.lower).cwiseMin(box.upper); }

double site_cost(const SiteQuadratic& run, const Matrix& precision, const Vector& z) {
  return (run.value(z) + 0.5 * z.dot(precision * z)) / std::max(run.used, 1.0);
}

LearningSites learning_sites(const std::vector<int>& sites, double inner_part, std::uint64_t seed) {
  constexpr std::size_t least_fit = 3;
  const auto inner = std::size_t(std::lround(inner_part * double(sites.size())));
  LearningSites out;
  if (inner == 0 || sites.size() < inner + least_fit) return {sites, {}};
  const int parts = int(sites.size() / inner);
  const std::vector<int> part = calibration::k_folds(Index(sites.size()), std::max(parts, 2), seed);
  for (std::size_t i = 0; i < sites.size(); ++i) (part[i] == 0 ? out.inner : out.fit).push_back(sites[i]);
  return out;
}

MapLearner::MapLearner(const calibration::ParameterMap& map, const Quadratics& quadratics, const Matrix& features,
                       LearningSites sites, Vector start, const NetworkOptions& options)
    : map_(map),
      quadratics_(quadratics),
      fit_features_(rows(features, sites.fit)),
      inner_features_(rows(features, sites.inner)),
      sites_(std::move(sites)),
      options_(options),
      adam_(start, options.rate),
      best_(std::move(start)) {}

std::vector<RunTask> MapLearner::ask() const {
  std::vector<RunTask> out;
  for (const auto* part : {&sites_.fit, &sites_.inner}) {
    if (part->empty()) continue;
    const Matrix z = map_.parameters(adam_.ask(), part == &sites_.fit ? fit_features_ : inner_features_);
    for (std::size_t i = 0; i < part->size(); ++i)
      out.push_back({(*part)[i], clipped(quadratics_.runs().box((*part)[i]), z.row(Index(i)).transpose())});
  }
  return out;
}

void MapLearner::tell(std::span<const SiteQuadratic> runs) {
  if (finished()) return;
  const std::span<const SiteQuadratic> fit = runs.first(sites_.fit.size());
  const std::span<const SiteQuadratic> judges = sites_.inner.empty() ? fit : runs.subspan(sites_.fit.size());
  double sum = 0.0, count = 0.0;
  bool all = true;
  for (const SiteQuadratic& run : judges) {
    all = all && !run.failed;
    if (run.failed) continue;
    sum += site_cost(run, quadratics_.precision(), run.z);
    count += 1.0;
  }
  ++step_;
  ++since_best_;
  if (all && count > 0.0 && sum / count < best_cost_) {
    best_cost_ = sum / count;
    best_ = adam_.ask();
    since_best_ = 0;
  }
  learn(fit);
}

void MapLearner::learn(std::span<const SiteQuadratic> runs) {
  for (int inner = 0; inner < options_.inner_steps; ++inner) {
    const Vector& w = adam_.ask();
    const Matrix wanted = map_.parameters(w, fit_features_);
    Matrix by = Matrix::Zero(wanted.rows(), wanted.cols());
    double good = 0.0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      if (runs[i].failed) continue;
      const Vector to = wanted.row(Index(i)).transpose(), z = clipped(quadratics_.runs().box(sites_.fit[i]), to);
      if (inner > 0 && (z - runs[i].z).cwiseAbs().maxCoeff() > near) return;
      by.row(Index(i)) = site_gradient(runs[i], quadratics_.precision(), to, z).transpose();
      good += 1.0;
    }
    if (good == 0.0) return;
    adam_.tell(map_.gradient(w, fit_features_, by / good) + options_.decay * w);
  }
}

}  // namespace tilth
