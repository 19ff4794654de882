#include "driver/calibrate/scope/command_scopes.hpp"

#include <algorithm>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/scope/parameter_maps.hpp"
#include "driver/calibrate/scope/simulations.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;

// Features of the sites, in their order.
FeatureTable site_features(const ModelRuns& runs, const ScopeOptions& options) {
  const Domain& domain = runs.domain();
  require(domain.forcing != nullptr, "calibration.scopes: the model takes no weather to make features of");
  const std::vector<SiteClimate> of_columns = climate_of(*domain.forcing, domain.points(), runs.begin(), runs.end());
  std::vector<GridPoint> points;
  std::vector<SiteClimate> climate;
  for (int site = 0; site < runs.sites(); ++site) {
    points.push_back(runs.point(site));
    climate.push_back(of_columns[std::size_t(&runs.point(site) - domain.points().data())]);
  }
  FeatureTable table = point_features(options.features, points, climate);
  add_observed(table, runs, options.feature_streams);
  return table;
}

void write_maps(const Comm& comm, const ModelRuns& runs, const ScopeOptions& options, const ScopeExperiment& found,
                const std::string& folder) {
  if (options.map_grid.empty()) return;
  write_parameter_maps(comm, {options.map_grid, options.features, folder + "/parameter_maps.nc"}, runs,
                       found.maps.back());
}

void write_series(const Comm& comm, const ModelRuns& runs, const ScopeOptions& options, const ScopeExperiment& found,
                  std::uint64_t seed, const std::string& folder) {
  if (!options.simulations.on) return;
  std::vector<SimulatedSite> sites;
  for (const int site : found.sites.sites)
    if (!found.sites.optima[std::size_t(site)].failed)
      sites.push_back(calibrated_site(runs, found.sites, site, options.simulations.members, seed));
  for (const LearnedMaps& maps : found.held_out_maps)
    for (const int site : found.sites.held_out(maps.fold))
      sites.push_back(predicted_site(runs, found.sites, maps, site));
  write_simulations(comm, runs, folder + "/simulations", options.simulations, sites);
}

void check_options(const ScopeOptions& options) {
  const auto wanted = [&](const char* scope) { return std::ranges::count(options.scopes, scope) > 0; };
  const bool learns = wanted("learned") || wanted("learned_end_to_end");
  require(options.map_grid.empty() || learns,
          "calibration.map_grid: maps come from networks, but calibration.scopes has no learned scope; add one");
  require(options.map_grid.empty() || options.feature_streams.empty(),
          "calibration.map_grid: the grid has no observations for calibration.feature_streams; leave one of them out");
  if (!options.map_grid.empty())
    Experiment::load(options.map_grid, {});  // what is wrong with it is said before the runs
}

}  // namespace

Matrix truth_of_features(const SiteRuns& runs, const Matrix& features, std::uint64_t seed) {
  const Matrix X = calibration::Standardisation::of(features)(features);
  const calibration::Draws draws(seed, calibration::Stream::starts);
  const double live = double((X.cwiseAbs().colwise().maxCoeff().array() > 0.0).count());  // columns that vary
  Matrix z(X.rows(), Index(runs.parameters().size()));
  for (Index k = 0; k < z.cols(); ++k) {
    calibration::Vector weight(X.cols());
    for (Index f = 0; f < X.cols(); ++f) weight(f) = draws.normal(-2, k, f) / std::sqrt(std::max(live, 1.0));
    z.col(k) = 1.5 * (X * weight).array().tanh().matrix();
  }
  for (int site = 0; site < runs.sites(); ++site)
    z.row(site) = clipped(runs.box(site), z.row(site).transpose()).transpose();
  return z;
}

void observe_truth_of_features(const Comm& comm, ModelRuns& runs) {
  const CalibrationOptions& options = runs.domain().experiment->calibration;
  Matrix truth;
  together(comm, [&] {
    const Matrix features = site_features(runs, options.scopes).values;
    truth = truth_of_features(runs, features, std::uint64_t(options.twin.seed));
  });
  runs.observe(comm, truth, std::uint64_t(options.twin.seed), options.twin.noise ? 1.0 : 0.0);
}

std::string calibrate_scopes(RunPool& pool, const ModelRuns& runs, const ScopeCosts& costs, const std::string& folder) {
  const Experiment& e = *runs.domain().experiment;
  const ScopeOptions& options = e.calibration.scopes;
  const auto seed = std::uint64_t(e.run.seed);
  FeatureTable features;
  together(pool.comm(), [&] {
    check_options(options);
    features = site_features(runs, options);
  });
  const calibration::Matrix truth =
      e.calibration.twin.of_features ? truth_of_features(runs, features.values, std::uint64_t(e.calibration.twin.seed))
                                     : Matrix();
  ScopeExperiment found = run_scopes(pool, costs, options, std::move(features), seed);
  found.results.truth = truth;
  write_scopes(pool.comm(), folder, runs, found.sites, found.results);
  write_maps(pool.comm(), runs, options, found, folder);
  write_series(pool.comm(), runs, options, found, seed, folder);
  return scope_table(runs, found.results.medians);
}

}  // namespace tilth
