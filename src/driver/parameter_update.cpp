#include "driver/parameter_update.hpp"

#include <algorithm>
#include <cmath>

#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "assim/parameter_space.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

namespace {

constexpr int global_unit = pft_count;  // the last of the grams: all observations

struct Weighted {
  std::size_t obs;
  int unit;
  double weight;
};

// Which observations count for which PFT (and for global parameters), and how much.
std::vector<Weighted> weights(const Members& members, const ObsTable& obs) {
  std::vector<Weighted> out;
  const Domain& domain = members.domain();
  for (std::size_t i = 0; i < obs.size(); ++i) {
    const double w = domain.streams[obs.type[i]].options->parameter_weight;
    if (obs.flag[i] != qc_used || obs.column[i] < 0 || w <= 0.0) continue;
    for (const Tile& tile : domain.grid.points[obs.column[i]].surface.tiles)
      out.push_back({i, tile.pft, w * tile.fraction});
    out.push_back({i, global_unit, w});
  }
  return out;
}

struct Departure {
  std::vector<double> y;
  double d = 0.0, inverse_variance = 0.0;
};

// Prediction anomalies inside the space of the unit's parameters; what lies outside adds to the error variance.
Departure departure(const ObsTable& obs, std::size_t i, const ParameterSpace& space) {
  Departure out;
  const double* hx = obs.predictions(i);
  const double mean = member_mean({hx, std::size_t(obs.members)});
  out.y.resize(obs.members);
  for (int k = 0; k < obs.members; ++k) out.y[k] = hx[k] - mean;
  out.d = obs.value[i] - mean;
  out.inverse_variance = 1.0 / (obs.error_sd[i] * obs.error_sd[i] + space.project(out.y));
  return out;
}

// The parameters that each unit's observations may speak about: the PFT's own and the global ones.
std::vector<ParameterSpace> parameter_spaces(Members& members) {
  auto& parameters = members.parameters;
  std::vector<ParameterSpace> spaces;
  for (int unit = 0; unit <= global_unit; ++unit) {
    std::vector<const double*> rows;
    for (int k = 0; k < int(parameters.uncertain().size()); ++k) {
      const Scope scope = parameters.uncertain()[k].scope;
      if (scope == Scope::global) rows.push_back(parameters.row(k, 0).data());
      if (scope == Scope::pft && unit != global_unit) rows.push_back(parameters.row(k, unit).data());
    }
    spaces.emplace_back(rows, members.size());
  }
  return spaces;
}

void scale(ObsGram& gram, double factor) {
  for (double& x : gram.YtRY) x *= factor;
  for (double& x : gram.YtRd) x *= factor;
  gram.dtRd *= factor;
}

}  // namespace

void keep_parameter_spread(const AnalysisOptions& options, std::span<const double> prior, std::span<double> row,
                           double initial_sd) {
  if (options.parameter_relaxation > 0.0) relax_to_prior_spread(prior, row, options.parameter_relaxation);
  if (options.parameter_floor > 0.0) keep_spread(row, initial_sd, options.parameter_floor);
}

void update_shared_parameters(Members& members, const AnalysisMethod& method, const ObsTable& obs,
                              const std::vector<double>& initial_sd) {
  const Domain& domain = members.domain();
  const AnalysisOptions& options = domain.experiment->analysis;
  auto& parameters = members.parameters;
  const auto uncertain = parameters.uncertain();
  const bool any = std::any_of(uncertain.begin(), uncertain.end(),
                               [](const UncertainParameter& u) { return u.updated && u.scope != Scope::column; });
  if (!any) return;

  const auto weighted = weights(members, obs);
  const auto spaces = parameter_spaces(members);
  double bound = 0.0, largest = 0.0;
  for (const Weighted& w : weighted) {
    const Departure dep = departure(obs, w.obs, spaces[w.unit]);
    bound = std::max(bound, GramSum::magnitude(dep.y, dep.d, dep.inverse_variance * w.weight));
    largest = std::max(largest, w.weight);
  }
  bound = domain.comm->max(bound);
  largest = domain.comm->max(largest);
  if (largest == 0.0) return;  // no observation anywhere

  ReproducibleSum counts(pft_count + 1, largest);
  std::vector<GramSum> sums(pft_count + 1, GramSum(members.size(), bound));
  for (const Weighted& w : weighted) {
    const Departure dep = departure(obs, w.obs, spaces[w.unit]);
    sums[w.unit].add(dep.y, dep.d, dep.inverse_variance * w.weight);
    counts.add(w.unit, w.weight);
  }
  const auto count = counts.total(*domain.comm);

  std::size_t spread_index = 0;
  std::vector<std::vector<double*>> rows(pft_count + 1);
  std::vector<std::vector<double>> floor(pft_count + 1);
  for (int k = 0; k < int(uncertain.size()); ++k) {
    for (int unit = 0; unit < parameters.units(k); ++unit, ++spread_index) {
      if (!uncertain[k].updated || uncertain[k].scope == Scope::column) continue;
      const int target = uncertain[k].scope == Scope::global ? global_unit : unit;
      rows[target].push_back(parameters.row(k, unit).data());
      floor[target].push_back(initial_sd[spread_index]);
    }
  }
  for (int unit = 0; unit <= pft_count; ++unit) {
    ObsGram gram = sums[unit].total(*domain.comm);
    if (count[unit] <= 0.0 || rows[unit].empty()) continue;
    scale(gram, std::min(1.0, options.parameter_observations / count[unit]));
    std::vector<std::vector<double>> prior;
    for (double* row : rows[unit]) prior.emplace_back(row, row + members.size());
    method.update(gram, members.size(), rows[unit]);
    for (std::size_t r = 0; r < rows[unit].size(); ++r)
      keep_parameter_spread(options, prior[r], {rows[unit][r], std::size_t(members.size())}, floor[unit][r]);
  }
}

}  // namespace tilth
