// What the feedback of a window holds: checks and scores of its observations, and what the analysis made of them.
#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/quality_control.hpp"
#include "assim/scores.hpp"
#include "driver/observation_errors.hpp"
#include "driver/timer.hpp"
#include "driver/window_analysis.hpp"

namespace tilth {

namespace {

// Score and rank of an observation among the predictions, each with an error drawn for it: those of a reliable ensemble
// have ranks of equal frequency.
void score_prediction(const Random& random, const ObsTable& obs, std::size_t i, FeedbackColumns& f) {
  std::vector<double> members(obs.predictions(i), obs.predictions(i) + obs.members);
  for (int k = 0; k < obs.members; ++k)
    members[k] += obs.error_sd[i] * random.normal({obs.begin[i].seconds, k, obs.id[i], 9});
  f.prior_crps[i] = crps(members, obs.value[i]);
  f.prior_crps_fair[i] = crps_fair(members, obs.value[i]);
  f.prior_rank[i] = (rank_of(members, obs.value[i]) + 0.5) / (obs.members + 1);
}

}  // namespace

FeedbackColumns check_observations(const Domain& domain, ObsTable& obs) {
  const Phase phase("observation checks");
  for (int type = 0; type < int(domain.streams.size()); ++type) {
    check_predictions(obs, type);
    check_background(obs, type, domain.streams[type].options->background_check);
  }
  FeedbackColumns f;
  f.resize(obs.size());
  f.weight = thin_and_weigh(domain, obs);
  f.id = obs.id, f.type = obs.type, f.begin = obs.begin, f.end = obs.end, f.lon = obs.lon, f.lat = obs.lat;
  f.view_zenith_deg = obs.view_zenith_deg;
  f.point = obs.point, f.value = obs.value, f.error_sd = obs.error_sd, f.flag = obs.flag;
  const Random random = AnalysisKey{std::uint64_t(domain.experiment->run.seed), 0}.random();
  for (std::size_t i = 0; i < obs.size(); ++i) {
    const std::span<const double> hx(obs.predictions(i), obs.members);
    const bool predicted = !(obs.flag[i] & qc_no_prediction);
    f.prior_mean[i] = f.posterior_mean[i] = predicted ? member_mean(hx) : std::nan("");
    f.prior_sd[i] = f.posterior_sd[i] = predicted && obs.members > 1 ? member_spread(hx) : std::nan("");
    if (predicted && obs.members > 1 && std::isfinite(obs.value[i])) score_prediction(random, obs, i, f);
  }
  if (domain.experiment->output.feedback_members) {
    f.members = obs.members;
    f.members_prior.resize(obs.size() * obs.members);
    for (std::size_t i = 0; i < obs.size(); ++i)
      std::copy_n(obs.predictions(i), obs.members, f.members_prior.begin() + i * obs.members);
  }
  return f;
}

void fill_posterior(const ObsTable& obs, const AlignedVector<double>& posterior_hx, FeedbackColumns& feedback) {
  for (std::size_t i = 0; i < obs.size(); ++i) {
    if (obs.flag[i] & qc_no_prediction) continue;
    const std::span<const double> hx(posterior_hx.data() + i * obs.stride(), std::size_t(obs.members));
    feedback.posterior_mean[i] = member_mean(hx);
    feedback.posterior_sd[i] = member_spread(hx);
  }
}

}  // namespace tilth
