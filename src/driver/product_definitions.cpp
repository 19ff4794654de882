#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/domain.hpp"
#include "driver/products.hpp"

namespace tilth {

namespace {

constexpr double unbounded = 1e30;
constexpr std::string_view step_prefix = "step_";
// Soil layers of the built-in column, MODEL: 0.02 0.05 0.08 0.15 0.30 0.50 0.90 2.00 m.
constexpr std::array<double, 8> layer_m{0.02, 0.05, 0.08, 0.15, 0.30, 0.50, 0.90, 2.00};

std::vector<std::pair<int, double>> sum_of(const StateLayout& layout, const std::vector<std::string>& names,
                                           double factor) {
  std::vector<std::pair<int, double>> terms;
  for (const auto& name : names) terms.emplace_back(layout.row(name), factor);
  return terms;
}

// Window means of a cell lie in here: 16 bits of it resolve what the product is good for.
struct PackedRange {
  const char* name;
  double lower, upper;
};
constexpr std::array packed_ranges{
    PackedRange{"surface_soil_moisture", 0.0, 1.0},   PackedRange{"root_zone_soil_moisture", 0.0, 1.0},
    PackedRange{"leaf_area_index", 0.0, 12.0},        PackedRange{"gross_primary_productivity", 0.0, 60.0},
    PackedRange{"evapotranspiration", -10.0, 30.0},   PackedRange{"net_ecosystem_exchange", -60.0, 60.0},
    PackedRange{"ecosystem_respiration", 0.0, 60.0},  PackedRange{"latent_heat_flux", -300.0, 900.0},
    PackedRange{"sensible_heat_flux", -600.0, 900.0}, PackedRange{"ground_heat_flux", -600.0, 600.0},
    PackedRange{"net_radiation", -400.0, 900.0},      PackedRange{"transpiration", -10.0, 30.0},
    PackedRange{"soil_evaporation", -10.0, 30.0},     PackedRange{"interception_evaporation", -10.0, 30.0},
    PackedRange{"sublimation", -10.0, 30.0},          PackedRange{"carbon_vegetation", 0.0, 100.0},
    PackedRange{"carbon_soil", 0.0, 200.0},           PackedRange{"snow_water_equivalent", 0.0, 6000.0}};

PackedRange packed_range(const std::string& name) {
  for (const PackedRange& r : packed_ranges)
    if (name == r.name) return r;
  return {"", 0.0, 0.0};
}

// Every layer of every prognostic variable as it is: for models without the land's variables.
std::vector<ProductDefinition> layer_products(const StateLayout& layout) {
  std::vector<ProductDefinition> out;
  for (int v = 0; v < int(layout.variables().size()); ++v) {
    const Variable& variable = layout.variables()[v];
    if (variable.kind != Variable::Kind::prognostic) continue;
    for (int layer = 0; layer < variable.layers; ++layer) {
      const bool one = variable.layers == 1;
      out.push_back({one ? variable.name : text(variable.name, "_", layer),
                     variable.standard_name,
                     one ? variable.long_name : text(variable.long_name, ", layer ", layer),
                     variable.units,
                     {{layout.row(v) + layer, 1.0}},
                     variable.lower,
                     variable.upper,
                     variable.lower,
                     variable.upper});
    }
  }
  return out;
}

}  // namespace

std::vector<std::pair<int, double>> depth_mean(const StateLayout& layout, const std::string& name, double depth_m) {
  std::vector<std::pair<int, double>> terms;
  double top = 0.0;
  for (int k = 0; k < layout.variable(name).layers; ++k) {
    const double inside = std::min(top + layer_m[k], depth_m) - top;
    if (inside > 0.0) terms.emplace_back(layout.row(name) + k, inside / depth_m);
    top += layer_m[k];
  }
  return terms;
}

std::vector<ProductDefinition> product_definitions(const StateLayout& layout) {
  std::vector<ProductDefinition> out;
  auto add = [&](const std::string& name, const std::string& standard, const std::string& long_name,
                 const std::string& units, const std::vector<std::string>& needs, auto terms, double lower,
                 double upper) {
    for (const auto& need : needs)
      if (!layout.has(need)) return;
    const PackedRange range = packed_range(name);
    out.push_back({name, standard, long_name, units, terms(), lower, upper, range.lower, range.upper});
  };
  auto rows = [&](std::vector<std::string> names, double factor) {
    return [&layout, names, factor] { return sum_of(layout, names, factor); };
  };
  add(
      "surface_soil_moisture", "", "volumetric soil water, 0-0.05 m", "m3 m-3", {"soil_moisture"},
      [&] { return depth_mean(layout, "soil_moisture", 0.05); }, 0.0, 1.0);
  add(
      "root_zone_soil_moisture", "", "volumetric soil water, 0-1 m", "m3 m-3", {"soil_moisture"},
      [&] { return depth_mean(layout, "soil_moisture", 1.0); }, 0.0, 1.0);
  add("leaf_area_index", "leaf_area_index", "leaf area index", "1", {"leaf_area_index"}, rows({"leaf_area_index"}, 1.0),
      0.0, 12.0);
  add("gross_primary_productivity", "gross_primary_productivity_of_biomass_expressed_as_carbon",
      "gross primary productivity", "g m-2 day-1", {"gpp"}, rows({"gpp"}, 1.0), 0.0, unbounded);
  add("evapotranspiration", "water_evapotranspiration_flux", "evapotranspiration", "kg m-2 day-1",
      {"evapotranspiration"}, rows({"evapotranspiration"}, 1.0), -unbounded, unbounded);
  add("net_ecosystem_exchange", "", "net ecosystem exchange of carbon, positive to the atmosphere", "g m-2 day-1",
      {"nee"}, rows({"nee"}, 1.0), -unbounded, unbounded);
  add("ecosystem_respiration", "", "autotrophic and heterotrophic respiration", "g m-2 day-1",
      {"autotrophic_respiration", "heterotrophic_respiration"},
      rows({"autotrophic_respiration", "heterotrophic_respiration"}, 1.0), 0.0, unbounded);
  const std::array<std::array<const char*, 3>, 4> heat{
      {{"latent_heat_flux", "surface_upward_latent_heat_flux", "latent heat flux"},
       {"sensible_heat_flux", "surface_upward_sensible_heat_flux", "sensible heat flux"},
       {"ground_heat_flux", "downward_heat_flux_at_ground_level_in_soil", "heat flux into snow and soil"},
       {"net_radiation", "surface_net_downward_radiative_flux", "net radiation"}}};
  for (const auto& [name, standard, about] : heat)
    add(name, standard, about, "W m-2", {name}, rows({name}, 1.0), -unbounded, unbounded);
  for (const auto& [name, about] :
       {std::pair("transpiration", "transpiration"), std::pair("soil_evaporation", "evaporation from soil and pond"),
        std::pair("interception_evaporation", "evaporation from the wet canopy"),
        std::pair("sublimation", "sublimation of snow")})
    add(name, "", about, "kg m-2 day-1", {name}, rows({name}, 1.0), -unbounded, unbounded);
  add("carbon_vegetation", "vegetation_carbon_content", "carbon in living biomass", "kg m-2",
      {"carbon_labile", "carbon_leaf", "carbon_root", "carbon_wood"},
      rows({"carbon_labile", "carbon_leaf", "carbon_root", "carbon_wood"}, 1e-3), 0.0, unbounded);
  add("carbon_soil", "", "carbon in litter, coarse debris and soil", "kg m-2",
      {"carbon_litter", "carbon_cwd", "carbon_soil_fast", "carbon_soil_slow"},
      rows({"carbon_litter", "carbon_cwd", "carbon_soil_fast", "carbon_soil_slow"}, 1e-3), 0.0, unbounded);
  add("snow_water_equivalent", "surface_snow_amount", "snow water equivalent", "kg m-2", {"snow_ice", "snow_liquid"},
      rows({"snow_ice", "snow_liquid"}, 1.0), 0.0, unbounded);
  return out.empty() ? layer_products(layout) : out;
}

std::vector<ProductDefinition> step_definitions(const StateLayout& layout) {
  std::vector<ProductDefinition> out;
  for (const Variable& v : layout.variables())
    if (v.name.starts_with(step_prefix))
      out.push_back({v.name.substr(step_prefix.size()), v.standard_name, v.long_name, v.units,
                     sum_of(layout, {v.name}, 1.0), -unbounded, unbounded});
  return out;
}

std::vector<ProductDefinition> selected_products(const ProductOptions& options, const StateLayout& layout,
                                                 const std::string& where) {
  std::vector<ProductDefinition> all = options.on ? product_definitions(layout) : std::vector<ProductDefinition>{};
  std::vector<std::string> names;
  for (const ProductDefinition& d : all) names.push_back(d.name);
  for (const std::string& name : options.variables)
    require(!options.on || std::find(names.begin(), names.end(), name) != names.end(), where,
            ".variables: the model has no product '", name, "'", did_you_mean(name, names), "; known: ", joined(names));
  std::erase_if(all, [&](const ProductDefinition& d) {
    const auto& wanted = options.variables;
    return !wanted.empty() && std::find(wanted.begin(), wanted.end(), d.name) == wanted.end();
  });
  for (const ProductDefinition& d : all)
    require(options.packing == "none" || d.packed_upper > d.packed_lower, where, ".packing: no range of '", d.name,
            "' is declared to pack it in; use none, or leave it out of variables");
  return all;
}

std::vector<ProductDefinition> experiment_products(const Domain& domain) {
  const Experiment& e = *domain.experiment;
  return selected_products(e.output.products, domain.model->traits().layout, e.file + ": output.products");
}

}  // namespace tilth
