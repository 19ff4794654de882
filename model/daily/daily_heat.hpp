#pragma once

#include "model/column/tile_soil.hpp"
#include "model/daily/daily_day.hpp"
#include "model/soil_heat_step.hpp"

namespace tilth::daily {

/// Conduction of the day under snow, with freezing and thawing; what the soil gains is what came through its surface.
template <class T>
void soil_heat(Day<T>& d) {
  const SoilHeat<T> soil = column::heat_of_soil(d, layer_thickness);
  T k_layer[soil_layers];
  for (int k = 0; k < soil_layers; ++k)
    k_layer[k] =
        conductivity(soil, min(T(1.0), d.soil_moisture[k] / d.theta_s), d.log_s[k], d.ice[k] / d.soil_moisture[k]);
  // Snow-covered and open ground in parallel; skin and snow temperature weighted by their conductances.
  const T ground = 2.0 * k_layer[0] * (1.0 / layer_thickness[0]);
  const T insulated = 1.0 / (d.snow_depth / snow_conductivity(d.snow.density) + 1.0 / ground);
  const T open = (1.0 - d.scf) * ground, covered = d.scf * insulated;
  const T conductance = open + covered;
  const T top = (open * d.skin_temperature + covered * d.snow_temperature) / conductance + freezing_k;
  advance_soil_heat<T, soil_layers>(soil, seconds_per_day_d, d.soil_moisture, k_layer, top, conductance,
                                    d.soil_temperature, d.liquid);
}

}  // namespace tilth::daily
