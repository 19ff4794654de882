#include "model/column/variables.hpp"

#include "model/column/definitions.hpp"

namespace tilth::column {

namespace {

/// Logarithmic transform of a store that may be empty: z = log(x + offset).
Transform log_of(double offset) { return {Transform::Kind::log, -offset, 0.0}; }
Transform logit_of(double lower, double upper) { return {Transform::Kind::logit, lower, upper}; }

/// A carbon pool (gC m-2), analysed in the logarithm.
Variable pool(std::string name, std::string standard_name, std::string long_name, double upper) {
  return state(std::move(name), std::move(standard_name), std::move(long_name), "g m-2", 1e-3, upper, log_of(0.0));
}

std::vector<Variable> physical_states() {
  return {soil(state("soil_moisture", "volume_fraction_of_condensed_water_in_soil", "Soil water, liquid and ice", "1",
                     0.005, 0.95, logit_of(0.0, 1.0))),
          soil(state("soil_temperature", "soil_temperature", "Soil temperature", "K", 200.0, 370.0)),
          state("snow_ice", "", "Ice in the snow pack", "kg m-2", 0.0, 5000.0, log_of(1.0)),
          state("snow_liquid", "liquid_water_content_of_surface_snow", "Liquid water in the snow pack", "kg m-2", 0.0,
                1000.0, log_of(1.0)),
          state("snow_density", "snow_density", "Bulk density of snow", "kg m-3", 50.0, 600.0, logit_of(49.0, 601.0)),
          state("snow_albedo", "", "Visible albedo of snow", "1", 0.35, 0.96, logit_of(0.34, 0.97)),
          state("canopy_water", "canopy_water_amount", "Water on the canopy", "kg m-2", 0.0, 20.0, log_of(0.1)),
          state("pond", "", "Water ponded at the surface", "kg m-2", 0.0, 50.0, log_of(0.1))};
}

std::vector<Variable> carbon_states() {
  return {pool("carbon_labile", "", "Labile carbon", 1e5),
          pool("carbon_leaf", "leaf_mass_content_of_carbon", "Leaf carbon", 1e5),
          pool("carbon_root", "fine_root_mass_content_of_carbon", "Fine root carbon", 1e5),
          pool("carbon_wood", "wood_mass_content_of_carbon", "Wood carbon", 1e5),
          pool("carbon_litter", "litter_mass_content_of_carbon", "Litter carbon", 2e5),
          pool("carbon_cwd", "wood_debris_mass_content_of_carbon", "Coarse woody debris carbon", 2e5),
          pool("carbon_soil_fast", "fast_soil_pool_mass_content_of_carbon", "Fast soil carbon", 2e5),
          pool("carbon_soil_slow", "slow_soil_pool_mass_content_of_carbon", "Slow soil carbon", 2e5)};
}

std::vector<Variable> memory_states() {
  return {
      state("growth_temperature", "", "Air temperature, 30 day memory", "K", 200.0, 330.0),
      state("lai_water_limited", "", "Leaf area that the water supply sustains", "1", 0.01, 12.0, log_of(0.0)),
      state("phenology_fraction", "", "Fraction of plants in active phenology", "1", 0.0, 1.0, logit_of(-0.01, 1.01)),
      state("water_stress_memory", "", "Water stress factor, 10 day memory", "1", 0.0, 1.0, logit_of(-0.01, 1.01)),
      state("transpiration_memory", "", "Transpiration, 30 day memory", "kg m-2 d-1", 0.0, 30.0, log_of(0.1)),
      state("acclimated_temperature", "", "Daytime air temperature, 15 day memory", "K", 200.0, 335.0),
      state("acclimated_vpd", "", "Daytime vapour pressure deficit, 15 day memory", "Pa", 1.0, 15000.0, log_of(0.0))};
}

std::vector<Variable> vegetation_diagnostics() {
  return {diagnostic("leaf_area_index", "leaf_area_index", "Leaf area index", "1", 0.0, 1e4),
          flux("fapar", "fraction_of_absorbed_photosynthetically_active_radiation",
               "Photosynthetically active radiation absorbed by leaves", "1", 0.0, 1.0),
          flux("apar", "", "Photosynthetically active radiation absorbed by leaves", "mol m-2 d-1", 0.0, 200.0),
          flux("gpp", "gross_primary_productivity_of_biomass_expressed_as_carbon", "Gross primary production",
               "g m-2 d-1", 0.0, 200.0),
          flux("autotrophic_respiration",
               "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_plant_respiration",
               "Autotrophic respiration", "g m-2 d-1", 0.0, 1e4),
          flux("heterotrophic_respiration",
               "surface_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_heterotrophic_respiration",
               "Heterotrophic respiration", "g m-2 d-1", 0.0, 1e5),
          flux("nee",
               "surface_net_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes_excluding_"
               "anthropogenic_land_use_change",
               "Net ecosystem exchange, positive to the atmosphere", "g m-2 d-1", -200.0, 1e5)};
}

/// Vapour fluxes are negative where dew or frost forms.
std::vector<Variable> water_diagnostics() {
  return {
      flux("evapotranspiration", "water_evapotranspiration_flux", "Evapotranspiration", "kg m-2 d-1", -20.0, 50.0),
      flux("latent_heat_flux", "surface_upward_latent_heat_flux", "Latent heat flux", "W m-2", -600.0, 1500.0),
      flux("transpiration", "transpiration_flux", "Transpiration", "kg m-2 d-1", 0.0, 50.0),
      flux("soil_evaporation", "water_evaporation_flux_from_soil", "Evaporation from soil and pond", "kg m-2 d-1",
           -20.0, 50.0),
      flux("interception_evaporation", "water_evaporation_flux_from_canopy", "Evaporation from the wet canopy",
           "kg m-2 d-1", -20.0, 50.0),
      flux("sublimation", "surface_snow_and_ice_sublimation_flux", "Sublimation of snow", "kg m-2 d-1", -20.0, 50.0),
      flux("surface_runoff", "surface_runoff_flux", "Surface runoff", "kg m-2 d-1", 0.0, 1e4),
      flux("drainage", "subsurface_runoff_flux", "Drainage out of the soil column", "kg m-2 d-1", 0.0, 1e4),
      diagnostic("snow_cover_fraction", "surface_snow_area_fraction", "Snow cover fraction", "1", 0.0, 1.0),
      diagnostic("snow_water_equivalent", "surface_snow_amount", "Snow water equivalent", "kg m-2", 0.0, 6000.0),
      flux("sif_yield", "", "Fluorescence yield of absorbed photons", "1", 0.0, 1.0),
      flux("water_stress", "", "Water stress factor of the root zone, 1 without stress", "1", 0.0, 1.0),
      diagnostic("root_zone_moisture", "", "Soil water of the upper metre", "1", 0.0, 1.0),
      diagnostic("soil_water", "mass_content_of_water_in_soil", "Water in the soil column", "kg m-2", 0.0, 4000.0),
      flux("net_radiation", "surface_net_downward_radiative_flux", "Net radiation", "W m-2", -500.0, 1000.0),
      flux("seed_carbon", "", "Carbon added to keep the vegetation alive", "g m-2 d-1", 0.0, 1e3)};
}

void append(std::vector<Variable>& all, const std::vector<Variable>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::vector<Variable> column_variables() {
  std::vector<Variable> all = physical_states();
  append(all, carbon_states());
  append(all, memory_states());
  append(all, vegetation_diagnostics());
  append(all, water_diagnostics());
  return all;
}

}  // namespace tilth::column
