#pragma once

#include "model/balance_terms.hpp"

namespace tilth::physics {

/// The linear balances solved for the change of both temperatures, each at most `longest` (K).
template <class T>
TILTH_INLINE BalanceStep<T> balance_step(const Surface<T>& s, const BalanceTerms<T>& b, const BalancePoint<T>& p,
                                         const BalanceState<T>& state, double longest) {
  const T none(0.0);
  // Conductances that follow the temperatures, and vapour sources that do not.
  const T leaves = select(state.dew | state.transpiration, none, p.stomata) +
                   select(state.canopy_water, none, select(state.dew, b.dew, b.wet));
  const T soil = select(state.soil, none, b.soil), snow = select(state.snow, none, b.snow);
  const T canopy_source =
      select(state.transpiration, s.transpiration_limit, none) + select(state.canopy_water, s.canopy_water_limit, none);
  const T soil_source = select(state.soil, s.soil_water_limit, none);
  const T snow_source = select(state.snow, s.snow_ice_limit, none);
  // Vapour of the canopy air, linear in both temperatures.
  const T share = 1.0 / (b.air + leaves + (soil + snow));
  const T vapour = (b.air * s.vapour + leaves * p.leaf_vapour + (soil * p.soil_vapour + snow * p.snow_vapour) +
                    (canopy_source + (soil_source + snow_source))) *
                   share;
  const T by_canopy = leaves * p.leaf_slope * share;
  const T by_ground = (soil * p.soil_slope + snow * p.snow_slope) * share;
  // Where all ice leaves, what sublimates saves its heat of fusion in melt.
  const T ice_heat = select(state.melted & state.sublimating, b.vaporisation, b.sublimation);
  const T soil_heat = b.vaporisation * soil, snow_heat = ice_heat * snow, leaf_heat = b.vaporisation * leaves;
  // Excess of heat at the iterate.
  const T v = p.canopy - s.air_temperature, g = p.ground - s.air_temperature;
  const T melt_slope = select(state.melting, b.melt, none);
  const T melt = select(state.melted, fusion_heat * s.snow_ice_limit, melt_slope * (p.ground - freezing_k));
  const T canopy_latent = leaf_heat * (p.leaf_vapour - vapour) + b.vaporisation * canopy_source;
  const T ground_latent = soil_heat * (p.soil_vapour - vapour) + snow_heat * (p.snow_vapour - vapour) +
                          (b.vaporisation * soil_source + ice_heat * snow_source);
  const T canopy_excess = p.canopy_radiation - (b.canopy_sensible * v - b.exchange * g) - canopy_latent -
                          b.storage * (p.canopy - s.canopy_temperature);
  const T ground_excess = p.ground_radiation - (b.ground_sensible * g - b.exchange * v) - ground_latent -
                          s.ground_conductance * (p.ground - s.ground_reference) - melt;
  // vv dv - vg dg = canopy excess, gg dg - gv dv = ground excess.
  const T vv =
      b.canopy_emission * p.canopy_cooling + b.canopy_sensible + leaf_heat * (p.leaf_slope - by_canopy) + b.storage;
  const T vg = b.canopy_from_ground * p.ground_cooling + b.exchange + leaf_heat * by_ground;
  const T gg = b.ground_emission * p.ground_cooling + b.ground_sensible + soil_heat * (p.soil_slope - by_ground) +
               snow_heat * (p.snow_slope - by_ground) + s.ground_conductance + melt_slope;
  const T gv = b.ground_from_canopy * p.canopy_cooling + b.exchange + (soil_heat + snow_heat) * by_canopy;
  const T inverse = 1.0 / (vv * gg - vg * gv);
  BalanceStep<T> d;
  d.canopy = clamp((gg * canopy_excess + vg * ground_excess) * inverse, -longest, longest);
  d.ground = clamp((vv * ground_excess + gv * canopy_excess) * inverse, -longest, longest);
  d.vapour = vapour + by_canopy * d.canopy + by_ground * d.ground;
  d.leaf_deficit = p.leaf_vapour + p.leaf_slope * d.canopy - d.vapour;
  d.soil_deficit = p.soil_vapour + p.soil_slope * d.ground - d.vapour;
  d.snow_deficit = p.snow_vapour + p.snow_slope * d.ground - d.vapour;
  return d;
}

/// Which limits the fluxes would pass after a step from `before`. Melt goes from none to all and back only by way of
/// melt that follows the temperature: that solution tells on which side the root lies, the others can lead in circles.
template <class T>
TILTH_INLINE BalanceState<T> balance_state(const Surface<T>& s, const BalanceTerms<T>& b, const BalancePoint<T>& p,
                                           const BalanceState<T>& before, const BalanceStep<T>& d) {
  BalanceState<T> state;
  state.dew = d.leaf_deficit < 0.0;
  state.transpiration = p.stomata * d.leaf_deficit > s.transpiration_limit;
  state.canopy_water = b.wet * d.leaf_deficit > s.canopy_water_limit;
  state.soil = b.soil * d.soil_deficit > s.soil_water_limit;
  const T sublimation = b.snow * d.snow_deficit;
  state.snow = sublimation > s.snow_ice_limit;
  state.sublimating = sublimation > 0.0;
  const T melt = b.melt * (p.ground + d.ground - freezing_k);
  const T most = fusion_heat * max(T(0.0), s.snow_ice_limit - max(T(0.0), sublimation));
  const auto all = melt > most;
  state.melted = all & (before.melting | before.melted);
  state.melting = ((melt > 0.0) | before.melted) & !state.melted;
  return state;
}

/// Fluxes after the last step. What a flux would still pass its limit by becomes sensible heat, so that water and
/// energy both close.
template <class T>
TILTH_INLINE SurfaceFluxes<T> balance_fluxes(const Surface<T>& s, const BalanceTerms<T>& b, const BalancePoint<T>& p,
                                             const BalanceState<T>& state, const BalanceStep<T>& d) {
  const T none(0.0);
  const T stomata =
      select(state.transpiration, s.transpiration_limit, select(state.dew, none, p.stomata) * d.leaf_deficit);
  const T wet = select(state.canopy_water, s.canopy_water_limit, select(state.dew, b.dew, b.wet) * d.leaf_deficit);
  const T soil = select(state.soil, s.soil_water_limit, b.soil * d.soil_deficit);
  const T snow = select(state.snow, s.snow_ice_limit, b.snow * d.snow_deficit);
  const T melt = select(state.melted, fusion_heat * (s.snow_ice_limit - select(state.sublimating, snow, none)),
                        select(state.melting, b.melt * (p.ground + d.ground - freezing_k), none));
  SurfaceFluxes<T> f;
  f.vaporisation = b.vaporisation;
  f.transpiration = min(s.transpiration_limit, max(none, stomata));
  f.canopy_evaporation = min(s.canopy_water_limit, wet);
  f.soil_evaporation = min(s.soil_water_limit, soil);
  f.sublimation = min(s.snow_ice_limit, snow);
  f.melt_heat = min(fusion_heat * (s.snow_ice_limit - max(none, f.sublimation)), max(none, melt));
  f.canopy_latent = b.vaporisation * (f.transpiration + f.canopy_evaporation);
  f.ground_latent = b.vaporisation * f.soil_evaporation + b.sublimation * f.sublimation;
  f.canopy_temperature = p.canopy + d.canopy;
  f.ground_temperature = p.ground + d.ground;
  const T v = f.canopy_temperature - s.air_temperature, g = f.ground_temperature - s.air_temperature;
  f.canopy_air_temperature = s.air_temperature + (b.canopy_heat * v + b.ground_heat * g) * b.heat_share;
  f.canopy_air_vapour = d.vapour;
  f.canopy_sensible = (b.canopy_sensible * v - b.exchange * g) +
                      (b.vaporisation * ((stomata - f.transpiration) + (wet - f.canopy_evaporation)));
  f.ground_sensible = (b.ground_sensible * g - b.exchange * v) +
                      (b.vaporisation * (soil - f.soil_evaporation) + b.sublimation * (snow - f.sublimation)) +
                      (melt - f.melt_heat);
  const T canopy_warming = p.canopy_cooling * d.canopy, ground_warming = p.ground_cooling * d.ground;
  f.canopy_net_radiation =
      p.canopy_radiation + (b.canopy_from_ground * ground_warming - b.canopy_emission * canopy_warming);
  f.ground_net_radiation =
      p.ground_radiation + (b.ground_from_canopy * canopy_warming - b.ground_emission * ground_warming);
  f.upward_longwave =
      s.longwave + (s.canopy_shortwave - f.canopy_net_radiation) + (s.ground_shortwave - f.ground_net_radiation);
  f.ground_heat = s.ground_conductance * (f.ground_temperature - s.ground_reference);
  f.canopy_storage = b.storage * (f.canopy_temperature - s.canopy_temperature);
  return f;
}

/// Energy balance of canopy and ground with the air between them eliminated (MODEL 4.5), implicit in time.
///
/// Newton's method from the temperatures at the begin of the step with a fixed number of evaluations; fluxes are those
/// of the last linearisation at its own solution, so the balances close whatever the iterate. A flux whose water runs
/// out is held at its limit from the next evaluation on. `leaf(T_v, vapour)` returns the stomatal conductance of all
/// leaves per ground area (m s-1) at leaf temperature (K) and vapour pressure of the canopy air (Pa); it is called once
/// per evaluation, its last call is the accepted one, and its slope by T_v is neglected.
template <class T, class Leaf>
SurfaceFluxes<T> surface_energy_balance(const Surface<T>& s, Leaf&& leaf, int evaluations = 4) {
  constexpr double longest = 20.0, unlimited = 1e30;  // K; shorter steps leave lanes behind after four evaluations
  const BalanceTerms<T> b = balance_terms(s);
  const simd::Mask<T> no = T(1.0) < 0.0;
  BalanceState<T> state{no, no, no, no, no, no, no, no};
  T canopy = s.canopy_temperature, ground = s.ground_temperature;
  BalancePoint<T> p = balance_point(s, b, canopy, ground, leaf(canopy, s.vapour));
  for (int i = 1; i < evaluations; ++i) {
    const BalanceStep<T> d = balance_step(s, b, p, state, longest);
    state = balance_state(s, b, p, state, d);
    canopy = canopy + d.canopy;
    ground = ground + d.ground;
    p = balance_point(s, b, canopy, ground, leaf(canopy, d.vapour));
  }
  state = balance_state(s, b, p, state, balance_step(s, b, p, state, unlimited));
  return balance_fluxes(s, b, p, state, balance_step(s, b, p, state, unlimited));
}

}  // namespace tilth::physics
