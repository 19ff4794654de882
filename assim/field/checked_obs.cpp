#include "assim/field/checked_obs.hpp"

#include <cmath>

#include "assim/field/localisation_rules.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

void check_own(const ObsTable& obs, const LocalisationRules& rules) {
  for (std::size_t i = 0; i < obs.size(); ++i) {
    if (obs.flag[i] != qc_used) continue;
    require(obs.members >= 2, "analysis: the ensemble has ", obs.members, " members, two at least are needed");
    require(std::isfinite(obs.value[i]), "observation ", obs.id[i], ": value ", obs.value[i],
            " is not finite; flag it");
    require(std::isfinite(obs.error_sd[i]) && obs.error_sd[i] > 0.0, "observation ", obs.id[i],
            ": error_sd = ", obs.error_sd[i], ", must be positive");
    require(!obs.hx.empty(), "observation ", obs.id[i], ": it has no predictions");
    for (int k = 0; k < obs.members; ++k)
      require(std::isfinite(obs.predictions(i)[k]), "observation ", obs.id[i], ": prediction of member ", k, " is ",
              obs.predictions(i)[k], ", not finite; flag it no_prediction");
    const ObsKind& type = rules.type(obs.type[i]);
    for (int k = 0; k < obs.members && type.rank_histogram; ++k)
      require(obs.predictions(i)[k] >= type.lower && obs.predictions(i)[k] <= type.upper, "observation ", obs.id[i],
              " of ", type.name, ": prediction of member ", k, " is ", obs.predictions(i)[k], ", outside the bounds ",
              type.lower, " to ", type.upper, "; widen them");
    require(i == 0 || obs.id[i] != obs.id[i - 1], "observation ", obs.id[i], " is there twice; ids must be unique");
  }
}

}  // namespace

void check_observations(const FieldProblem& problem) {
  together(problem.comm, [&] { check_own(problem.obs, problem.localisation); });
}

void refuse_shared_rows(const FieldProblem& problem) {
  for (const SharedRows& shared : problem.shared)
    require(shared.rows.empty(), "analysis: this method does not update shared rows (", shared.name, ")");
}

}  // namespace tilth
