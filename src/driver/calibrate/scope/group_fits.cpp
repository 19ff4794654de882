#include "driver/calibrate/scope/group_fits.hpp"

#include <memory>

#include "assim/calibration/optimise/gauss_newton.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

constexpr int most_worse = 12;

// One search, and the best that it has seen.
struct GroupSearch {
  std::unique_ptr<calibration::GaussNewton> search;
  GroupFit fit;
  int worse = 0;  // steps in a row that did not help
  bool finished() const { return fit.failed || search->finished() || worse >= most_worse; }
};

// Residuals whose half sum of squares is J: those of all sites, then the background by the root of its precision.
void stack(std::span<const SiteQuadratic> sites, const Matrix& root, const Vector& z, Vector& residual, Matrix& slope) {
  const Index p = z.size();
  Index rows = p;
  for (const SiteQuadratic& site : sites) rows += site.residual.size();
  residual.resize(rows);
  slope.resize(rows, p);
  Index next = 0;
  for (const SiteQuadratic& site : sites) {
    const Index n = site.residual.size();
    residual.segment(next, n) = site.residual;
    slope.middleRows(next, n) = site.slope;
    if (site.failed) residual.setConstant(NAN);
    next += n;
  }
  residual.tail(p) = root * z;
  slope.bottomRows(p) = root;
  for (const SiteQuadratic& site : sites)
    if (site.failed) residual.setConstant(NAN);
}

void tell(GroupSearch& one, std::span<const SiteQuadratic> runs, const Matrix& root) {
  const Vector z = one.search->ask();
  Vector residual;
  Matrix slope;
  stack(runs, root, z, residual, slope);
  const double cost = 0.5 * residual.squaredNorm();
  const bool first = one.fit.z.size() == 0;
  if (first) {
    one.fit.prior_cost = cost;
    one.fit.failed = !std::isfinite(cost);
    if (one.fit.failed) return;
  }
  const bool better = std::isfinite(cost) && (first || cost < one.fit.cost);
  one.worse = better ? 0 : one.worse + 1;
  if (better) {
    one.fit.z = z;
    one.fit.cost = cost;
    one.fit.covariance = (slope.transpose() * slope).ldlt().solve(Matrix::Identity(z.size(), z.size()));
  }
  one.search->tell(residual, slope);
}

std::vector<GroupSearch> searches(const SiteRuns& runs, const std::vector<SiteGroup>& groups, int iterations) {
  std::vector<GroupSearch> out(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const calibration::Box box = box_of(runs, {"", groups[g].sites});
    calibration::GaussNewtonOptions options;
    options.max_iterations = iterations;
    options.value_tolerance = 1e-5;  // of J; scores do not see less
    out[g].search = std::make_unique<calibration::GaussNewton>(box, Vector::Zero(box.size()), options);
  }
  return out;
}

}  // namespace

std::vector<GroupFit> fit_groups(Quadratics& quadratics, const std::vector<SiteGroup>& groups, int iterations) {
  std::vector<GroupSearch> all = searches(quadratics.runs(), groups, iterations);
  const Matrix root = quadratics.precision().llt().matrixU();
  const bool background = quadratics.costs().prior.in_cost;
  while (true) {
    std::vector<RunTask> tasks;
    for (std::size_t g = 0; g < all.size(); ++g)
      if (!all[g].finished())
        for (const int site : groups[g].sites) tasks.push_back({site, all[g].search->ask()});
    if (tasks.empty()) break;
    const std::vector<SiteQuadratic> runs = quadratics.at(tasks);
    std::size_t next = 0;
    for (std::size_t g = 0; g < all.size(); ++g) {
      if (all[g].finished()) continue;
      tell(all[g], {runs.data() + next, groups[g].sites.size()}, background ? root : Matrix(quadratics.precision()));
      next += groups[g].sites.size();
    }
  }
  std::vector<GroupFit> out;
  for (GroupSearch& one : all) out.push_back(std::move(one.fit));
  return out;
}

}  // namespace tilth
