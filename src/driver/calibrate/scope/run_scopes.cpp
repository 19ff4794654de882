#include "driver/calibrate/scope/run_scopes.hpp"

#include <algorithm>

namespace tilth {
namespace {

// Networks of one scope: their parameters for all folds, their importance and, kept, those of all sites.
void learn(Quadratics& quadratics, const ScopeOptions& options, const std::string& scope, std::uint64_t seed,
           ScopeExperiment& out) {
  std::vector<LearnedMaps> maps = learned_maps(quadratics, out.sites, options, scope, seed);
  for (const LearnedMaps& one : maps)
    out.results.parameters.push_back(learned_parameters(quadratics.runs(), out.sites, one));
  const auto importance = feature_importance(quadratics, out.sites, maps.front(), seed);
  out.results.importance.insert(out.results.importance.end(), importance.begin(), importance.end());
  out.maps.push_back(maps.front());
  out.held_out_maps.assign(maps.begin() + 1, maps.end());
}

}  // namespace

ScopeExperiment run_scopes(RunPool& pool, const ScopeCosts& costs, const ScopeOptions& options, FeatureTable features,
                           std::uint64_t seed) {
  const auto wanted = [&](const std::string& scope) { return std::ranges::count(options.scopes, scope) > 0; };
  Quadratics quadratics(pool, costs);
  ScopeExperiment out;
  out.sites = scope_sites(quadratics, options, std::move(features), seed);
  out.results.parameters = shared_parameters(quadratics, out.sites, options, seed);
  for (const char* scope : {"learned", "learned_end_to_end"})
    if (wanted(scope)) learn(quadratics, options, scope, seed, out);
  out.results.scores = scope_scores(pool, out.results.parameters);
  out.results.medians = scope_medians(pool.runs(), out.results.scores);
  return out;
}

}  // namespace tilth
