#include "driver/inflation_field.hpp"

#include <cmath>

#include "assim/adaptive_inflation.hpp"
#include "assim/field/column_problems.hpp"
#include "assim/inflation.hpp"
#include "core/obs/halo.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

InflationField::InflationField(const Domain& domain)
    : domain_(&domain), options_(&domain.experiment->analysis.inflation.adaptive) {
  for (int c = 0; c < domain.columns(); ++c) {
    memory_.push_back(1.0);
    memory_.push_back(options_->initial_sd);
  }
}

void InflationField::learn(const ObsTable& obs, const LocalisationRules& rules) {
  if (options_->method == "innovations") learn_globally(obs);
  if (options_->method == "bayesian") learn_by_column(obs, rules);
}

// One factor for all columns from d' R^-1 d (Wang & Bishop 2003), smoothed in time.
void InflationField::learn_globally(const ObsTable& obs) {
  std::vector<double> squares, spread;
  std::int64_t count = 0;
  for (std::size_t i = 0; i < obs.size(); ++i) {
    if (obs.flag[i] != qc_used) continue;
    const std::span<const double> hx(obs.predictions(i), obs.members);
    InnovationSums one;
    const double s = member_spread(hx);
    add(one, obs.value[i] - member_mean(hx), s * s, obs.error_sd[i] * obs.error_sd[i]);
    squares.push_back(one.squares);
    spread.push_back(one.spread);
    ++count;
  }
  const Comm& comm = *domain_->comm;
  InnovationSums sums;
  sums.squares = reproducible_sum(comm, squares);
  sums.spread = reproducible_sum(comm, spread);
  sums.count = double(comm.sum(count));
  if (sums.count == 0.0 || sums.spread <= 0.0) return;
  const double estimate = innovation_inflation(sums);
  for (int c = 0; c < domain_->columns(); ++c) {
    double& lambda = memory_[2 * std::size_t(c)];
    lambda = std::min(relaxed_inflation(lambda, estimate, options_->rate), options_->upper);
  }
}

// Every column learns from the observations within reach, one after the other by id (Anderson 2009). Its rows are taken
// to be as close to an observation as the taper says (gamma), whatever their sample correlation.
void InflationField::learn_by_column(const ObsTable& obs, const LocalisationRules& rules) {
  std::vector<double> radius;
  for (int t = 0; t < rules.types(); ++t) radius.push_back(rules.reach_km(t));
  const ObsTable table = exchange_halo(*domain_->comm, domain_->grid, obs, radius, domain_->caps.get());
  const ObsSearch search(table);
  const InflationLimits limits{1.0, options_->upper, options_->least_sd};
  for (int c = 0; c < domain_->columns(); ++c) {
    double* own = memory_.data() + 2 * std::size_t(c);
    InflationEstimate estimate{damped_inflation(own[0], options_->damping), own[1]};
    const NearObs near = observations_near(search, table, domain_->grid.points[c], rules.largest_reach_km());
    for (std::size_t j = 0; j < near.obs.size(); ++j) {
      const std::size_t i = near.obs[j];
      const std::span<const double> hx(table.predictions(i), table.members);
      const double s = member_spread(hx);
      const double gamma = rules.taper_of_type(table.type[i], near.distance_km[j]);
      estimate = update_inflation(
          estimate, {s * s, table.error_sd[i] * table.error_sd[i], table.value[i] - member_mean(hx), gamma}, limits);
    }
    own[0] = estimate.lambda;
    own[1] = estimate.sd;
  }
}

std::vector<double> InflationField::factors() const {
  std::vector<double> out;
  for (int c = 0; c < domain_->columns(); ++c) out.push_back(std::sqrt(lambda(c)));
  return out;
}

void InflationField::inflate_predictions(ObsTable& obs) const {
  for (std::size_t i = 0; i < obs.size(); ++i)
    if (obs.column[i] >= 0) inflate({obs.predictions(i), std::size_t(obs.members)}, std::sqrt(lambda(obs.column[i])));
}

}  // namespace tilth
