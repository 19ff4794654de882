#pragma once

#include "model/column/tile_soil.hpp"
#include "model/column/tile_state.hpp"
#include "model/hourly/hourly_pack.hpp"

namespace tilth::hourly {

/// States of the tile at the start of a step; temperature and liquid water follow from enthalpy.
template <class T>
void load_hour(Hour<T>& d) {
  column::load_state(d);
  column::retention(d);
  d.heat = column::heat_of_soil(d, d.site->heat_dz);
  for (int k = 0; k < soil_layers; ++k) {
    d.enthalpy[k] = d.get(row::soil_enthalpy + k);
    d.layer[k].t = d.soil_temperature[k] - freezing_k;  // where the search starts
  }
  soil_heat_state<T, soil_layers>(d.heat, d.enthalpy, d.soil_moisture, d.layer);
  for (int k = 0; k < soil_layers; ++k) {
    d.liquid[k] = d.layer[k].liquid;
    d.ice[k] = d.layer[k].ice;
  }
  d.canopy_temperature = d.get(row::canopy_temperature);
  d.ground_temperature = d.get(row::ground_temperature);
  d.inverse_length = d.get(row::inverse_obukhov_length);
  d.layers.layers = d.hour->choices.snow_layers;
  for (int j = 0; j < snow_layers; ++j) {
    d.layers.ice[j] = d.get(row::snow_layer_ice + j);
    d.layers.liquid[j] = d.get(row::snow_layer_liquid + j);
    d.layers.enthalpy[j] = d.get(row::snow_layer_enthalpy + j);
  }
  d.layers.density = d.snow.density;
  d.layers.albedo = d.snow.albedo;
}

/// Bulk snow of the shared states from the layers.
template <class T>
void sum_snow(Hour<T>& d) {
  d.snow.ice = d.layers.ice[0];
  d.snow.liquid = d.layers.liquid[0];
  for (int j = 1; j < d.layers.layers; ++j) {
    d.snow.ice = d.snow.ice + d.layers.ice[j];
    d.snow.liquid = d.snow.liquid + d.layers.liquid[j];
  }
  d.snow.density = d.layers.density;
  d.snow.albedo = d.layers.albedo;
}

template <class T>
void store_hour(const Hour<T>& d) {
  column::store_states(d);
  for (int k = 0; k < soil_layers; ++k) d.put(row::soil_enthalpy + k, d.enthalpy[k]);
  d.put(row::canopy_temperature, d.canopy_temperature);
  d.put(row::ground_temperature, d.ground_temperature);
  d.put(row::inverse_obukhov_length, d.inverse_length);
  for (int j = 0; j < d.layers.layers; ++j) {
    d.put(row::snow_layer_ice + j, d.layers.ice[j]);
    d.put(row::snow_layer_liquid + j, d.layers.liquid[j]);
    d.put(row::snow_layer_enthalpy + j, d.layers.enthalpy[j]);
  }
}

}  // namespace tilth::hourly
