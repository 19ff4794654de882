#include "driver/calibrate/scope/map_fit.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/learn/validation.hpp"

namespace tilth {

using calibration::Box;
using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

// Mean cost of the sites and its derivatives by what the network gives; a parameter that the bounds of a site hold back
// does not pull.
double mean_cost(const MapSites& sites, double near, const Matrix& wanted, Matrix& by) {
  by = Matrix::Zero(wanted.rows(), wanted.cols());
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < sites.runs.size(); ++i) {
    const SiteQuadratic& run = sites.runs[i];
    if (run.failed) continue;
    const Vector to = wanted.row(Index(i)).transpose(), z = clipped(sites.box[i], to), away = z - run.z;
    const double n = std::max(run.used, 1.0), stiff = near * run.slope.squaredNorm() / double(z.size()) / n;
    Vector g = (run.gradient(z) + sites.precision * z) / n + stiff * away;
    for (Index k = 0; k < g.size(); ++k)
      if (to(k) != z(k)) g(k) = 0.0;
    by.row(Index(i)) = g.transpose();
    sum += site_cost(run, sites.precision, z) + 0.5 * stiff * away.squaredNorm();
    count += 1.0;
  }
  by /= std::max(count, 1.0);
  return sum / std::max(count, 1.0);
}

}  // namespace

Vector clipped(const Box& box, const Vector& z) { return z.cwiseMax(box.lower).cwiseMin(box.upper); }

double site_cost(const SiteQuadratic& run, const Matrix& precision, const Vector& z) {
  return (run.value(z) + 0.5 * z.dot(precision * z)) / std::max(run.used, 1.0);
}

MapSites MapSites::part(const std::vector<int>& rows) const {
  MapSites out{{}, Matrix(Index(rows.size()), features.cols()), {}, {}, precision};
  for (const int row : rows) {
    out.features.row(Index(out.sites.size())) = features.row(row);
    out.sites.push_back(sites[std::size_t(row)]);
    out.box.push_back(box[std::size_t(row)]);
    out.runs.push_back(runs[std::size_t(row)]);
  }
  return out;
}

double MapSites::excess(const Matrix& z) const {
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const SiteQuadratic& run = runs[i];
    if (run.failed) continue;
    const Matrix curvature = run.slope.transpose() * run.slope + precision;
    const Vector best = run.z - curvature.ldlt().solve(run.gradient(run.z) + precision * run.z);
    const Vector at = clipped(box[i], z.row(Index(i)).transpose());
    const double J = std::max(run.used, 1.0) * (site_cost(run, precision, at) - site_cost(run, precision, best));
    sum += std::log(1.0 + std::max(J, 0.0));  // a unit of J is noise
    count += 1.0;
  }
  return sum / std::max(count, 1.0);
}

Vector fitted_weights(const calibration::ParameterMap& map, const MapSites& sites, const MapPenalty& penalty,
                      const Vector& start) {
  const calibration::ValueAndGradient loss = [&](const Vector& w, Vector& gradient) {
    Matrix by;
    const double value = mean_cost(sites, penalty.near, map.parameters(w, sites.features), by);
    gradient = map.gradient(w, sites.features, by) + penalty.decay * w;
    return value + 0.5 * penalty.decay * w.squaredNorm();
  };
  constexpr double far = 100.0;  // bounds of weights that no fit comes near
  const Index n = map.network().weights();
  const Box box{Vector::Constant(n, -far), Vector::Constant(n, far)};
  constexpr double gain = 1e-7;  // of J / observations; scores do not see less
  return calibration::minimised(loss, box, start,
                                {.gradient_tolerance = 1e-9, .value_tolerance = gain, .max_iterations = 300})
      .best();
}

Matrix mean_parameters(const calibration::ParameterMap& map, const std::vector<Vector>& weights,
                       const Matrix& features) {
  Matrix mean = Matrix::Zero(features.rows(), map.box().size());
  for (const Vector& w : weights) mean += map.parameters(w, features) / double(weights.size());
  return mean;
}

double chosen_decay(const calibration::ParameterMap& map, const MapSites& sites, const NetworkOptions& options,
                    std::uint64_t seed) {
  constexpr int enough = 2;  // networks whose mean is judged
  const int count = int(sites.sites.size()), folds = std::min(options.inner_folds, count);
  if (options.decay.size() == 1 || folds < 2) return options.decay.front();
  const std::vector<int> part_of = calibration::k_folds(count, folds, seed);
  double best = options.decay.front(), least = INFINITY;
  for (const double decay : options.decay) {
    double sum = 0.0;
    for (int fold = 0; fold < folds; ++fold) {
      std::vector<int> seen, unseen;
      for (int row = 0; row < count; ++row) (part_of[std::size_t(row)] == fold ? unseen : seen).push_back(row);
      const MapSites fit = sites.part(seen), judges = sites.part(unseen);
      std::vector<Vector> weights;
      for (int member = 0; member < std::min(options.members, enough); ++member)
        weights.push_back(
            fitted_weights(map, fit, {decay, 0.0}, map.network().first_weights(seed + std::uint64_t(member))));
      sum += judges.excess(mean_parameters(map, weights, judges.features)) * double(unseen.size());
    }
    if (!(sum < least)) continue;
    least = sum;
    best = decay;
  }
  return best;
}

}  // namespace tilth
