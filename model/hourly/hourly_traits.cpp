#include "model/hourly/hourly_traits.hpp"

#include "core/base/error.hpp"
#include "model/column/definitions.hpp"
#include "model/column/variables.hpp"
#include "model/hourly/hourly_rows.hpp"

namespace tilth::hourly {

namespace {

using namespace column;

std::vector<Variable> hourly_states() {
  Variable enthalpy =
      soil(state("soil_enthalpy", "", "Enthalpy of soil, 0 with all water liquid at 0 C", "J m-3", -1e9, 5e8));
  Variable ice = state("snow_layer_ice", "", "Ice in each layer of snow", "kg m-2", 0.0, 5000.0);
  Variable liquid = state("snow_layer_liquid", "", "Liquid water in each layer of snow", "kg m-2", 0.0, 1000.0);
  Variable heat =
      state("snow_layer_enthalpy", "", "Enthalpy of each layer of snow, 0 for ice at 0 C", "J m-2", -2e9, 5e8);
  for (Variable* v : {&ice, &liquid, &heat}) {
    v->layers = snow_layers;
    for (int j = 0; j < snow_layers; ++j) v->levels.push_back(j);
  }
  return {enthalpy,
          state("canopy_temperature", "canopy_temperature", "Temperature of leaves and stems", "K", 180.0, 360.0),
          state("ground_temperature", "", "Temperature of the surface of soil and snow", "K", 180.0, 380.0),
          ice,
          liquid,
          heat,
          state("inverse_obukhov_length", "", "Reciprocal of the Obukhov length", "m-1", -10.0, 10.0)};
}

Variable at_step(Variable v) {
  v.mean_over_day = false;
  return v;
}

std::vector<Variable> hourly_diagnostics() {
  const std::string nee =
      "surface_net_upward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes_excluding_"
      "anthropogenic_land_use_change";
  return {
      flux("leaf_respiration", "", "Respiration of leaves", "g m-2 d-1", 0.0, 1e3),
      flux("sensible_heat_flux", "surface_upward_sensible_heat_flux", "Sensible heat flux", "W m-2", -1500.0, 1500.0),
      flux("ground_heat_flux", "downward_heat_flux_at_ground_level_in_soil", "Heat flux into snow and soil", "W m-2",
           -1500.0, 1500.0),
      at_step(flux("step_gpp", "gross_primary_productivity_of_biomass_expressed_as_carbon",
                   "Gross primary production of the last step", "g m-2 d-1", -1.0, 500.0)),
      at_step(flux("step_nee", nee, "Net ecosystem exchange of the last step, positive to the atmosphere", "g m-2 d-1",
                   -500.0, 1e5)),
      at_step(
          flux("step_autotrophic_respiration", "", "Autotrophic respiration of the last step", "g m-2 d-1", 0.0, 1e4)),
      at_step(
          flux("step_heterotrophic_respiration", "", "Heterotrophic respiration, yesterday's", "g m-2 d-1", 0.0, 1e5)),
      at_step(flux("step_latent_heat_flux", "surface_upward_latent_heat_flux", "Latent heat flux of the last step",
                   "W m-2", -1000.0, 3000.0)),
      at_step(flux("step_sensible_heat_flux", "surface_upward_sensible_heat_flux",
                   "Sensible heat flux of the last step", "W m-2", -2000.0, 3000.0)),
      at_step(flux("step_ground_heat_flux", "downward_heat_flux_at_ground_level_in_soil",
                   "Heat flux into snow and soil of the last step", "W m-2", -2000.0, 2000.0)),
      at_step(flux("step_net_radiation", "surface_net_downward_radiative_flux", "Net radiation of the last step",
                   "W m-2", -1000.0, 2000.0)),
      at_step(flux("step_upward_longwave", "surface_upwelling_longwave_flux_in_air",
                   "Longwave radiation from the surface in the last step", "W m-2", 0.0, 1500.0)),
      at_step(flux("step_apar", "", "Photosynthetically active radiation absorbed by leaves in the last step",
                   "umol m-2 s-1", 0.0, 5000.0)),
      at_step(flux("step_fapar", "fraction_of_absorbed_photosynthetically_active_radiation",
                   "Photosynthetically active radiation absorbed by leaves in the last step", "1", 0.0, 1.0)),
      at_step(flux("step_fluorescence", "", "Photons of fluorescence emitted by leaves in the last step",
                   "umol m-2 s-1", 0.0, 500.0)),
      at_step(flux("step_albedo", "surface_albedo", "Albedo for shortwave radiation in the last step", "1", 0.0, 1.0))};
}

// Values per PFT in the order            BAR ENT  ENB  DNB  EBT  EBM  DBT  DBS  SHR  TUN  GR3  GR4  CR3  CR4
std::vector<ParameterDefinition> hourly_parameters() {
  return {define("vcmax25", "umol m-2 s-1", "V25: carboxylation capacity at 25 C at the top of the canopy",
                 {50, 62, 50, 39, 41, 61, 45, 58, 54, 45, 78, 40, 101, 55}, 8.0, 180.0, 0.30, L, "Kattge et al. 2009"),
          define("g0", "mol m-2 s-1", "g0: minimum stomatal conductance per leaf area", same(0.005), 1e-4, 0.05, 0.7, L,
                 "Duursma et al. 2019 (widened)"),
          define("jv_scale", "1", "r_JV: scale on electron transport over carboxylation capacity at 25 C", same(1.0),
                 0.6, 1.6, 0.12, L, "Kattge & Knorr 2007"),
          define("q_ns", "1", "q_ns: share of water stress that acts on capacity rather than stomata", same(0.5), 0.02,
                 0.98, 0.7, G, "Zhou et al. 2013; De Kauwe et al. 2015"),
          define("psii_yield", "1", "phi_2: quantum yield of photosystem II", same(0.85), 0.6, 0.95, 0.5, G,
                 "Bernacchi et al. 2003"),
          define("kb_canopy", "1", "kB^-1: ln of roughness for momentum over that for heat, canopy", same(2.0), 0.5,
                 8.0, 0.3, L, "Garratt & Hicks 1973"),
          define("vod_coefficient", "m2 kg-1", "b_L: optical depth at L band per water in the vegetation", same(0.12),
                 0.02, 0.4, 0.3, L, "Jackson & Schmugge 1991"),
          define("roughness_h", "1", "h_r: roughness of the ground at L band",
                 {.15, .16, .16, .16, .16, .16, .16, .16, .11, .11, .16, .16, .11, .11}, 0.0, 1.5, 0.3, L,
                 "O'Neill et al. 2021 (widened)"),
          define("scattering_albedo", "1", "omega_L: single scattering albedo of vegetation at L band", same(0.05), 0.0,
                 0.2, 0.3, L, "O'Neill et al. 2021 (widened)")};
}

void append(auto& all, const auto& more) { all.insert(all.end(), more.begin(), more.end()); }

}  // namespace

ModelTraits hourly_traits(std::int64_t step_s) {
  ModelTraits traits;
  traits.name = "hourly";
  traits.about =
      "land column with a step of an hour or half an hour: two-stream light, Farquhar and Collatz photosynthesis, "
      "energy "
      "balance of canopy and ground, freezing soil, layered snow, over the states of the daily column";
  std::vector<Variable> variables = column_variables();
  append(variables, hourly_states());
  append(variables, hourly_diagnostics());
  traits.layout = StateLayout(std::move(variables));
  traits.parameters = column_parameters();
  append(traits.parameters, hourly_parameters());
  traits.without_effect = {{"kphio", "vcmax25"}};
  traits.step_s = step_s;
  traits.default_states = {"soil_moisture",     "carbon_labile",       "carbon_leaf",   "carbon_root",
                           "lai_water_limited", "water_stress_memory", "carbon_litter", "carbon_soil_fast"};
  ensure(traits.layout.rows() == row::count, "hourly model: the layout has ", traits.layout.rows(),
         " rows, the kernel ", int(row::count));
  ensure(int(traits.parameters.size()) == par::count, "hourly model: the table has ", traits.parameters.size(),
         " parameters, the kernel ", int(par::count));
  return traits;
}

}  // namespace tilth::hourly
