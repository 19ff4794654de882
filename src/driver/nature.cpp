#include "driver/nature.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/products.hpp"

namespace tilth {

namespace {

bool has(const ParameterMap& map, const std::string& name) {
  return std::any_of(map.begin(), map.end(), [&](const auto& entry) { return entry.first == name; });
}

bool has_other_parameters(const Experiment& e) {
  return std::any_of(e.nature.parameters.begin(), e.nature.parameters.end(), [&](const auto& entry) {
    return !has(e.control.parameters, entry.first) && !has(e.ensemble.parameters, entry.first);
  });
}

}  // namespace

bool is_fraternal(const Experiment& e) {
  return e.nature.other_model || e.nature.other_forcing || has_other_parameters(e);
}

Experiment nature_experiment(const Experiment& e) {
  Experiment out = e;
  if (e.nature.other_model) out.model = e.nature.model;
  if (e.nature.other_forcing) out.forcing = e.nature.forcing;
  const ModelTraits traits = out.model.make()->traits();
  std::vector<std::string> known;
  for (const ParameterDefinition& d : traits.parameters) known.push_back(d.name);
  const auto is_known = [&](const std::string& name) { return std::ranges::find(known, name) != known.end(); };
  for (ParameterMap* map : {&out.control.parameters, &out.ensemble.parameters})
    std::erase_if(*map, [&](const auto& entry) { return !is_known(entry.first); });
  for (const auto& [name, unused] : e.nature.parameters) {
    require(is_known(name), e.file, ": nature.parameters: the model of the nature run, '", traits.name,
            "', has no parameter '", name, "'", did_you_mean(name, known), "; see 'tilth describe ", traits.name, "'");
    if (!has(out.control.parameters, name) && !has(out.ensemble.parameters, name))
      out.ensemble.parameters.emplace_back(name, ParameterOptions{.scope = "pft", .sd = 1.0});  // its value is given
  }
  out.control.states = {"none"};
  out.control.rank_histogram.clear();
  out.analysis.localisation.rules.clear();
  const auto products = product_definitions(traits.layout);
  std::erase_if(out.output.products.variables, [&](const std::string& name) {
    return std::ranges::none_of(products, [&](const ProductDefinition& d) { return d.name == name; });
  });
  return out;
}

OtherNature::OtherNature(const Comm& comm, const Experiment& ensemble, const Trial* trial) {
  together(comm, [&] { experiment = nature_experiment(ensemble); });
  domain = make_domain(comm, experiment, trial ? trial->columns : 0);
  if (trial && trial->cold) start_cold(domain);
}

void require_comparable(const Experiment& e) {
  if (!is_fraternal(e)) return;
  nature_experiment(e);
  require(!e.nature.other_model || !e.verification.states, e.file,
          ": verification.states compares state by state, but ", "nature.model is '", e.nature.model.name,
          "' and the ensemble's '", e.model.name,
          "'; leave verification.states out (products are compared by name), or nature.model");
  require(
      e.ensemble.initial.around != "nature", e.file,
      ": ensemble.initial.around: nature starts the members from the nature run, which has another model, weather or "
      "other parameters; use around: spinup, or remove model, forcing and parameters from 'nature'");
}

}  // namespace tilth
