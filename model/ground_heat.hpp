#pragma once

#include "model/snow_layers.hpp"
#include "model/soil_heat_step.hpp"

namespace tilth::physics {

/// Heat flux into the ground, linear in the temperature of its surface: conductance * (T_g - reference).
template <class T>
struct GroundResponse {
  T conductance;  ///< W m-2 K-1
  T reference;    ///< K
};

/// Column under the surface at the start of a step.
template <class T, int N>
struct GroundColumn {
  double duration = 3600.0;             ///< s
  const T* k_layer = nullptr;           ///< [N] W m-1 K-1
  const LayerHeat<T>* state = nullptr;  ///< [N]
  double bottom_flux = 0.0;             ///< W m-2
  T litter = T(0.0);                    ///< thermal resistance between the surface of the ground and the soil, m2 K W-1
  const SnowLayers<T>* snow = nullptr;
  T snow_cover;  ///< share of the tile under snow
  T surface;     ///< temperature of the surface in the last step, K; tells which way snow near 0 C goes
};

/// A quantity that is a line in the surface temperature t_g (C): base + slope * t_g.
template <class T>
struct GroundLine {
  T base, slope;
};

/// Fluxes (W m-2 of tile) as lines in the surface temperature.
template <class T>
struct GroundSolution {
  GroundLine<T> into_snow[most_snow_layers];  ///< from above into layer j
  GroundLine<T> snow_to_soil, bare_to_soil;
};

/// Fluxes of a step, W m-2 of tile.
template <class T>
struct GroundFluxes {
  T into_snow[most_snow_layers];  ///< from above into layer j
  T snow_to_soil, bare_to_soil;
};

/// Conductances of snow over its share of the tile, W m-2 K-1 of tile: above each layer, and to the first soil layer.
template <class T>
struct SnowConductances {
  T above[most_snow_layers], to_soil;
};

/// Depth over the covered share is mass / (density * cover). `soil_resistance` (m2 K W-1) lies between the surface of
/// the soil and the middle of its first layer.
template <class T>
TILTH_INLINE SnowConductances<T> snow_conductances(const SnowLayers<T>& snow, T cover, T soil_resistance) {
  SnowConductances<T> c;
  const T k = snow_conductivity(snow.density);
  const T spread = max(T(1e-6), cover) * snow.density;
  T upper = 0.0;
  for (int j = 0; j < snow.layers; ++j) {
    const T mass = max(T(1e-9), snow.ice[j] + snow.liquid[j]);
    c.above[j] = 2.0 * k * cover * spread / (upper + mass);
    upper = mass;
  }
  c.to_soil = cover * (2.0 * k * spread) / (upper + soil_resistance * (2.0 * k * spread));
  return c;
}

/// Slope of temperature with heat (K m2 J-1) of `mass` kg m-2 of snow over the step, were its neighbours to stay:
/// `pulled` (J m-2) would enter were it held at 0 C, `stiffness` (J m-2 K-1) less per kelvin above.
///
/// That of dry snow where it stays cold; 0 where it stays at 0 C, so that melting snow cannot warm; between, the secant
/// to where it ends.
template <class T>
TILTH_INLINE T snow_slope(T mass, T enthalpy, T pulled, T stiffness) {
  const T capacity = ice_heat_capacity * max(T(1e-9), mass);
  const T dry = 1.0 / capacity;
  const T end = min(T(0.0), (enthalpy + pulled) / (capacity + stiffness));
  const simd::Mask<T> was_cold = enthalpy < 0.0, cold = end < 0.0;
  const simd::Mask<T> thawing = was_cold & (!cold), freezing = (!was_cold) & cold;
  const T thaw = -(enthalpy * dry) / select(thawing, pulled, T(1.0));
  const T freeze = end / select(freezing, capacity * end - enthalpy, T(1.0));
  return select(was_cold, select(cold, dry, thaw), select(cold, freeze, T(0.0)));
}

/// A node of the chain of snow: t = base + own * t_g + fed * (flux into it from above).
template <class T>
struct SnowNode {
  T base, own, fed;
};

/// The soil's first layer, t = base + gain * (flux into it); with the bare surface attached.
template <class T>
struct SoilNode {
  T base, gain, bare;
};

/// Eliminates the snow from below over the soil and writes the fluxes as lines.
template <class T>
TILTH_INLINE void join_snow(const SnowLayers<T>& snow, const SnowConductances<T>& c, const T* t, const T* slope,
                            double duration, const SoilNode<T>& soil, GroundSolution<T>& out) {
  const int last = snow.layers - 1;
  const T share = 1.0 / (1.0 + soil.gain * (soil.bare + c.to_soil));
  // t_soil = base + own t_g + fed t_last
  const T base = soil.base * share, own = soil.gain * soil.bare * share, fed = soil.gain * c.to_soil * share;
  SnowNode<T> node[most_snow_layers];
  T conduct[most_snow_layers];  // flux into layer j = conduct[j] (t above - base - own t_g)
  T down = c.to_soil * (1.0 - fed), pull = c.to_soil * base, pull_own = c.to_soil * own;
  for (int j = last; j >= 0; --j) {
    const T response = slope[j] * duration;
    const T d = 1.0 / (1.0 + response * down);
    node[j] = {(t[j] + response * pull) * d, response * pull_own * d, response * d};
    conduct[j] = c.above[j] / (1.0 + c.above[j] * node[j].fed);
    down = conduct[j];
    pull = conduct[j] * node[j].base;
    pull_own = conduct[j] * node[j].own;
  }
  GroundLine<T> above{0.0, 1.0};  // the surface
  for (int j = 0; j <= last; ++j) {
    out.into_snow[j] = {conduct[j] * (above.base - node[j].base), conduct[j] * (above.slope - node[j].own)};
    above = {node[j].base + node[j].fed * out.into_snow[j].base, node[j].own + node[j].fed * out.into_snow[j].slope};
  }
  const GroundLine<T> first{base + fed * above.base, own + fed * above.slope};
  out.snow_to_soil = {c.to_soil * (above.base - first.base), c.to_soil * (above.slope - first.slope)};
  out.bare_to_soil = {-(soil.bare * first.base), soil.bare * (1.0 - first.slope)};
}

/// Thermal resistance of litter of `carbon` g m-2, m2 K W-1: bulk density and dry conductivity of Ogee & Brunet 2002,
/// half of its mass carbon; without it forest floors take too much heat (Napoly et al. 2017).
template <class T>
TILTH_INLINE T litter_resistance(T carbon) {
  constexpr double mass_per_carbon = 2e-3, density = 45.0, conductivity = 0.1;  // kg g-1, kg m-3, W m-1 K-1
  constexpr double deepest = 0.05;                                              // m
  return min(T(deepest), (mass_per_carbon / density) * carbon) * (1.0 / conductivity);
}

/// The soil eliminated from below and the snow above its share of the tile, all linear about the start of the step.
template <class T, int N>
GroundResponse<T> ground_response(const SoilHeat<T>& soil, const GroundColumn<T, N>& column, GroundSolution<T>& out) {
  const LayerHeat<T>* state = column.state;
  const HeatFaces<T, N> faces = conducting_faces<T, N>(soil.dz, column.k_layer);
  double rate[N];
  T still[N];
  for (int k = 0; k < N; ++k) {
    rate[k] = soil.dz[k] / column.duration;
    still[k] = 0.0;
  }
  EliminatedColumn<T, N> below;
  eliminate(rate, faces, state, still, still, T(0.0), column.bottom_flux, below);
  const SnowLayers<T>& snow = *column.snow;
  const T mass = snow_mass(snow);
  const simd::Mask<T> snowy = (mass > 0.0) & (column.snow_cover > 0.0);
  const T cover = select(snowy, column.snow_cover, T(0.0));
  const T half = 1.0 / (column.litter + 0.5 * soil.dz[0] / column.k_layer[0]);
  const SoilNode<T> first{state[0].t + state[0].slope * below.base[0], state[0].slope * below.top_gain,
                          (1.0 - cover) * half};
  const T share = 1.0 / (1.0 + first.gain * first.bare);  // without snow
  out.bare_to_soil = {-(first.bare * first.base * share), first.bare * share};
  out.snow_to_soil = {0.0, 0.0};
  for (int j = 0; j < most_snow_layers; ++j) out.into_snow[j] = {0.0, 0.0};
  if (any(snowy)) {
    const SnowConductances<T> c = snow_conductances(snow, cover, 1.0 / half);
    T t[most_snow_layers], slope[most_snow_layers];
    for (int j = 0; j < snow.layers; ++j) t[j] = snow_temperature(snow, j);
    for (int j = 0; j < snow.layers; ++j) {
      const T upper = j == 0 ? column.surface - freezing_k : t[j - 1];
      const bool lowest = j + 1 == snow.layers;
      const T lower = lowest ? state[0].t : t[j + 1];
      const T under = lowest ? c.to_soil : c.above[j + 1];
      slope[j] =
          snow_slope(snow.ice[j] + snow.liquid[j], snow.enthalpy[j],
                     (c.above[j] * upper + under * lower) * column.duration, (c.above[j] + under) * column.duration);
    }
    GroundSolution<T> covered = out;
    join_snow(snow, c, t, slope, column.duration, first, covered);
    const auto pick = [&](GroundLine<T> a, GroundLine<T> b) {
      return GroundLine<T>{select(snowy, a.base, b.base), select(snowy, a.slope, b.slope)};
    };
    for (int j = 0; j < snow.layers; ++j) out.into_snow[j] = pick(covered.into_snow[j], out.into_snow[j]);
    out.snow_to_soil = pick(covered.snow_to_soil, out.snow_to_soil);
    out.bare_to_soil = pick(covered.bare_to_soil, out.bare_to_soil);
  }
  const T conductance = out.into_snow[0].slope + out.bare_to_soil.slope;
  return {conductance, freezing_k - (out.into_snow[0].base + out.bare_to_soil.base) / conductance};
}

/// The fluxes when the surface is at `surface` (K) and takes `flux` (W m-2) from above; they sum to `flux` exactly.
template <class T>
TILTH_INLINE GroundFluxes<T> ground_fluxes(const GroundSolution<T>& lines, T surface, T flux) {
  const T t = surface - freezing_k;
  GroundFluxes<T> f;
  for (int j = 0; j < most_snow_layers; ++j) f.into_snow[j] = lines.into_snow[j].base + lines.into_snow[j].slope * t;
  f.snow_to_soil = lines.snow_to_soil.base + lines.snow_to_soil.slope * t;
  const simd::Mask<T> snowy = lines.into_snow[0].slope > 0.0;
  f.bare_to_soil = select(snowy, lines.bare_to_soil.base + lines.bare_to_soil.slope * t, flux);
  f.into_snow[0] = select(snowy, flux - f.bare_to_soil, T(0.0));
  return f;
}

}  // namespace tilth::physics
