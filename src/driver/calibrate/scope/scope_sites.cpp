#include "driver/calibrate/scope/scope_sites.hpp"

#include <algorithm>

#include "assim/calibration/learn/validation.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

// Per stream the mean and the mean square of (prediction - observation) / error over what trains; nothing: 0.
Vector misfits_of(int streams, const std::vector<ObsRecord>& observations, const Vector& predictions) {
  Vector sum = Vector::Zero(streams), square = Vector::Zero(streams), count = Vector::Zero(streams);
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const ObsRecord& obs = observations[i];
    if (obs.flag != qc_used) continue;
    const double d = (predictions(Index(i)) - obs.value) / obs.error_sd;
    sum(obs.type) += d;
    square(obs.type) += d * d;
    count(obs.type) += 1.0;
  }
  Vector out(2 * streams);
  for (int s = 0; s < streams; ++s) {
    out(2 * s) = count(s) > 0.0 ? sum(s) / count(s) : 0.0;
    out(2 * s + 1) = count(s) > 0.0 ? std::sqrt(square(s) / count(s)) : 0.0;
  }
  return out;
}

// Rows of misfits of the prior run; those of sites that fail are not finite.
Matrix prior_misfits(RunPool& pool) {
  const SiteRuns& runs = pool.runs();
  const int streams = int(runs.streams().size());
  std::vector<RunTask> tasks;
  for (int site = 0; site < runs.sites(); ++site)
    tasks.push_back({site, Vector::Zero(Index(runs.parameters().size()))});
  const auto numbers = pool.evaluate("scope_misfits", tasks, RunReach::observations,
                                     [&](const RunTask& task, const Vector& predictions, const auto&) {
                                       return misfits_of(streams, runs.observations(task.site), predictions);
                                     });
  Matrix out = Matrix::Constant(runs.sites(), 2 * streams, NAN);
  for (std::size_t i = 0; i < tasks.size(); ++i)
    if (numbers[i].size() == 2 * streams) out.row(Index(i)) = numbers[i].transpose();
  return out;
}

}  // namespace

std::vector<int> ScopeSites::training(int fold) const {
  std::vector<int> out;
  for (const int site : sites)
    if (fold_of[std::size_t(site)] != fold) out.push_back(site);
  return out;
}

std::vector<int> ScopeSites::held_out(int fold) const {
  std::vector<int> out;
  for (const int site : sites)
    if (fold_of[std::size_t(site)] == fold) out.push_back(site);
  return out;
}

ScopeSites scope_sites(Quadratics& quadratics, const ScopeOptions& options, FeatureTable features, std::uint64_t seed) {
  const SiteRuns& runs = quadratics.runs();
  ScopeSites out;
  out.misfits = prior_misfits(quadratics.pool());
  std::vector<int> strata;
  std::vector<Index> rows;
  for (int site = 0; site < runs.sites(); ++site) {
    out.pft.push_back(main_vegetation(runs.point(site)));
    const bool good = out.misfits.row(site).allFinite() && quadratics.used(site) > 0.0;
    (good ? out.sites : out.left_out).push_back(site);
    if (!good) continue;
    strata.push_back(out.pft.back());
    rows.push_back(site);
  }
  require(int(out.sites.size()) >= std::max(4, options.folds), "calibration.scopes: ", out.sites.size(), " of ",
          runs.sites(), " sites run and have observations that train; ", options.folds,
          " folds need as many, and at least 4; lower calibration.folds or add sites");
  features.fill(rows);
  out.features = std::move(features);
  out.folds = options.folds;
  out.fold_of.assign(std::size_t(runs.sites()), -1);
  const std::vector<int> folds = calibration::k_folds(Index(out.sites.size()), options.folds, seed, strata);
  for (std::size_t i = 0; i < folds.size(); ++i) out.fold_of[std::size_t(out.sites[i])] = folds[i];
  std::vector<SiteGroup> alone;
  for (const int site : out.sites) alone.push_back({{site}});
  const std::vector<GroupFit> fits = fit_groups(quadratics, alone, options.iterations);
  out.optima.resize(std::size_t(runs.sites()));
  for (std::size_t i = 0; i < fits.size(); ++i) out.optima[std::size_t(out.sites[i])] = fits[i];
  return out;
}

}  // namespace tilth
