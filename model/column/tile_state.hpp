#pragma once

#include "model/column/tile_pack.hpp"

namespace tilth::column {

/// Reads the states of a pack.
template <class T>
void load_state(TilePack<T>& d) {
  for (int k = 0; k < soil_layers; ++k) {
    d.soil_moisture[k] = d.get(row::soil_moisture + k);
    d.soil_temperature[k] = d.get(row::soil_temperature + k);
    d.uptake[k] = 0.0;
  }
  d.snow = {d.get(row::snow_ice), d.get(row::snow_liquid), d.get(row::snow_density), d.get(row::snow_albedo)};
  d.canopy_water = d.get(row::canopy_water);
  d.pond = d.get(row::pond);
  d.labile = d.get(row::carbon_labile);
  d.leaf = d.get(row::carbon_leaf);
  d.root = d.get(row::carbon_root);
  d.wood = d.get(row::carbon_wood);
  d.litter = d.get(row::carbon_litter);
  d.cwd = d.get(row::carbon_cwd);
  d.fast = d.get(row::carbon_soil_fast);
  d.slow = d.get(row::carbon_soil_slow);
  d.growth_temperature = d.get(row::growth_temperature);
  d.lai_water = d.get(row::lai_water_limited);
  d.phenology = d.get(row::phenology_fraction);
  d.stress_memory = d.get(row::water_stress_memory);
  d.use_memory = d.get(row::transpiration_memory);
  d.acclimated_t = d.get(row::acclimated_temperature);
  d.acclimated_vpd = d.get(row::acclimated_vpd);
  d.theta_s = clamp(d.site->theta_s + d.p(par::d_theta_s), 0.2, 0.93);
}

/// Writes them back.
template <class T>
void store_states(const TilePack<T>& d) {
  for (int k = 0; k < soil_layers; ++k) {
    d.put(row::soil_moisture + k, d.soil_moisture[k]);
    d.put(row::soil_temperature + k, d.soil_temperature[k]);
  }
  const T value[row::prognostic_count - row::snow_ice] = {
      d.snow.ice,      d.snow.liquid, d.snow.density,  d.snow.albedo, d.canopy_water,
      d.pond,          d.labile,      d.leaf,          d.root,        d.wood,
      d.litter,        d.cwd,         d.fast,          d.slow,        d.growth_temperature,
      d.lai_water,     d.phenology,   d.stress_memory, d.use_memory,  d.acclimated_t,
      d.acclimated_vpd};
  for (int i = 0; i < row::prognostic_count - row::snow_ice; ++i) d.put(row::snow_ice + i, value[i]);
}

/// Lanes whose states are finite and inside their bounds.
template <class T>
simd::Mask<T> in_bounds(const TilePack<T>& d) {
  simd::Mask<T> good = (d.pond >= 0.0);
  for (int k = 0; k < soil_layers; ++k)
    good = good & (d.soil_moisture[k] >= 0.005) & (d.soil_moisture[k] <= 0.95) & (d.soil_temperature[k] > 200.0) &
           (d.soil_temperature[k] < 370.0);
  for (const T& x : {d.labile, d.leaf, d.root, d.wood}) good = good & (x >= 1e-3) & (x <= 1e5);
  for (const T& x : {d.litter, d.cwd, d.fast, d.slow}) good = good & (x >= 1e-3) & (x <= 2e5);
  good = good & (d.snow.ice >= 0.0) & (d.snow.ice <= 5000.0) & (d.snow.liquid >= 0.0) & (d.snow.liquid <= 1000.0);
  good = good & (d.snow.density >= 50.0) & (d.snow.albedo >= 0.35) & (d.snow.albedo <= 0.96);
  good = good & (d.canopy_water >= 0.0) & (d.canopy_water <= 20.0) & (d.lai_water >= 0.01) & (d.lai_water <= 12.0);
  good = good & (d.phenology >= 0.0) & (d.phenology <= 1.0) & (d.use_memory >= 0.0) & (d.use_memory <= 30.0);
  good = good & (d.acclimated_t > 200.0) & (d.acclimated_t < 335.0) & (d.acclimated_vpd <= 15000.0);
  return good & (d.growth_temperature > 200.0) & (d.growth_temperature < 330.0);
}

}  // namespace tilth::column
