#pragma once

#include "model/column/tile_pack.hpp"

namespace tilth::column {

/// Water roots may take from layer k in one step, kg m-2.
template <class T>
TILTH_INLINE T root_supply(const TilePack<T>& d, int k) {
  const T most = 0.5 * max(T(0.0), d.liquid[k] - least_moisture) * (d.site->dz[k] * water_density) *
                 select(d.stress[k] > 1e-4, T(1.0), T(0.0));
  return select(d.share[k] > 0.0, most, T(0.0));
}

/// Water all roots may take in one step, kg m-2.
template <class T>
T root_supply(const TilePack<T>& d) {
  T supply = 0.0;
  for (int k = 0; k < d.site->layers; ++k) supply = supply + root_supply(d, k);
  return supply;
}

/// Takes `demand` (kg m-2) from the layers by root share and stress, up to what they can give: `uptake` and its sum.
template <class T>
T take_up(TilePack<T>& d, T demand) {
  const T weight = 1.0 / max(T(1e-6), d.water_stress);
  T unmet = 0.0, spare = 0.0, most[soil_layers];
  for (int k = 0; k < d.site->layers; ++k) {
    most[k] = root_supply(d, k);
    const T wanted = demand * d.share[k] * d.stress[k] * weight;
    d.uptake[k] = min(wanted, most[k]);
    unmet = unmet + (wanted - d.uptake[k]);
    spare = spare + (most[k] - d.uptake[k]);
  }
  const T again = min(T(1.0), unmet / max(T(1e-9), spare));  // what one layer lacks others give, in one pass
  T taken = 0.0;
  for (int k = 0; k < d.site->layers; ++k) {
    d.uptake[k] = d.uptake[k] + again * (most[k] - d.uptake[k]);
    taken = taken + d.uptake[k];
  }
  return taken;
}

}  // namespace tilth::column
