#include <algorithm>
#include <map>

#include "assim/calibration/learn/clusters.hpp"
#include "driver/calibrate/scope/scope_parameters.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

// Groups of training sites of one fold, and the group of every site that gets parameters.
struct Grouping {
  std::string scope;
  int fold = -1;
  std::vector<SiteGroup> groups;
  std::vector<int> sites, group_of;
};

std::vector<int> receivers(const ScopeSites& sites, int fold) { return fold < 0 ? sites.sites : sites.held_out(fold); }

Grouping one_group(const ScopeSites& sites, int fold) {
  Grouping out{"global", fold, {{sites.training(fold)}}, receivers(sites, fold), {}};
  out.group_of.assign(out.sites.size(), 0);
  return out;
}

// One group per type; sites of a type that no training site has join the last group, of all.
Grouping by_type(const ScopeSites& sites, int fold) {
  Grouping out{"pft", fold, {}, receivers(sites, fold), {}};
  std::map<int, std::vector<int>> types;
  for (const int site : sites.training(fold)) types[sites.pft[std::size_t(site)]].push_back(site);
  std::map<int, int> number;
  for (const auto& [pft, members] : types) {
    number[pft] = int(out.groups.size());
    out.groups.push_back({members});
  }
  bool strangers = false;
  for (const int site : out.sites) {
    const auto found = number.find(sites.pft[std::size_t(site)]);
    strangers = strangers || found == number.end();
    out.group_of.push_back(found == number.end() ? int(number.size()) : found->second);
  }
  if (strangers) out.groups.push_back({sites.training(fold)});
  return out;
}

Matrix rows(const Matrix& all, const std::vector<int>& which) {
  Matrix out(Index(which.size()), all.cols());
  for (std::size_t i = 0; i < which.size(); ++i) out.row(Index(i)) = all.row(which[i]);
  return out;
}

std::vector<int> cluster_of(const Matrix& X, const ClusterScopeOptions& options, int count, std::uint64_t seed) {
  if (options.method == "k_means") return calibration::k_means(X, count, {.seed = seed}).member;
  const Matrix probability = calibration::gaussian_mixture(X, count, {.seed = seed}, 0.1).probability;
  std::vector<int> out;
  for (Index i = 0; i < X.rows(); ++i) {
    Index best = 0;
    probability.row(i).maxCoeff(&best);
    out.push_back(int(best));
  }
  return out;
}

// Clusters of the training sites by features and misfits; receivers join the nearest mean by features alone.
Grouping by_cluster(const ScopeSites& sites, const ClusterScopeOptions& options, int fold, std::uint64_t seed) {
  Grouping out{"clusters", fold, {}, receivers(sites, fold), {}};
  const std::vector<int> training = sites.training(fold);
  const auto standard = calibration::Standardisation::of(rows(sites.features.values, training));
  const Matrix known = standard(rows(sites.features.values, training));
  Matrix X = known;
  if (options.residuals) {
    const Matrix misfits = rows(sites.misfits, training);
    X.conservativeResize(Eigen::NoChange, known.cols() + misfits.cols());
    X.rightCols(misfits.cols()) = calibration::Standardisation::of(misfits)(misfits);
  }
  const int count = std::min<int>(options.count, std::max<int>(2, int(training.size()) / 2));
  const std::vector<int> cluster = cluster_of(X, options, count, seed);
  std::vector<int> number(std::size_t(count), -1);
  for (std::size_t i = 0; i < training.size(); ++i) {
    int& n = number[std::size_t(cluster[i])];
    if (n < 0) {
      n = int(out.groups.size());
      out.groups.emplace_back();
    }
    out.groups[std::size_t(n)].sites.push_back(training[i]);
  }
  Matrix centre = Matrix::Zero(Index(out.groups.size()), known.cols());
  for (std::size_t i = 0; i < training.size(); ++i) {
    const int n = number[std::size_t(cluster[i])];
    centre.row(n) += known.row(Index(i)) / double(out.groups[std::size_t(n)].sites.size());
  }
  if (fold < 0)
    for (std::size_t i = 0; i < training.size(); ++i) out.group_of.push_back(number[std::size_t(cluster[i])]);
  else
    out.group_of =
        calibration::Clusters{.centre = centre, .member = {}}.nearest(standard(rows(sites.features.values, out.sites)));
  return out;
}

ScopeParameters empty_rows(const std::string& scope, int fold, const std::vector<int>& sites, Index parameters) {
  const Matrix zero = Matrix::Zero(Index(sites.size()), parameters);
  return {scope, fold, sites, zero, zero};
}

// Mean of the site optima of a type over the training sites; of all for a type without.
ScopeParameters type_means(const SiteRuns& runs, const ScopeSites& sites, int fold) {
  const auto p = Index(runs.parameters().size());
  const Grouping groups = by_type(sites, fold);
  ScopeParameters out = empty_rows("pft_mean", fold, groups.sites, p);
  for (std::size_t i = 0; i < groups.sites.size(); ++i) {
    Vector mean = Vector::Zero(p);
    double count = 0.0;
    for (const int site : groups.groups[std::size_t(groups.group_of[i])].sites) {
      const GroupFit& fit = sites.optima[std::size_t(site)];
      if (fit.failed) continue;
      mean += fit.z;
      count += 1.0;
    }
    if (count > 0.0) mean /= count;
    out.z.row(Index(i)) = clipped(runs.box(groups.sites[i]), mean).transpose();
  }
  return out;
}

ScopeParameters of_fits(const SiteRuns& runs, const Grouping& grouping, std::span<const GroupFit> fits) {
  ScopeParameters out = empty_rows(grouping.scope, grouping.fold, grouping.sites, Index(runs.parameters().size()));
  for (std::size_t i = 0; i < grouping.sites.size(); ++i) {
    const GroupFit& fit = fits[std::size_t(grouping.group_of[i])];
    if (!fit.failed) out.z.row(Index(i)) = clipped(runs.box(grouping.sites[i]), fit.z).transpose();
  }
  return out;
}

}  // namespace

std::vector<ScopeParameters> shared_parameters(Quadratics& quadratics, const ScopeSites& sites,
                                               const ScopeOptions& options, std::uint64_t seed) {
  const SiteRuns& runs = quadratics.runs();
  const auto wanted = [&](const std::string& scope) { return std::ranges::count(options.scopes, scope) > 0; };
  std::vector<ScopeParameters> out;
  std::vector<Grouping> groupings;
  for (int fold = -1; fold < sites.folds; ++fold) {
    if (wanted("prior"))
      out.push_back(empty_rows("prior", fold, receivers(sites, fold), Index(runs.parameters().size())));
    if (wanted("pft_mean")) out.push_back(type_means(runs, sites, fold));
    if (wanted("pft")) groupings.push_back(by_type(sites, fold));
    if (wanted("clusters")) groupings.push_back(by_cluster(sites, options.clusters, fold, seed));
    if (wanted("global")) groupings.push_back(one_group(sites, fold));
  }
  if (wanted("site")) {
    out.push_back(empty_rows("site", -1, sites.sites, Index(runs.parameters().size())));
    for (std::size_t i = 0; i < sites.sites.size(); ++i)
      out.back().z.row(Index(i)) = sites.optima[std::size_t(sites.sites[i])].z.transpose();
  }
  std::vector<SiteGroup> all;
  for (const Grouping& grouping : groupings) all.insert(all.end(), grouping.groups.begin(), grouping.groups.end());
  const std::vector<GroupFit> fits = fit_groups(quadratics, all, options.iterations);
  std::size_t next = 0;
  for (const Grouping& grouping : groupings) {
    out.push_back(of_fits(runs, grouping, {fits.data() + next, grouping.groups.size()}));
    next += grouping.groups.size();
  }
  return out;
}

}  // namespace tilth
