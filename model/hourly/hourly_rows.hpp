#pragma once

#include "model/column/rows.hpp"

namespace tilth::hourly {

using column::soil_layers;
inline constexpr int snow_layers = 3;  ///< rows; one or all are in use

/// Rows beyond those of `column::row`, in the order of `hourly_variables()`.
namespace row {
enum Row : int {
  soil_enthalpy = column::row::count,
  canopy_temperature = soil_enthalpy + soil_layers,
  ground_temperature,
  snow_layer_ice,
  snow_layer_liquid = snow_layer_ice + snow_layers,
  snow_layer_enthalpy = snow_layer_liquid + snow_layers,
  inverse_obukhov_length = snow_layer_enthalpy + snow_layers,
  leaf_respiration,
  sensible_heat_flux,
  ground_heat_flux,
  step_gpp,
  step_nee,
  step_autotrophic_respiration,
  step_heterotrophic_respiration,
  step_latent_heat_flux,
  step_sensible_heat_flux,
  step_ground_heat_flux,
  step_net_radiation,
  step_upward_longwave,
  step_apar,
  step_fapar,
  step_fluorescence,
  step_albedo,
  count
};
}  // namespace row

/// Parameters beyond those of `column::par`, in the order of `hourly_parameters()`.
namespace par {
enum Parameter : int {
  vcmax25 = column::par::count,
  g0,
  jv_scale,
  q_ns,
  psii_yield,
  kb_canopy,
  vod_coefficient,
  roughness_h,
  scattering_albedo,
  count
};
}  // namespace par

/// Sums over the steps of a day.
enum DaySum : int {
  sum_gpp,  ///< g m-2
  sum_leaf_respiration,
  sum_transpiration,  ///< kg m-2
  sum_soil_evaporation,
  sum_interception,
  sum_sublimation,
  sum_runoff,
  sum_drainage,
  sum_latent,  ///< W m-2 times steps
  sum_sensible,
  sum_ground_heat,
  sum_net_radiation,
  sum_apar,  ///< umol m-2 s-1 times steps
  sum_par,
  sum_fluorescence,
  sum_stress,
  sum_daylight,  ///< sunlit steps
  sum_daylight_t,
  sum_daylight_vpd,
  day_sum_count
};

}  // namespace tilth::hourly
