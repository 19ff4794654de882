// Names: the template of CalLMIP phase 1 and its protocol, section 6.1; others from the CMIP6 tables Lmon and Eday.
#include "driver/calibrate/model_outputs.hpp"

#include <algorithm>

#include "core/config/plugin_by_default.hpp"
#include "driver/products.hpp"

namespace tilth {
namespace {

constexpr double per_s = 1.0 / double(seconds_per_day);  // of a sum over a day
constexpr double kg = 1e-3;                              // in a gram
constexpr double above_ground_wood = 0.75;               // as the operator above_ground_biomass has it (MODEL 6.9)

/// An output that is a sum of rows of one layer.
struct SumOfRows {
  ModelOutput output;
  std::vector<std::pair<const char*, double>> rows;
};

ModelOutput flux(const char* name, const char* standard_name, const char* long_name, const char* units,
                 const char* comment = "") {
  return {name, standard_name, long_name, units, comment};
}
ModelOutput store(const char* name, const char* standard_name, const char* long_name, const char* comment = "") {
  ModelOutput out{name, standard_name, long_name, "kg m-2", comment};
  out.mean = false;
  return out;
}

std::vector<SumOfRows> carbon_fluxes() {
  const char* const units = "kg m-2 s-1";
  const double g = kg * per_s;
  const auto of = [&](const char* name, const char* standard_name, const char* long_name, const char* comment = "") {
    return flux(name, standard_name, long_name, units, comment);
  };
  return {
      {of("gpp", "gross_primary_productivity_of_biomass_expressed_as_carbon", "gross primary production, carbon"),
       {{"gpp", g}}},
      {of("nep",
          "surface_net_downward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes_excluding_"
          "anthropogenic_land_use_change",
          "net ecosystem production, carbon", "gpp less reco"),
       {{"nee", -g}}},
      {of("reco", "", "ecosystem respiration, carbon", "ra and rh"),
       {{"autotrophic_respiration", g}, {"heterotrophic_respiration", g}}},
      {of("ra", "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_plant_respiration",
          "respiration of plants, carbon"),
       {{"autotrophic_respiration", g}}},
      {of("rh", "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_heterotrophic_respiration",
          "respiration of litter and soil, carbon"),
       {{"heterotrophic_respiration", g}}}};
}

std::vector<SumOfRows> water_fluxes() {
  const char* const units = "kg m-2 s-1";
  const auto of = [&](const char* name, const char* standard_name, const char* long_name, const char* comment = "") {
    return flux(name, standard_name, long_name, units, comment);
  };
  return {{of("evspsbl", "water_evapotranspiration_flux", "evapotranspiration", "with sublimation"),
           {{"evapotranspiration", per_s}}},
          {of("tran", "transpiration_flux", "transpiration"), {{"transpiration", per_s}}},
          {of("evspsblsoi", "water_evaporation_flux_from_soil", "evaporation from soil", "and from ponded water"),
           {{"soil_evaporation", per_s}}},
          {of("evspsblveg", "water_evaporation_flux_from_canopy", "evaporation from the wet canopy"),
           {{"interception_evaporation", per_s}}},
          {of("sbl", "surface_snow_and_ice_sublimation_flux", "sublimation of snow"), {{"sublimation", per_s}}},
          {of("mrros", "surface_runoff_flux", "surface runoff"), {{"surface_runoff", per_s}}},
          {of("mrro", "runoff_flux", "runoff", "at the surface and out of the soil column"),
           {{"surface_runoff", per_s}, {"drainage", per_s}}}};
}

std::vector<SumOfRows> heat_fluxes(const StateLayout& layout) {
  std::vector<SumOfRows> out{
      {flux("hfls", "surface_upward_latent_heat_flux", "latent heat flux", "W m-2"), {{"latent_heat_flux", 1.0}}},
      {flux("hfss", "surface_upward_sensible_heat_flux", "sensible heat flux", "W m-2"), {{"sensible_heat_flux", 1.0}}},
      {flux("hfg", "downward_heat_flux_at_ground_level_in_soil", "heat flux into snow and soil", "W m-2"),
       {{"ground_heat_flux", 1.0}}}};
  if (layout.has("sensible_heat_flux")) return out;
  out[1].output.comment = "net radiation less latent heat: heat that goes into soil and snow is in it";
  out[1].rows = {{"net_radiation", 1.0}, {"latent_heat_flux", -1.0}};
  return out;
}

std::vector<SumOfRows> stores() {
  return {
      {store("mrso", "mass_content_of_water_in_soil", "water in the soil column", "liquid and ice, to 4 m"),
       {{"soil_water", 1.0}}},
      {store("snw", "surface_snow_amount", "snow, ice and liquid water"), {{"snow_ice", 1.0}, {"snow_liquid", 1.0}}},
      {store("cVeg", "vegetation_carbon_content", "carbon in vegetation", "leaves, wood, fine roots, labile reserves"),
       {{"carbon_labile", kg}, {"carbon_leaf", kg}, {"carbon_root", kg}, {"carbon_wood", kg}}},
      {store("cLiveBioAbove", "", "carbon in living biomass above ground",
             "leaves and 0.75 of wood; labile reserves and roots are not in it"),
       {{"carbon_leaf", kg}, {"carbon_wood", above_ground_wood * kg}}},
      {store("cLeaf", "leaf_mass_content_of_carbon", "carbon in leaves"), {{"carbon_leaf", kg}}},
      {store("cWood", "wood_mass_content_of_carbon", "carbon in wood", "above and below ground"),
       {{"carbon_wood", kg}}},
      {store("cRoot", "root_mass_content_of_carbon", "carbon in fine roots", "coarse roots are in cWood"),
       {{"carbon_root", kg}}},
      {store("cLitter", "litter_mass_content_of_carbon", "carbon in litter", "coarse woody debris is in cCwd"),
       {{"carbon_litter", kg}}},
      {store("cCwd", "wood_debris_mass_content_of_carbon", "carbon in coarse woody debris"), {{"carbon_cwd", kg}}},
      {store("cSoil", "soil_mass_content_of_carbon", "carbon in soil", "fast and slow pool; litter is not in it"),
       {{"carbon_soil_fast", kg}, {"carbon_soil_slow", kg}}}};
}

void append(const StateLayout& layout, std::vector<SumOfRows> sums, std::vector<ModelOutput>& out) {
  for (SumOfRows& sum : sums) {
    if (!std::ranges::all_of(sum.rows, [&](const auto& row) { return layout.has(row.first); })) continue;
    for (const auto& [row, weight] : sum.rows) sum.output.terms.emplace_back(layout.row(row), weight);
    out.push_back(std::move(sum.output));
  }
}

ModelOutput top_soil_water(const StateLayout& layout) {
  constexpr double depth_m = 0.1, water_kg_m3 = 1000.0;
  ModelOutput out =
      store("mrsos", "mass_content_of_water_in_soil_layer", "water in the upper 0.1 m of soil", "liquid and ice");
  out.terms = depth_mean(layout, "soil_moisture", depth_m);
  for (auto& [row, weight] : out.terms) weight *= depth_m * water_kg_m3;
  return out;
}

ModelOutput surface_temperature(const StateLayout& layout) {
  ModelOutput out = flux("ts", "surface_temperature", "surface temperature", "K");
  if (layout.has("canopy_temperature")) {
    out.op = "land_surface_temperature";
    out.comment = "radiometric temperature of leaves and ground";
  } else {
    out.terms = {{layout.row("soil_temperature"), 1.0}};
    out.comment = "of the soil layer from 0 to 0.02 m, below the snow";
  }
  return out;
}

}  // namespace

std::vector<ModelOutput> model_outputs(const StateLayout& layout) {
  std::vector<ModelOutput> out;
  append(layout, carbon_fluxes(), out);
  append(layout, water_fluxes(), out);
  append(layout, heat_fluxes(layout), out);
  if (layout.has("soil_temperature")) out.push_back(surface_temperature(layout));
  if (layout.has("soil_moisture")) out.push_back(top_soil_water(layout));
  append(layout, stores(), out);
  ModelOutput leaf_area = flux("lai", "leaf_area_index", "leaf area index", "1");
  leaf_area.mean = false;
  append(layout, {{leaf_area, {{"leaf_area_index", 1.0}}}}, out);
  return out;
}

RunOutputs::RunOutputs(const LandModel& model, const GridPoint& point, const std::vector<ModelOutput>& outputs,
                       Time begin, int days, int members)
    : model_(&model),
      point_(&point),
      outputs_(&outputs),
      begin_(begin),
      days_(days),
      stride_(std::size_t(padded(members))),
      sums_(outputs.size() * std::size_t(days) * stride_, 0.0),
      values_(stride_, 0.0) {
  for (const ModelOutput& output : outputs)
    operators_.push_back(output.op.empty() ? nullptr : made_by_default(observation_operators(), output.op));
}

void RunOutputs::see(const StepSpan& span, ColumnView column) {
  const auto day = int((midnight(span.begin) - begin_) / seconds_per_day);
  const double part = double(span.end - span.begin) / double(seconds_per_day);
  for (std::size_t o = 0; o < outputs_->size(); ++o) {
    const std::span<double> sum(sums_.data() + at(int(o), day), stride_);
    if (!operators_[o]) {
      if (span.ends_day) add_cell_mean((*outputs_)[o].terms, *point_, column, sum);
      continue;
    }
    operators_[o]->predict({.point = *point_, .layout = model_->traits().layout, .column = column, .parameters = {}},
                           values_);
    for (std::size_t k = 0; k < stride_; ++k) sum[k] += part * values_[k];
  }
}

}  // namespace tilth
