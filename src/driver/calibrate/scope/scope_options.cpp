#include "driver/calibrate/scope/scope_options.hpp"

#include "driver/calibrate/scope/site_features.hpp"

namespace tilth {

const std::vector<std::string>& scope_names() {
  static const std::vector<std::string> names{"prior",    "site",   "pft_mean", "pft",
                                              "clusters", "global", "learned",  "learned_end_to_end"};
  return names;
}

ScopeOptions::ScopeOptions() : features(default_features()) {}

void ClusterScopeOptions::describe(Schema& s) {
  s.text("method", method)
      .one_of({"k_means", "mixture"})
      .about("k-means, or a mixture of normal distributions with full covariances (needs many sites per cluster).");
  s.integer("count", count).in(2, 1000).about("Clusters.");
  s.flag("residuals", residuals)
      .about(
          "Mean and mean square misfit of each stream in the prior run take part in forming the clusters. A held-out "
          "site joins the nearest cluster by the other features.");
}

void NetworkOptions::describe(Schema& s) {
  s.reals("hidden", hidden).in(1, 1000).about("Units of the hidden layers; an empty list is a linear map.");
  s.integer("members", members).in(1, 1000).about("Networks with other first weights; their mean is used.");
  s.integer("iterations", iterations).in(1, 100000).about("Most linearisations of the model when learning end to end.");
  s.reals("decay", decay)
      .in(0.0, 1e6)
      .about(
          "Factors of the squared weights in the loss; of several, the one that does best at inner folds of the "
          "sites.");
  s.integer("inner_folds", inner_folds).in(2, 1000).about("Parts of the training sites that choose the decay.");
  s.integer("patience", patience).in(1, 100000).about("Linearisations without a gain before it stops.");
  s.flag("warm_start", warm_start)
      .about("Learning end to end starts from runs at the site optima, else at the defaults.");
}

void SimulationOptions::describe(Schema& s) {
  s.integer("members", members).in(2, 10000).about("Draws from the posterior, whose spread is written.");
  s.text("phase", phase).about("CalLMIP phase in names and attributes of the files.");
  s.text("scenario", scenario).about("CalLMIP scenario in names and attributes of the files.");
}

void ScopeOptions::describe(Schema& s) {
  s.words("scopes", scopes)
      .one_of(scope_names())
      .about(
          "Compares scopes over many sites, also at sites held out: defaults; each site; mean of the site optima of a "
          "type; one set per type, cluster, or for all; a network fitted to site optima; a network learned through "
          "the model. Empty: one calibration with `scope`.");
  s.integer("folds", folds).in(2, 1000).about("Parts of the sites, each held out once; types are spread evenly.");
  s.words("features", features)
      .one_of(feature_names())
      .about("What is known of a place; `cover` is the share of each plant functional type.");
  s.words("feature_streams", feature_streams)
      .about("Streams whose mean observation at a site is one more feature, e.g. FPAR of a satellite.");
  s.section("clusters", clusters).about("Scope clusters.");
  s.section("network", network).about("Scopes learned and learned_end_to_end.");
  s.section_or_false("simulations", simulations.on, simulations)
      .about(
          "Files per site with daily series of prior and posterior, names and units of CMIP, laid out as CalLMIP's.");
  s.text("map_grid", map_grid)
      .about("Experiment file whose grid and weather the learned networks map parameters to; empty: no maps.");
  s.integer("scope_iterations", iterations).in(1, 1000).about("Most Gauss-Newton steps of one search of a scope.");
}

}  // namespace tilth
