#pragma once

#include "model/leaf_photosynthesis.hpp"

namespace tilth::physics {

/// How internal CO2 is found: passive, the same for all members.
enum class StomataSolver {
  closed_form,  ///< exact without minimum conductance and boundary layer
  newton3       ///< three Newton steps with both
};

/// Water stress of a leaf: factors on its capacity and on the slope of its stomata.
template <class T>
struct LeafStress {
  T capacity, stomata;
};

/// Splits the stress beta (1 none, 0 full) into the share `nonstomatal` (0 to 1) that lowers capacity, and so
/// respiration and electron transport, and the rest that closes stomata: beta^q and beta^(1 - q), their product beta
/// (MODEL 4.3, after Zhou et al. 2013). beta below 1e-6 counts as 1e-6.
template <class T>
TILTH_INLINE LeafStress<T> leaf_stress(T beta, T nonstomatal) {
  const T b = min(T(1.0), max(1e-6, beta));
  const T capacity = exp(nonstomatal * log(b));
  return {capacity, b / capacity};
}

/// Stomata of all leaves at one vapour pressure deficit (Medlyn et al. 2011).
template <class T>
struct Stomata {
  T ci;     ///< internal CO2 of the closed form, Pa
  T slope;  ///< conductance for water over net assimilation, mol umol-1
};

/// @param vpd leaf to air, Pa; 50 Pa at least (corner of 50 Pa)  @param g1 kPa^0.5, stress included
/// @param ca CO2 at the leaf, Pa  @param per_ca reciprocal of CO2 in umol mol-1
template <class T>
TILTH_INLINE Stomata<T> stomata(T vpd, T g1, T ca, T per_ca) {
  constexpr double least_kpa = 0.05, corner_kpa = 0.05, water_over_co2 = 1.6;
  const T root = sqrt(least_kpa + positive_part(1e-3 * vpd - least_kpa, corner_kpa));
  const T sum = g1 + root, inverse = 1.0 / (root * sum);
  return {ca * (g1 * root * inverse), water_over_co2 * (sum * sum * inverse) * per_ca};
}

/// Net assimilation that opens stomata: 0 below the compensation point, with a corner of half the respiration.
template <class T>
TILTH_INLINE Rate<T> opening(T net, T respiration) {
  const T width = max(1e-9, 0.5 * respiration), inverse = 1.0 / width;
  return {positive_part(net, inverse, width), positive_slope(net, inverse)};
}

/// Conductances of a leaf besides Medlyn's slope.
template <class T>
struct LeafExchange {
  T g0;                   ///< minimum stomatal conductance for water, mol m-2 s-1
  T boundary_resistance;  ///< of the leaf boundary layer for water, m2 s mol-1; 0 for none
  T ca, pressure;         ///< CO2 outside the boundary layer and air pressure, Pa
};

/// Internal CO2 (Pa) of a leaf by three Newton steps on ca - ci = 1e-6 p A_n (1.6 / g_s + 1.37 r_b), from the closed
/// form. `leaf` and `drive` per area of leaf, `respiration` likewise (umol m-2 s-1).
template <class T>
TILTH_INLINE T internal_co2(bool c4, const LeafKinetics<T>& k, const LeafLight<T>& leaf, T drive, T respiration,
                            const Stomata<T>& open, const LeafExchange<T>& x) {
  T ci = open.ci;
  for (int step = 0; step < 3; ++step) {
    const Rate<T> gross = gross_assimilation(c4, leaf_response(c4, k, ci), leaf.capacity, drive);
    const T net = gross.value - respiration;
    const Rate<T> opens = opening(net, respiration);
    const T per_g = 1.0 / (x.g0 + open.slope * opens.value);
    const T resistance = 1.6 * per_g + 1.37 * x.boundary_resistance;
    const T scale = 1e-6 * x.pressure;
    const T residual = ci - x.ca + scale * net * resistance;
    const T slope = 1.0 + scale * gross.slope * (resistance - 1.6 * net * per_g * per_g * open.slope * opens.slope);
    ci = min(2.0 * x.ca, max(0.05 * x.ca, ci - residual / slope));
  }
  return ci;
}

}  // namespace tilth::physics
