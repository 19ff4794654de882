#pragma once

#include "core/physics/fluorescence.hpp"
#include "model/canopy_radiation.hpp"
#include "model/stomata.hpp"

namespace tilth::physics {

/// Parameters of leaves (MODEL 7.1).
template <class T>
struct LeafTraits {
  T v25;                ///< carboxylation capacity at 25 C at the top of the canopy, umol m-2 s-1
  T jv_scale;           ///< scale on electron transport over carboxylation capacity
  T rd_fraction;        ///< respiration over carboxylation capacity at 25 C, as of C3 leaves; C4 leaves: times 5/3
  T phi2;               ///< quantum yield of photosystem II
  T g1, g0;             ///< kPa^0.5; mol m-2 s-1
  T nonstomatal_share;  ///< of the water stress
};

/// Surroundings of leaves in one step that do not depend on leaf temperature.
template <class T>
struct LeafSurroundings {
  T growth_c;             ///< growth temperature, C
  T water_stress;         ///< 1 none, 0 full
  T pressure, co2;        ///< Pa; umol mol-1
  T boundary_resistance;  ///< of the leaf boundary layer for water, m2 s mol-1; StomataSolver::newton3 only
};

/// Sunlit or shaded leaves of a canopy.
template <class T>
struct LeafClass {
  LeafLight<T> light;  ///< sums over the leaves, per area of ground
  T leaf_area;         ///< m2 m-2
};

/// All of a canopy's photosynthesis that depends on the step only.
template <class T>
struct CanopyStep {
  bool c4, lit;
  StomataSolver solver;
  LeafClass<T> sun, shade;
  Acclimation<T> grown;
  T respiration;           ///< at 25 C over capacity
  T g1, g0;                ///< stress included in g1
  T pressure, ca, per_ca;  ///< Pa, Pa, reciprocal of umol mol-1
  T boundary_resistance;   ///< m2 s mol-1
};

/// Fluxes of a class of leaves per area of ground.
template <class T>
struct LeafFluxes {
  T gross, respiration;  ///< umol m-2 s-1
  T conductance;         ///< of stomata for water, mol m-2 s-1
  T transport;           ///< actual over potential electron transport
};
template <class T>
struct CanopyAssimilation {
  LeafFluxes<T> sun, shade;
};

/// Decline of capacity with leaf area from the top, per leaf area (Lloyd et al. 2010).
template <class T>
TILTH_INLINE T capacity_decline(T v25) {
  return exp(0.00963 * v25 - 2.43);
}

/// Capacity integrated over sunlit and shaded leaves, light and stress of a step.
///
/// @param lit the sun is up (passive): without it leaves respire and stomata stay at their minimum
template <class T>
TILTH_INLINE CanopyStep<T> canopy_step(bool c4, bool lit, StomataSolver solver, const LeafTraits<T>& traits,
                                       const LeafSurroundings<T>& air, const CanopyRadiation<T>& light) {
  constexpr double c4_over_c3_respiration = 0.025 / 0.015;
  const LeafStress<T> stress = leaf_stress(air.water_stress, traits.nonstomatal_share);
  const T leaf_area = light.leaf_area_sun + light.leaf_area_shade;
  const T depth = capacity_decline(traits.v25) * leaf_area, decay = exp(-depth);
  const T top = traits.v25 * stress.capacity * leaf_area, all = top * mean_decay(depth, decay);
  CanopyStep<T> s;
  s.c4 = c4;
  s.lit = lit;
  s.solver = solver;
  const T sun = lit ? min(all, top * mean_decay(depth + light.beam_depth, decay * light.beam)) : T(0.0);
  const T drives = 0.5 * traits.phi2;
  s.sun = {{sun, light.par_sun, drives * light.par_sun}, light.leaf_area_sun};
  s.shade = {{all - sun, light.par_shade, drives * light.par_shade}, light.leaf_area_shade};
  s.grown = acclimation(air.growth_c, traits.jv_scale);
  s.respiration = c4 ? traits.rd_fraction * c4_over_c3_respiration : traits.rd_fraction;
  s.g1 = traits.g1 * stress.stomata;
  s.g0 = traits.g0;
  s.pressure = air.pressure;
  s.ca = 1e-6 * air.co2 * air.pressure;
  s.per_ca = 1.0 / air.co2;
  s.boundary_resistance = air.boundary_resistance;
  return s;
}

/// Response of a class with its own internal CO2 (StomataSolver::newton3).
template <class T>
TILTH_INLINE LeafResponse<T> own_response(const CanopyStep<T>& s, const LeafKinetics<T>& k, const Stomata<T>& open,
                                          const LeafClass<T>& leaves, T drive, T respiration) {
  const T per_leaf = 1.0 / max(1e-9, leaves.leaf_area);
  const LeafLight<T> leaf{leaves.light.capacity * per_leaf, leaves.light.par * per_leaf,
                          leaves.light.potential * per_leaf};
  const LeafExchange<T> exchange{s.g0, s.boundary_resistance, s.ca, s.pressure};
  return leaf_response(s.c4, k, internal_co2(s.c4, k, leaf, drive * per_leaf, respiration * per_leaf, open, exchange));
}

/// One class of leaves; `shared` is the response at the internal CO2 of the closed form.
template <class T>
TILTH_INLINE LeafFluxes<T> class_fluxes(const CanopyStep<T>& s, const LeafKinetics<T>& k, const Stomata<T>& open,
                                        const LeafResponse<T>& shared, const LeafClass<T>& leaves) {
  LeafFluxes<T> f;
  f.respiration = s.respiration * leaves.light.capacity * k.respiration;
  const T drive = light_drive(s.c4, k, leaves.light);
  const LeafResponse<T> at =
      s.solver == StomataSolver::closed_form ? shared : own_response(s, k, open, leaves, drive, f.respiration);
  f.gross = gross_assimilation(s.c4, at, leaves.light.capacity, drive).value;
  f.conductance = s.g0 * leaves.leaf_area + open.slope * opening(f.gross - f.respiration, f.respiration).value;
  f.transport = transport_share(s.c4, at, leaves.light, f.gross);
  return f;
}

/// Assimilation, respiration and conductance of a canopy at leaf temperature `kelvin` and leaf-to-air vapour pressure
/// deficit `vpd` (Pa). Called in every iteration of the energy balance.
template <class T>
TILTH_INLINE CanopyAssimilation<T> canopy_assimilation(const CanopyStep<T>& s, T kelvin, T vpd) {
  const LeafKinetics<T> k = leaf_kinetics(s.c4, kelvin, s.pressure, s.grown);
  if (!s.lit) {
    const T zero = 0.0, shade = s.respiration * s.shade.light.capacity * k.respiration;
    return {{zero, zero, zero, T(1.0)}, {zero, shade, s.g0 * s.shade.leaf_area, T(1.0)}};
  }
  const Stomata<T> open = stomata(vpd, s.g1, s.ca, s.per_ca);
  const LeafResponse<T> shared = leaf_response(s.c4, k, open.ci);
  return {class_fluxes(s, k, open, shared, s.sun), class_fluxes(s, k, open, shared, s.shade)};
}

/// Fluorescence yields of sunlit and shaded leaves.
template <class T>
struct CanopyFluorescence {
  T sun, shade;
};

/// @param kn_slope slope of non-photochemical quenching (MODEL 7.1: kn_1)
template <class T>
TILTH_INLINE CanopyFluorescence<T> canopy_fluorescence(const CanopyAssimilation<T>& a, T kelvin, T kn_slope) {
  const T t = kelvin - freezing_k;
  return {fluorescence_yield(a.sun.transport, t, kn_slope), fluorescence_yield(a.shade.transport, t, kn_slope)};
}

}  // namespace tilth::physics
