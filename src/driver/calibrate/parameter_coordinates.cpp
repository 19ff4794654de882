#include "driver/calibrate/parameter_coordinates.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/members.hpp"
#include "model/disequilibrium.hpp"

namespace tilth {

using calibration::Index;

namespace {

/// Bounds of z stay this far inside those of the parameter, so that no rounding cuts a value at them.
constexpr double inside = 1e-9;

int definition_named(const std::vector<ParameterDefinition>& definitions, const ParameterDefault& given) {
  std::vector<std::string> names;
  for (const ParameterDefinition& d : definitions) names.push_back(d.name);
  const auto found = std::ranges::find(names, given.parameter);
  require(found != names.end(), given.where, ": the model has no parameter '", given.parameter, "'",
          did_you_mean(given.parameter, names));
  return int(found - names.begin());
}

void set_default(ParameterDefinition& d, int pft, const ParameterDefault& given) {
  require(given.value >= d.lower && given.value <= d.upper, given.where, ": ", d.name, " of ",
          pft_names[std::size_t(pft)], " = ", given.value, ", must lie between ", d.lower, " and ", d.upper, " ",
          d.units);
  d.value[std::size_t(pft)] = given.value;
}

}  // namespace

ParameterCoordinates::ParameterCoordinates(const Domain& domain, std::vector<int> columns,
                                           const std::vector<ParameterDefault>& defaults, double bounds_sd)
    : domain_(&domain), columns_(std::move(columns)), bounds_sd_(bounds_sd), definitions_(domain.parameters) {
  for (const UncertainParameter& u : uncertain_parameters(domain)) {
    const ParameterDefinition& d = domain.parameters[std::size_t(u.definition)];
    if (u.updated) list_.push_back({u.definition, d.name, d.units, u.sd});
  }
  require(!list_.empty(), domain.experiment->file,
          ": control.parameters: there is nothing to calibrate; name parameters, see 'tilth describe models'");
  for (const ParameterDefault& given : defaults) take(given);
}

void ParameterCoordinates::take(const ParameterDefault& given) {
  const int k = definition_named(definitions_, given);
  const int only = given.pft.empty() ? -1 : pft_index(given.pft);
  require(given.pft.empty() || only >= 0, given.where, ": no vegetation type '", given.pft, "'",
          did_you_mean(given.pft, pft_names), "; known: ", joined(pft_names));
  const auto apply = [&](ParameterDefinition& d) {
    for (int pft = 0; pft < pft_count; ++pft)
      if (only < 0 ? d.varies(pft) : pft == only) set_default(d, pft, given);
  };
  if (given.site.empty()) {
    apply(definitions_[std::size_t(k)]);
    for (auto& [site, own] : of_site_) apply(own[std::size_t(k)]);
    return;
  }
  bool found = false;
  for (int site = 0; site < int(columns_.size()); ++site) {
    if (point(site).name != given.site && std::to_string(point(site).id) != given.site) continue;
    apply(of_site_.try_emplace(site, definitions_).first->second[std::size_t(k)]);
    found = true;
  }
  require(found, given.where, ": the grid has no site '", given.site, "'");
}

const std::vector<ParameterDefinition>& ParameterCoordinates::definitions(int site) const {
  const auto own = of_site_.find(site);
  return own == of_site_.end() ? definitions_ : own->second;
}

int ParameterCoordinates::reference_pft(int site, int parameter) const {
  const ParameterDefinition& d = definition(site, parameter);
  const auto& tiles = point(site).surface.tiles;
  const auto smaller = [&](const Tile& a, const Tile& b) {
    return std::pair(d.varies(a.pft), a.fraction) < std::pair(d.varies(b.pft), b.fraction);
  };
  return std::max_element(tiles.begin(), tiles.end(), smaller)->pft;
}

calibration::Box ParameterCoordinates::box(int site) const {
  const auto n = Index(list_.size());
  calibration::Box box{calibration::Vector::Constant(n, -bounds_sd_), calibration::Vector::Constant(n, bounds_sd_)};
  for (int k = 0; k < int(n); ++k) {
    const ParameterDefinition& d = definition(site, k);
    const int pft = reference_pft(site, k);
    if (!d.varies(pft)) continue;
    const double centre = d.transform.to_unconstrained(d.value[std::size_t(pft)]), sd = list_[std::size_t(k)].sd;
    const double low = (d.transform.to_unconstrained(d.lower) - centre) / sd;
    const double high = (d.transform.to_unconstrained(d.upper) - centre) / sd;
    box.lower[k] = std::max(box.lower[k], low + inside);
    box.upper[k] = std::min(box.upper[k], high - inside);
    require(box.lower[k] < box.upper[k], domain_->experiment->file, ": parameter ", d.name, " of ",
            pft_names[std::size_t(pft)], ": its default ", d.value[std::size_t(pft)], " leaves no room between ",
            d.lower, " and ", d.upper, "; correct the default");
  }
  return box;
}

double ParameterCoordinates::physical(int site, int parameter, double z) const {
  const ParameterDefinition& d = definition(site, parameter);
  const int pft = reference_pft(site, parameter);
  const double value = d.value[std::size_t(pft)];
  if (!d.varies(pft)) return value;
  const double u = d.transform.to_unconstrained(value) + list_[std::size_t(parameter)].sd * z;
  return std::clamp(d.transform.to_physical(u), d.lower, d.upper);
}

double ParameterCoordinates::slope(int site, int parameter, int pft, double z) const {
  const ParameterDefinition& d = definition(site, parameter);
  if (!d.varies(pft)) return 0.0;
  const double sd = list_[std::size_t(parameter)].sd;
  const double x = d.transform.to_physical(d.transform.to_unconstrained(d.value[std::size_t(pft)]) + sd * z);
  const double rounding = 1e-12 * (d.upper - d.lower);
  if (x < d.lower - rounding || x > d.upper + rounding) return 0.0;
  return sd * d.transform.derivative(std::clamp(x, d.lower, d.upper));
}

ParameterSet ParameterCoordinates::members(int site, const calibration::Matrix& z, bool settled) const {
  std::vector<ParameterDefinition> definitions = this->definitions(site);
  if (settled)
    for (const Disequilibrium& d : disequilibria(domain_->model->traits()))
      definitions[std::size_t(d.parameter)].value.fill(1.0);
  std::vector<UncertainParameter> uncertain;
  for (const CalibrationParameter& p : list_) uncertain.push_back({p.definition, Scope::pft, p.sd, true});
  Grid grid;
  grid.global_count = 1;
  grid.points = {point(site)};
  ParameterSet set(std::move(definitions), std::move(uncertain), int(z.rows()), grid,
                   int(domain_->model->traits().parameters.size()));
  for (int k = 0; k < int(list_.size()); ++k)
    for (int pft = 0; pft < pft_count; ++pft) {
      const ParameterDefinition& d = set.definitions()[std::size_t(list_[std::size_t(k)].definition)];
      if (!d.varies(pft)) continue;
      const double centre = d.transform.to_unconstrained(d.value[std::size_t(pft)]);
      const auto row = set.row(k, pft);
      for (Index m = 0; m < z.rows(); ++m) row[std::size_t(m)] = centre + list_[std::size_t(k)].sd * z(m, k);
    }
  set.refresh();
  return set;
}

}  // namespace tilth
