#include "driver/bias_terms.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "driver/observation_store.hpp"

namespace tilth {

void append_biases(const Experiment& experiment, std::vector<Stream>& streams,
                   std::vector<ParameterDefinition>& parameters) {
  for (Stream& stream : streams) {
    const ObservationOptions& o = *stream.options;
    if (!o.bias.estimated) continue;
    for (const std::string& predictor : o.bias.predictors) {
      ParameterDefinition d = bias_definition(o.name, stream.op->traits().units, o.bias, predictor);
      const bool fresh = std::none_of(parameters.begin(), parameters.end(),
                                      [&](const ParameterDefinition& other) { return other.name == d.name; });
      require(fresh, experiment.file, ": observations (", o.name, "): there is another parameter '", d.name,
              "'; rename the stream");
      stream.biases.push_back({int(parameters.size()), predictor});
      parameters.push_back(std::move(d));
    }
  }
}

std::vector<UncertainParameter> uncertain_biases(const Domain& domain) {
  std::vector<UncertainParameter> out;
  for (const Stream& stream : domain.streams) {
    const BiasOptions& o = stream.options->bias;
    for (const BiasTerm& term : stream.biases)
      out.push_back({term.definition, o.scope == "global" ? Scope::global : Scope::column, o.sd, true});
  }
  return out;
}

void add_biases(const Members& members, ObsTable& obs) {
  const Domain& domain = members.domain();
  for (std::size_t i = 0; i < obs.size(); ++i) {
    if (obs.column[i] < 0 || (obs.flag[i] & qc_no_prediction)) continue;
    const int pft = domain.grid.points[obs.column[i]].surface.tiles.front().pft;  // any: a bias belongs to no PFT
    double* hx = obs.predictions(i);
    for (const BiasTerm& term : domain.streams[obs.type[i]].biases) {
      const double predictor = bias_predictor(term.predictor, middle(obs.begin[i], obs.end[i]));
      const double* beta = members.parameters.physical(term.definition, pft, obs.column[i]);
      for (int k = 0; k < obs.stride(); ++k) hx[k] += predictor * beta[k];
    }
  }
}

LocalisationOptions localisation_with_biases(const Domain& domain) {
  LocalisationOptions options = domain.experiment->analysis.localisation;
  const auto given = options.rules;
  for (const Stream& stream : domain.streams) {
    const ObservationOptions& o = *stream.options;
    if (o.bias.scope != "column") continue;
    for (const BiasTerm& term : stream.biases) {
      const std::string& name = domain.parameters[term.definition].name;
      if (std::any_of(given.begin(), given.end(), [&](const LocalisationRule& rule) {
            return std::find(rule.rows.begin(), rule.rows.end(), name) != rule.rows.end();
          }))
        continue;
      LocalisationRule none, own;
      none.rows = own.rows = {name};
      none.weight = 0.0;
      own.observations = {o.name};
      own.half_width_km = std::min(o.half_width_km, stream_reach_km(domain, o));
      options.rules.push_back(none);
      options.rules.push_back(own);
    }
  }
  return options;
}

bool informs(const Domain& domain, int type, int definition) {
  for (int other = 0; other < int(domain.streams.size()); ++other)
    for (const BiasTerm& term : domain.streams[other].biases)
      if (term.definition == definition) return other == type;
  return true;
}

}  // namespace tilth
