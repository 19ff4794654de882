#include "driver/parameter_update.hpp"

#include <algorithm>
#include <cmath>

#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "assim/observation_impact.hpp"
#include "assim/parameter_space.hpp"
#include "assim/rotation.hpp"
#include "driver/bias_terms.hpp"

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

// The parameters that observations of each stream may speak about, per unit: the PFT's own and the global ones, without
// the biases of other streams.
std::vector<std::vector<ParameterSpace>> parameter_spaces(Members& members) {
  auto& parameters = members.parameters;
  std::vector<std::vector<ParameterSpace>> spaces(members.domain().streams.size());
  for (int type = 0; type < int(spaces.size()); ++type)
    for (int unit = 0; unit <= global_unit; ++unit) {
      std::vector<const double*> rows;
      for (int k = 0; k < int(parameters.uncertain().size()); ++k) {
        const UncertainParameter& u = parameters.uncertain()[k];
        if (!informs(members.domain(), type, u.definition)) continue;
        if (u.scope == Scope::global) rows.push_back(parameters.row(k, 0).data());
        if (u.scope == Scope::pft && unit != global_unit) rows.push_back(parameters.row(k, unit).data());
      }
      spaces[type].emplace_back(rows, members.size());
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

// Number of (uncertain parameter, unit) rows.
std::size_t parameter_rows(ParameterSet& parameters) {
  std::size_t count = 0;
  for (int k = 0; k < int(parameters.uncertain().size()); ++k) count += std::size_t(parameters.units(k));
  return count;
}

// Centred keyed standard normals of an observation, one per member.
std::vector<double> perturbations(const ObsTable& obs, std::size_t i, const AnalysisKey& key) {
  std::vector<double> e(obs.members);
  const Random random = key.random();
  for (int k = 0; k < obs.members; ++k) e[k] = random.normal({key.cycle, k, obs.id[i], key.pass});
  const double mean = member_mean(e);
  for (double& x : e) x -= mean;
  return e;
}

// Statistics of every unit over all ranks. Collective.
std::vector<ObsGram> unit_grams(Members& members, const ObsTable& obs, bool perturbs, const AnalysisKey& key) {
  const Comm& comm = *members.domain().comm;
  const auto weighted = weights(members, obs);
  const auto spaces = parameter_spaces(members);
  const auto each = [&](const auto& visit) {
    std::vector<double> e;
    for (const Weighted& w : weighted) {
      const Departure dep = departure(obs, w.obs, spaces[obs.type[w.obs]][w.unit]);
      const double weight = dep.inverse_variance * w.weight;
      if (perturbs) {
        e = perturbations(obs, w.obs, key);
        for (double& x : e) x /= std::sqrt(weight);  // their variance is that of the observation as it counts here
      }
      visit(w.unit, dep, weight, e);
    }
  };
  double bound = 0.0;
  each([&](int, const Departure& dep, double weight, std::span<const double> e) {
    bound = std::max(bound, GramSum::magnitude(dep.y, dep.d, weight, e));
  });
  bound = comm.max(bound);
  std::vector<GramSum> sums(pft_count + 1, GramSum(members.size(), bound > 0.0 ? bound : 1.0, perturbs));
  each([&](int unit, const Departure& dep, double weight, std::span<const double> e) {
    sums[unit].add(dep.y, dep.d, weight, e);
  });
  std::vector<ObsGram> grams;
  for (const GramSum& sum : sums) grams.push_back(sum.total(comm));
  return grams;
}

// Every shared uncertain row, updated or not, is rotated with the states.
void rotate(ParameterSet& parameters, std::span<const double> rotation) {
  if (rotation.empty()) return;
  for (int k = 0; k < int(parameters.uncertain().size()); ++k)
    for (int unit = 0; unit < parameters.units(k); ++unit)
      if (parameters.uncertain()[k].scope != Scope::column)
        rotate_members(rotation, parameters.row(k, unit).first(parameters.members()));
}

}  // namespace

void keep_parameter_spread(const AnalysisOptions& options, std::span<const double> prior, std::span<double> row,
                           double initial_sd) {
  if (options.parameter_relaxation > 0.0) relax_to_prior_spread(prior, row, options.parameter_relaxation);
  if (options.parameter_floor > 0.0) keep_spread(row, initial_sd, options.parameter_floor);
}

void update_shared_parameters(Members& members, const SharedUpdate& update, bool perturbs,
                              const PosteriorOptions& posterior, const ObsTable& obs) {
  const auto units = unit_rows(members.parameters, posterior.initial_parameter_sd);
  if (std::any_of(units.begin(), units.end(), [](const UnitRows& u) { return !u.rows.empty(); })) {
    const auto grams = unit_grams(members, obs, perturbs, posterior.key);
    for (int unit = 0; unit <= global_unit; ++unit) {
      if (grams[unit].count == 0.0 || units[unit].rows.empty()) continue;
      std::vector<std::vector<double>> prior;
      for (const double* row : units[unit].rows) prior.emplace_back(row, row + members.size());
      update(unit, grams[unit], members.size(), units[unit].rows);
      for (std::size_t r = 0; r < prior.size() && posterior.options; ++r)
        keep_parameter_spread(*posterior.options, prior[r], {units[unit].rows[r], std::size_t(members.size())},
                              units[unit].initial_sd[r]);
    }
  }
  rotate(members.parameters, posterior.rotation);
}

std::vector<SharedRows> shared_rows(Members& members, const ObsTable& obs) {
  const Domain& domain = members.domain();
  const std::vector<double> no_sd(parameter_rows(members.parameters), 0.0);
  const auto units = unit_rows(members.parameters, no_sd);
  std::vector<SharedRows> out;
  for (int unit = 0; unit <= global_unit; ++unit) {
    if (units[unit].rows.empty()) continue;
    SharedRows set{unit == global_unit ? "global" : pft_names[unit], units[unit].rows, {}, {}};
    for (const GridPoint& point : domain.grid.points) {
      double cover = unit == global_unit ? 1.0 : 0.0;
      for (const Tile& tile : point.surface.tiles)
        if (tile.pft == unit) cover += tile.fraction;
      set.column_weight.push_back(cover);
    }
    for (std::size_t i = 0; i < obs.size(); ++i) {
      const double weight =
          domain.streams[obs.type[i]].options->parameter_weight * domain.experiment->analysis.parameter_information;
      const bool counts = obs.flag[i] == qc_used && obs.column[i] >= 0;
      set.obs_weight.push_back(counts ? std::min(weight * set.column_weight[obs.column[i]], 1.0) : 0.0);
    }
    out.push_back(std::move(set));
  }
  return out;
}

std::vector<std::vector<double*>> updated_shared_rows(ParameterSet& parameters) {
  const std::vector<double> no_sd(parameter_rows(parameters), 0.0);
  std::vector<std::vector<double*>> out;
  for (UnitRows& unit : unit_rows(parameters, no_sd)) out.push_back(std::move(unit.rows));
  return out;
}

std::vector<double> shared_impacts(Members& prior, const ObsTable& obs, double prior_weight,
                                   std::span<const std::vector<double>> direction) {
  const auto grams = unit_grams(prior, obs, false, {});
  const auto spaces = parameter_spaces(prior);
  std::vector<std::vector<double>> v;
  for (std::size_t unit = 0; unit < grams.size(); ++unit)
    v.push_back(gain_sensitivity(grams[unit], prior_weight, direction[unit]));
  std::vector<double> out(obs.size(), 0.0);
  for (const Weighted& w : weights(prior, obs)) {
    const Departure dep = departure(obs, w.obs, spaces[obs.type[w.obs]][w.unit]);
    double sum = 0.0;
    for (std::size_t k = 0; k < dep.y.size(); ++k) sum += dep.y[k] * v[std::size_t(w.unit)][k];
    out[w.obs] += w.weight * dep.inverse_variance * dep.d * sum;
  }
  return out;
}

void relax_shared_parameters(Members& members, const ParameterSet& prior, const PosteriorOptions& posterior) {
  ParameterSet before = prior;  // rows of a set are handed out for writing only
  const auto units = unit_rows(members.parameters, posterior.initial_parameter_sd),
             old = unit_rows(before, posterior.initial_parameter_sd);
  const std::size_t N = members.size();
  for (std::size_t unit = 0; unit < units.size(); ++unit)
    for (std::size_t r = 0; r < units[unit].rows.size(); ++r) {
      const std::span<double> row(units[unit].rows[r], N);
      const std::span<const double> from(old[unit].rows[r], N);
      if (std::equal(row.begin(), row.end(), from.begin())) continue;  // not moved
      keep_parameter_spread(*posterior.options, from, row, units[unit].initial_sd[r]);
    }
  rotate(members.parameters, posterior.rotation);
  members.parameters.refresh();
}

}  // namespace tilth
