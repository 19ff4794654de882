#include "driver/calibrate/scope/group_fits.hpp"

#include <map>
#include <memory>

#include "assim/calibration/optimise/gauss_newton.hpp"

namespace tilth {
namespace {

using calibration::Box;
using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

// One search, and what it knows of its last point.
struct GroupSearch {
  std::vector<int> sites;
  std::unique_ptr<calibration::GaussNewton> search;
  GroupFit fit;
  int worse = 0;  // steps in a row that did not help
  bool finished() const { return !search || search->finished() || worse >= 5; }
};

// Residuals whose half sum of squares is J: those of all sites, then the background.
void stack(std::span<const SiteQuadratic> sites, const Vector& z, Vector& residual, Matrix& slope) {
  const Index p = z.size(), rows = (p + 1) * Index(sites.size()) + p;
  residual.resize(rows);
  slope.resize(rows, p);
  Index next = 0;
  for (const SiteQuadratic& site : sites) {
    residual.segment(next, p + 1) = site.failed ? Vector::Constant(p + 1, NAN) : site.residual;
    slope.middleRows(next, p + 1) = site.failed ? Matrix::Zero(p + 1, p) : site.slope;
    next += p + 1;
  }
  residual.tail(p) = z;
  slope.bottomRows(p) = Matrix::Identity(p, p);
}

void tell(GroupSearch& one, std::span<const SiteQuadratic> runs) {
  const Vector z = one.search->ask();
  Vector residual;
  Matrix slope;
  stack(runs, z, residual, slope);
  const double cost = 0.5 * residual.squaredNorm();
  const bool better = std::isfinite(cost) && (one.fit.z.size() == 0 || cost < one.fit.cost);
  if (one.fit.z.size() == 0) one.fit.prior_cost = cost;
  one.worse = better ? 0 : one.worse + 1;
  if (better) {
    one.fit.z = z;
    one.fit.cost = cost;
    one.fit.covariance = (slope.transpose() * slope).llt().solve(Matrix::Identity(z.size(), z.size()));
    one.fit.used = 0.0;
    for (const SiteQuadratic& run : runs) one.fit.used += run.used;
  }
  one.search->tell(residual, slope);
}

// Sites of all groups whose run at the defaults does not fail.
std::map<int, bool> runs_at_defaults(RunPool& pool, const SiteWeights& weights, const std::vector<SiteGroup>& groups) {
  std::map<int, bool> good;
  for (const SiteGroup& group : groups)
    for (const int site : group.sites) good[site] = true;
  std::vector<RunTask> tasks;
  for (const auto& [site, unused] : good) tasks.push_back({site, Vector::Zero(Index(pool.runs().parameters().size()))});
  const std::vector<SiteQuadratic> all = quadratics(pool, weights, tasks);
  for (std::size_t i = 0; i < tasks.size(); ++i) good[tasks[i].site] = !all[i].failed && all[i].used > 0.0;
  return good;
}

std::vector<GroupSearch> searches(RunPool& pool, const std::vector<SiteGroup>& groups, const std::map<int, bool>& good,
                                  int iterations) {
  std::vector<GroupSearch> out(groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const int site : groups[g].sites)
      if (good.at(site)) out[g].sites.push_back(site);
    out[g].fit.failed = out[g].sites.empty();
    if (out[g].fit.failed) continue;
    const Box box = common_box(pool.runs(), out[g].sites);
    calibration::GaussNewtonOptions options;
    options.max_iterations = iterations;
    options.value_tolerance = 1e-5;  // of J; scores do not see less
    out[g].search = std::make_unique<calibration::GaussNewton>(box, Vector::Zero(box.size()), options);
  }
  return out;
}

}  // namespace

Box common_box(const SiteRuns& runs, const std::vector<int>& sites) {
  Box box = runs.box(sites.front());
  for (const int site : sites) {
    const Box other = runs.box(site);
    box.lower = box.lower.cwiseMax(other.lower);
    box.upper = box.upper.cwiseMin(other.upper);
  }
  return box;
}

std::vector<GroupFit> fit_groups(RunPool& pool, const SiteWeights& weights, const std::vector<SiteGroup>& groups,
                                 int iterations) {
  std::vector<GroupSearch> all = searches(pool, groups, runs_at_defaults(pool, weights, groups), iterations);
  while (true) {
    std::vector<RunTask> tasks;
    for (const GroupSearch& one : all)
      if (!one.finished())
        for (const int site : one.sites) tasks.push_back({site, one.search->ask()});
    if (tasks.empty()) break;
    const std::vector<SiteQuadratic> runs = quadratics(pool, weights, tasks);
    std::size_t next = 0;
    for (GroupSearch& one : all) {
      if (one.finished()) continue;
      tell(one, {runs.data() + next, one.sites.size()});
      next += one.sites.size();
    }
  }
  std::vector<GroupFit> out;
  for (GroupSearch& one : all) out.push_back(std::move(one.fit));
  return out;
}

}  // namespace tilth
