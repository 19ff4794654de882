#include <cmath>
#include <functional>

#include "assim/calibration/learn/validation.hpp"
#include "driver/calibrate/scope/scope_results.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr int repeats = 5;

Matrix rows(const Matrix& all, const std::vector<int>& which) {
  Matrix out(Index(which.size()), all.cols());
  for (std::size_t i = 0; i < which.size(); ++i) out.row(Index(i)) = all.row(which[i]);
  return out;
}

// Mean square departure of what a network gives from the site optima.
double departure(const ScopeSites& sites, const Matrix& z) {
  double sum = 0.0, count = 0.0;
  for (std::size_t i = 0; i < sites.sites.size(); ++i) {
    const GroupFit& fit = sites.optima[std::size_t(sites.sites[i])];
    if (fit.failed) continue;
    sum += (z.row(Index(i)).transpose() - fit.z).squaredNorm() / double(z.cols());
    count += 1.0;
  }
  return sum / std::max(count, 1.0);
}

// Runs that losses need, asked for in a first pass and answered in a second one in the same order.
class CostsOfRuns {
 public:
  CostsOfRuns(Quadratics& quadratics, const ScopeSites& sites) : quadratics_(quadratics), sites_(sites) {}

  /// Mean J / observations over the sites whose runs are good; 0 in the first pass.
  double operator()(const Matrix& z) {
    double sum = 0.0, count = 0.0;
    for (std::size_t i = 0; i < sites_.sites.size(); ++i) {
      const int site = sites_.sites[i];
      const Vector at = clipped(quadratics_.runs().box(site), z.row(Index(i)).transpose());
      if (values_.empty()) {
        tasks_.push_back({site, at});
        continue;
      }
      const double J = values_[next_++] + 0.5 * at.dot(quadratics_.precision() * at) / double(sites_.sites.size());
      if (!std::isfinite(J)) continue;
      sum += J / std::max(quadratics_.used(site), 1.0);
      count += 1.0;
    }
    return sum / std::max(count, 1.0);
  }
  void run() { values_ = quadratics_.values(tasks_); }

 private:
  Quadratics& quadratics_;
  const ScopeSites& sites_;
  std::vector<RunTask> tasks_;
  std::vector<double> values_;
  std::size_t next_ = 0;
};

// Importance of the features for every network.
Matrix worse(const LearnedMaps& maps, const Matrix& features, const std::function<double(const Matrix& z)>& loss,
             std::uint64_t seed) {
  Matrix out(Index(maps.weights.size()), features.cols());
  for (std::size_t m = 0; m < maps.weights.size(); ++m) {
    const auto of_features = [&](const Matrix& changed) {
      return loss(maps.map.front().parameters(maps.weights[m], changed));
    };
    out.row(Index(m)) = calibration::permutation_importance(of_features, features, repeats, seed).mean.transpose();
  }
  return out;
}

}  // namespace

std::vector<FeatureImportance> feature_importance(Quadratics& quadratics, const ScopeSites& sites,
                                                  const LearnedMaps& maps, std::uint64_t seed) {
  const Matrix features = rows(sites.features.values, sites.sites);
  Matrix of_members;
  if (maps.scope == "learned") {
    of_members = worse(
        maps, features, [&](const Matrix& z) { return departure(sites, z); }, seed);
  } else {
    CostsOfRuns costs(quadratics, sites);
    const auto loss = [&](const Matrix& z) { return costs(z); };
    worse(maps, features, loss, seed);
    costs.run();
    of_members = worse(maps, features, loss, seed);
  }
  std::vector<FeatureImportance> out;
  for (Index f = 0; f < features.cols(); ++f) {
    const Vector column = of_members.col(f);
    const double n = double(column.size()), square = (column.array() - column.mean()).square().sum();
    out.push_back({maps.scope, sites.features.names[std::size_t(f)], column.mean(),
                   n > 1.0 ? std::sqrt(square / (n - 1.0)) : 0.0});
  }
  return out;
}

}  // namespace tilth
