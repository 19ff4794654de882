#pragma once

#include "model/soil_enthalpy.hpp"

namespace tilth::physics {

/// Liquid water that moved during a step, m of water: `into[k]` down into layer k from above, into[0] through the
/// surface, into[N] out at the foot.
template <class T, int N>
struct WaterMoved {
  T into[N + 1];
  T taken[N];   ///< by roots, and by evaporation from the first layer
  T surface_t;  ///< temperature of what infiltrates, C
};

/// Movements between layers from the water before and after (m3 m-3), which holds however the water was moved.
/// `taken` and `infiltration` in m; infiltration < 0 where water returns to the surface.
template <class T, int N>
void water_moved(const double* dz, const T* before, const T* after, const T* taken, T infiltration,
                 WaterMoved<T, N>& m) {
  m.into[0] = infiltration;
  for (int k = 0; k < N; ++k) {
    m.taken[k] = taken[k];
    m.into[k + 1] = (m.into[k] - taken[k]) - (after[k] - before[k]) * dz[k];
  }
}

/// One step of soil heat.
template <class T, int N>
struct SoilHeatStep {
  double duration = 3600.0;                 ///< s
  const T* water = nullptr;                 ///< [N] liquid and ice at the end of the step, m3 m-3
  const T* k_layer = nullptr;               ///< [N] W m-1 K-1
  T top_flux;                               ///< into the first layer were it at 0 C, W m-2
  T top_conductance = T(0.0);               ///< less for each C of the first layer, W m-2 K-1
  double bottom_flux = 0.0;                 ///< into the last layer from below (geothermal), W m-2
  const WaterMoved<T, N>* moved = nullptr;  ///< null: water stood still
};

/// Where the heat of a step went, J m-2: sum of H dz changes by top + bottom + infiltrated - taken - drained.
template <class T>
struct SoilHeatBudget {
  T top, bottom;                  ///< conduction into the column
  T infiltrated, taken, drained;  ///< with liquid water
};

/// Heat between layers: the flux into layer k from above is up[k] t[k-1] - down[k] t[k]; layer k also loses
/// taken[k] t[k]. All W m-2 K-1. No conduction through face 0 and face N.
template <class T, int N>
struct HeatFaces {
  T up[N + 1], down[N + 1], taken[N];
};

/// Faces that only conduct.
template <class T, int N>
TILTH_INLINE HeatFaces<T, N> conducting_faces(const double* dz, const T* k_layer) {
  HeatFaces<T, N> faces;
  layer_conductances<T, N>(dz, k_layer, faces.up + 1);
  faces.up[0] = 0.0;
  faces.up[N] = 0.0;
  for (int k = 0; k <= N; ++k) faces.down[k] = faces.up[k];
  for (int k = 0; k < N; ++k) faces.taken[k] = 0.0;
  return faces;
}

/// Adds the heat of moved water, which has the temperature of the layer it leaves.
template <class T, int N>
TILTH_INLINE void add_water(const WaterMoved<T, N>& moved, double duration, HeatFaces<T, N>& faces) {
  const double scale = water_density * water_heat_capacity / duration;
  for (int k = 0; k < N; ++k) {
    faces.up[k] = faces.up[k] + scale * max(T(0.0), moved.into[k]);
    faces.down[k] = faces.down[k] + scale * max(T(0.0), -moved.into[k]);
    faces.taken[k] = scale * moved.taken[k];
  }
  faces.up[N] = scale * moved.into[N];
}

/// Change of enthalpy of layer k from that of the layer above: base[k] + carry[k] * change[k - 1]. One more W m-2 into
/// the first layer raises its base by `top_gain`.
template <class T, int N>
struct EliminatedColumn {
  T base[N], carry[N], top_gain;
};

/// Implicit step linear about `state`, eliminated from below. `enthalpy` is the iterate, `start` the start of the step,
/// `above` the known flux into the first layer, `below` into the last (W m-2).
template <class T, int N>
TILTH_INLINE void eliminate(const double* rate, const HeatFaces<T, N>& faces, const LayerHeat<T>* state,
                            const T* enthalpy, const T* start, T above, double below, EliminatedColumn<T, N>& out) {
  T flux = faces.up[N] * state[N - 1].t - below;  // out of layer k at its lower face
  T drag = faces.up[N];                           // d flux / d t of layer k
  T lifted = 0.0, back = 0.0;                     // what the layer below adds to right side and diagonal
  for (int k = N - 1; k >= 0; --k) {
    const LayerHeat<T>& layer = state[k];
    const T t_above = k > 0 ? state[k - 1].t : T(0.0);
    T entering = faces.up[k] * t_above - faces.down[k] * layer.t;
    if (k == 0) entering = above - faces.down[0] * layer.t;
    const T residual = entering - flux - faces.taken[k] * layer.t - rate[k] * (enthalpy[k] - start[k]);
    const T diagonal = rate[k] + layer.slope * (faces.down[k] + drag + faces.taken[k]) - back * layer.slope;
    const T pivot = 1.0 / diagonal;
    out.base[k] = (residual + lifted) * pivot;
    if (k == 0) {
      out.top_gain = pivot;
      break;
    }
    out.carry[k] = faces.up[k] * state[k - 1].slope * pivot;
    flux = entering;
    drag = faces.up[k];
    const T conduct = faces.down[k] * layer.slope;  // what layer k sends up per change of its enthalpy
    lifted = conduct * out.base[k];
    back = conduct * faces.up[k] * pivot;
  }
}

/// Heat fluxes of a solved column (W m-2, flux[k] into layer k from above) and temperatures linear in the change (C).
template <class T, int N>
TILTH_INLINE void linear_fluxes(const HeatFaces<T, N>& faces, const EliminatedColumn<T, N>& column,
                                const LayerHeat<T>* state, T above, double below, T* t, T* flux) {
  T change = 0.0;
  for (int k = 0; k < N; ++k) {
    change = k == 0 ? column.base[0] : column.base[k] + column.carry[k] * change;
    t[k] = state[k].t + state[k].slope * change;
    flux[k] = k == 0 ? above - faces.down[0] * t[0] : faces.up[k] * t[k - 1] - faces.down[k] * t[k];
  }
  flux[N] = faces.up[N] * t[N - 1] - below;
}

/// Enthalpies to linearise about: those of the temperatures in `state`, with water that came or went as liquid.
template <class T, int N>
TILTH_INLINE void recentre(const SoilHeat<T>& soil, const T* water, T* enthalpy, LayerHeat<T>* state) {
  for (int k = 0; k < N; ++k) {
    const T thawed = soil_heat_capacity(soil, water[k], T(0.0));
    const simd::Mask<T> icy = state[k].ice > 0.0;
    enthalpy[k] = (thawed - capacity_gain * state[k].ice) * state[k].t - fusion_per_volume * state[k].ice;
    state[k].slope = select(icy, state[k].slope, 1.0 / thawed);
  }
}

/// Where Newton linearises next, from the temperatures `t` and enthalpies `next` of the last pass: at the enthalpy,
/// whose temperatures are `heat`; but where ice cools at the geometric mean of both temperatures, for there the
/// enthalpy lies far beyond (each kelvin takes less heat than the one before) and Newton alone may never end.
/// @pre `point` holds where the last pass was linear
template <class T, int N>
TILTH_INLINE void next_point(const SoilHeat<T>& soil, const T* water, const T* t, const T* next,
                             const LayerHeat<T>* heat, T* enthalpy, LayerHeat<T>* point) {
  for (int k = 0; k < N; ++k) {
    const simd::Mask<T> beyond = (t[k] < point[k].t) & (t[k] > heat[k].t) & (t[k] < 0.0);
    enthalpy[k] = next[k];
    point[k] = heat[k];
    if (soil.sharp || !any(beyond)) continue;
    const T mean = -sqrt(select(beyond, t[k] * heat[k].t, T(1.0)));
    const T liquid = unfrozen_water(mean + freezing_k, water[k], soil.theta_s, soil.log_psi_s, soil.inverse_b);
    const LayerHeat<T> cold = layer_at(soil, mean, liquid, water[k] - liquid);
    enthalpy[k] = select(beyond, soil_enthalpy(soil, mean, liquid, water[k]), next[k]);
    point[k] = {select(beyond, cold.t, heat[k].t), select(beyond, cold.liquid, heat[k].liquid),
                select(beyond, cold.ice, heat[k].ice), select(beyond, cold.slope, heat[k].slope)};
  }
}

/// Implicit step of conduction and of heat carried by water: changes `enthalpy` (J m-3) by fluxes between layers, so
/// that the budget closes, and leaves `state` in agreement with it.
///
/// Newton in enthalpy about temperature(enthalpy), whose slope is bounded; a lane whose linear temperatures are those
/// of its enthalpy has converged and stops, a thawed lane after one pass.
template <class T, int N>
SoilHeatBudget<T> advance_soil_enthalpy(const SoilHeat<T>& soil, const SoilHeatStep<T, N>& step, T* enthalpy,
                                        LayerHeat<T>* state) {
  constexpr int most_passes = 12;     // of 100 000 random days none took more than 9
  constexpr double tolerance = 1e-3;  // K
  HeatFaces<T, N> faces = conducting_faces<T, N>(soil.dz, step.k_layer);
  faces.down[0] = step.top_conductance;
  T infiltration = 0.0;  // W m-2
  if (step.moved) {
    add_water(*step.moved, step.duration, faces);
    infiltration = faces.up[0] * step.moved->surface_t;
  }
  const T above = step.top_flux + infiltration;
  double rate[N];
  T start[N], t[N], flux[N + 1];
  for (int k = 0; k < N; ++k) {
    rate[k] = soil.dz[k] / step.duration;
    start[k] = enthalpy[k];
  }
  recentre<T, N>(soil, step.water, enthalpy, state);
  LayerHeat<T> point[N];  // linear about
  T point_enthalpy[N];
  for (int k = 0; k < N; ++k) {
    point[k] = state[k];
    point_enthalpy[k] = enthalpy[k];
  }
  T taken = 0.0, drained = 0.0, returned = 0.0;
  simd::Mask<T> active = T(step.duration) > 0.0;
  for (int pass = 0; pass < most_passes && any(active); ++pass) {
    EliminatedColumn<T, N> column;
    eliminate(rate, faces, point, point_enthalpy, start, above, step.bottom_flux, column);
    linear_fluxes(faces, column, point, above, step.bottom_flux, t, flux);
    T next[N], removed = 0.0;
    LayerHeat<T> heat[N];
    for (int k = 0; k < N; ++k) {
      heat[k].t = t[k];
      const T sink = faces.taken[k] * t[k];
      removed = removed + sink;
      next[k] = start[k] + (flux[k] - flux[k + 1] - sink) * (1.0 / rate[k]);
    }
    soil_heat_state<T, N>(soil, next, step.water, heat);
    simd::Mask<T> moving = T(0.0) > 1.0;
    for (int k = 0; k < N; ++k) {
      moving = moving | (simd::abs(t[k] - heat[k].t) > tolerance);
      enthalpy[k] = select(active, next[k], enthalpy[k]);
      state[k] = {select(active, heat[k].t, state[k].t), select(active, heat[k].liquid, state[k].liquid),
                  select(active, heat[k].ice, state[k].ice), select(active, heat[k].slope, state[k].slope)};
    }
    next_point<T, N>(soil, step.water, t, next, heat, point_enthalpy, point);
    taken = select(active, removed, taken);
    drained = select(active, faces.up[N] * t[N - 1], drained);
    returned = select(active, faces.down[0] * t[0], returned);
    active = active & moving;
  }
  const double dt = step.duration;
  return {step.top_flux * dt, T(step.bottom_flux * dt), (infiltration - returned) * dt, taken * dt, drained * dt};
}

/// The same from and to temperatures (K), for a step in which water has already moved: `liquid` of `water` is what is
/// not frozen, before and after. `top_temperature` (K) acts on the middle of the first layer through `top_conductance`
/// (W m-2 K-1); no flux at the bottom.
template <class T, int N>
SoilHeatBudget<T> advance_soil_heat(const SoilHeat<T>& soil, double duration, const T* water, const T* k_layer,
                                    T top_temperature, T top_conductance, T* temperature, T* liquid) {
  SoilHeatStep<T, N> step;
  step.duration = duration;
  step.water = water;
  step.k_layer = k_layer;
  step.top_flux = top_conductance * (top_temperature - freezing_k);
  step.top_conductance = top_conductance;
  T enthalpy[N];
  LayerHeat<T> state[N];
  for (int k = 0; k < N; ++k) {
    state[k] = layer_at(soil, temperature[k] - freezing_k, liquid[k], water[k] - liquid[k]);
    enthalpy[k] = soil_enthalpy(soil, state[k].t, liquid[k], water[k]);
  }
  const SoilHeatBudget<T> budget = advance_soil_enthalpy<T, N>(soil, step, enthalpy, state);
  for (int k = 0; k < N; ++k) {
    temperature[k] = state[k].t + freezing_k;
    liquid[k] = state[k].liquid;
  }
  return budget;
}

}  // namespace tilth::physics
