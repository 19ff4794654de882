#include "driver/parameter_update.hpp"

#include <algorithm>
#include <cmath>

#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "assim/parameter_space.hpp"

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
    const double w =
        domain.streams[obs.type[i]].options->parameter_weight * domain.experiment->analysis.parameter_information;
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

// The rows a unit updates, with the initial spread of each.
struct UnitRows {
  std::vector<double*> rows;
  std::vector<double> initial_sd;
};

std::vector<UnitRows> unit_rows(ParameterSet& parameters, const std::vector<double>& initial_sd) {
  std::vector<UnitRows> out(pft_count + 1);
  std::size_t index = 0;
  for (int k = 0; k < int(parameters.uncertain().size()); ++k) {
    const UncertainParameter& u = parameters.uncertain()[k];
    for (int unit = 0; unit < parameters.units(k); ++unit, ++index) {
      if (!u.updated || u.scope == Scope::column) continue;
      UnitRows& target = out[u.scope == Scope::global ? global_unit : unit];
      target.rows.push_back(parameters.row(k, unit).data());
      target.initial_sd.push_back(initial_sd[index]);
    }
  }
  return out;
}

// Statistics of every unit over all ranks. Collective.
std::vector<ObsGram> unit_grams(Members& members, const ObsTable& obs) {
  const Comm& comm = *members.domain().comm;
  const auto weighted = weights(members, obs);
  const auto spaces = parameter_spaces(members);
  double bound = 0.0;
  for (const Weighted& w : weighted) {
    const Departure dep = departure(obs, w.obs, spaces[w.unit]);
    bound = std::max(bound, GramSum::magnitude(dep.y, dep.d, dep.inverse_variance * w.weight));
  }
  bound = comm.max(bound);
  std::vector<GramSum> sums(pft_count + 1, GramSum(members.size(), bound > 0.0 ? bound : 1.0));
  for (const Weighted& w : weighted) {
    const Departure dep = departure(obs, w.obs, spaces[w.unit]);
    sums[w.unit].add(dep.y, dep.d, dep.inverse_variance * w.weight);
  }
  std::vector<ObsGram> grams;
  for (const GramSum& sum : sums) grams.push_back(sum.total(comm));
  return grams;
}

}  // namespace

void keep_parameter_spread(const AnalysisOptions& options, std::span<const double> prior, std::span<double> row,
                           double initial_sd) {
  if (options.parameter_relaxation > 0.0) relax_to_prior_spread(prior, row, options.parameter_relaxation);
  if (options.parameter_floor > 0.0) keep_spread(row, initial_sd, options.parameter_floor);
}

void update_shared_parameters(Members& members, const AnalysisMethod& method, const ObsTable& obs,
                              const std::vector<double>& initial_sd) {
  const auto units = unit_rows(members.parameters, initial_sd);
  if (std::all_of(units.begin(), units.end(), [](const UnitRows& u) { return u.rows.empty(); })) return;
  const auto grams = unit_grams(members, obs);
  for (int unit = 0; unit <= global_unit; ++unit) {
    if (grams[unit].count == 0.0 || units[unit].rows.empty()) continue;
    std::vector<std::vector<double>> prior;
    for (const double* row : units[unit].rows) prior.emplace_back(row, row + members.size());
    method.update(grams[unit], members.size(), units[unit].rows);
    for (std::size_t r = 0; r < prior.size(); ++r)
      keep_parameter_spread(members.domain().experiment->analysis, prior[r],
                            {units[unit].rows[r], std::size_t(members.size())}, units[unit].initial_sd[r]);
  }
}

}  // namespace tilth
