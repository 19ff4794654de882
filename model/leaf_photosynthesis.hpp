#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// max(x, 0) with a smooth corner: 0 for x <= 0, x for x >= width, a cubic between, continuous slope.
template <class T>
TILTH_INLINE T positive_part(T x, T inverse_width, T width) {
  const T t = min(T(1.0), max(0.0, x * inverse_width));
  return max(0.0, x - width) + width * (t * t) * (2.0 - t);
}
template <class T>
TILTH_INLINE T positive_part(T x, double width) {
  return positive_part(x, T(1.0 / width), T(width));
}

/// Slope of `positive_part`.
template <class T>
TILTH_INLINE T positive_slope(T x, T inverse_width) {
  const T t = min(T(1.0), max(0.0, x * inverse_width));
  return t * (4.0 - 3.0 * t);
}

/// A rate and its derivative by the internal CO2 pressure (umol m-2 s-1 and per Pa).
template <class T>
struct Rate {
  T value, slope;
};

/// Lower root y of theta y^2 - (a + b) y + a b = 0, a and b not negative: the smaller of two limits with a smooth
/// corner (Collatz et al. 1991). The discriminant is a sum of squares, and its root never 0, so that derivatives stay
/// finite.
template <class T>
TILTH_INLINE Rate<T> colimited(Rate<T> a, Rate<T> b, double theta) {
  const T sum = a.value + b.value, difference = a.value - b.value;
  const T root = sqrt(1e-60 + (1.0 - theta) * (sum * sum) + theta * (difference * difference));
  const T y = 2.0 * a.value * b.value / (sum + root);
  return {y, ((b.value - y) * a.slope + (a.value - y) * b.slope) / root};
}
template <class T>
TILTH_INLINE T colimited(T a, T b, double theta) {
  return colimited(Rate<T>{a, T(0.0)}, Rate<T>{b, T(0.0)}, theta).value;
}

/// Peaks of carboxylation and electron transport at the temperature leaves grew in (Kattge & Knorr 2007): per day.
template <class T>
struct Acclimation {
  T v_decline, j_decline;  ///< share of inactive enzyme over active at 25 C
  T j_per_v;               ///< electron transport over carboxylation capacity at 25 C
};

/// Rates of a leaf at its temperature, per carboxylation capacity at 25 C unless noted.
template <class T>
struct LeafKinetics {
  T gamma_star, km;  ///< Pa; C3 only
  T carboxylation;
  T transport;    ///< electron transport at saturating light; C3 only
  T product;      ///< C3: limit by use of the product; C4: initial slope, per Pa
  T respiration;  ///< per respiration at 25 C
};

// Limits of co-limitation: MODEL 4.2.
inline constexpr double least_growth_c = 11.0, largest_growth_c = 35.0, growth_corner_c = 2.0;
inline constexpr double kelvin_25 = 298.15;
inline constexpr double oxygen = 0.2095;  // mol mol-1
inline constexpr double c4_quantum_yield = 0.05;

/// @param growth_c growth temperature in C, kept in 11 to 35  @param jv_scale scale on the ratio of capacities
template <class T>
TILTH_INLINE Acclimation<T> acclimation(T growth_c, T jv_scale) {
  constexpr double rt = gas_constant * kelvin_25, deactivation = 2e5 / rt, per_r = 1.0 / gas_constant;
  const T above = least_growth_c + positive_part(growth_c - least_growth_c, growth_corner_c);
  const T t = largest_growth_c - positive_part(largest_growth_c - above, growth_corner_c);
  return {exp((668.39 - 1.07 * t) * per_r - deactivation), exp((659.70 - 0.75 * t) * per_r - deactivation),
          jv_scale * (2.59 - 0.035 * t)};
}

/// e^x for |x| below 0.11, to 5e-13.
template <class T>
TILTH_INLINE T exp_small(T x) {
  const T cubic = 1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720 + x * (1.0 / 5040)));
  return 1.0 + x * (1.0 + x * (0.5 + x * (1.0 / 6 + x * cubic)));
}

/// C3 kinetics (Farquhar et al. 1980; Bernacchi et al. 2001; Kattge & Knorr 2007; Bonan et al. 2011), temperature in K,
/// pressure in Pa.
///
/// Nine activation energies (J mol-1) from six exponentials: 53100 = 46390 + 6710, 49884 = 43050 + 6710 + 124,
/// 150650 = 71513 + 79430 - 293, 200000 = 150650 + 49884 - 534.
template <class T>
TILTH_INLINE LeafKinetics<T> c3_kinetics(T kelvin, T pressure, const Acclimation<T>& grown) {
  const T y = (kelvin - kelvin_25) / (kelvin_25 * gas_constant * kelvin);
  const T e79430 = exp(79430.0 * y), e71513 = exp(71513.0 * y), e46390 = exp(46390.0 * y), e43050 = exp(43050.0 * y);
  const T e6710 = exp(6710.0 * y);
  const T e49884 = e43050 * e6710 * exp_small(124.0 * y);
  const T e150650 = e71513 * e79430 * exp_small(-293.0 * y);
  const T e200000 = e150650 * e49884 * exp_small(-534.0 * y);
  constexpr double kc = 404.9e-6, ko = 278.4e-3, gamma = 42.75e-6, product_use = 3.0 * 0.167;
  constexpr double decline = 0.15912401809167293;  // exp((298.15 x 490 - 150650) / (298.15 R))
  LeafKinetics<T> k;
  k.gamma_star = gamma * pressure * exp(37830.0 * y);
  k.km = kc * pressure * (e79430 + (oxygen / ko) * e43050);  // Kc (1 + O / Ko): 79430 - 36380 = 43050
  k.carboxylation = e71513 * (1.0 + grown.v_decline) / (1.0 + grown.v_decline * e200000);
  k.transport = e49884 * grown.j_per_v * (1.0 + grown.j_decline) / (1.0 + grown.j_decline * e200000);
  const T peak = (1.0 + decline) / (1.0 + decline * e150650);
  k.product = product_use * (e46390 * e6710) * peak;
  k.respiration = e46390 * peak;
  return k;
}

/// C4 kinetics (Collatz et al. 1992), temperature in K, pressure in Pa.
template <class T>
TILTH_INLINE LeafKinetics<T> c4_kinetics(T kelvin, T pressure) {
  constexpr double ln_q10 = simd::ln2, initial_slope = 20000.0;
  const T q = exp((0.1 * ln_q10) * (kelvin - kelvin_25));
  const T hot = 1.0 + exp(0.3 * (kelvin - 313.15)), cold = 1.0 + exp(0.2 * (288.15 - kelvin));
  LeafKinetics<T> k;
  k.gamma_star = 0.0;
  k.km = 1.0;
  k.transport = 0.0;
  k.carboxylation = q / (hot * cold);
  k.product = initial_slope * q / pressure;
  k.respiration = q / (1.0 + exp(1.3 * (kelvin - 328.15)));
  return k;
}

/// @param c4 C4 leaf, the same for all members  @param kelvin leaf temperature, kept in 200 to 350
template <class T>
TILTH_INLINE LeafKinetics<T> leaf_kinetics(bool c4, T kelvin, T pressure, const Acclimation<T>& grown) {
  const T t = clamp(kelvin, 200.0, 350.0);
  return c4 ? c4_kinetics(t, pressure) : c3_kinetics(t, pressure, grown);
}

/// What internal CO2 makes of capacity and of light: for all leaves of one temperature and internal pressure.
template <class T>
struct LeafResponse {
  Rate<T> carboxylation;  ///< per capacity
  Rate<T> light;          ///< C3: per electron transport; C4: per absorbed light
  Rate<T> product;        ///< per capacity
};

/// @param ci internal CO2 pressure, Pa; below the compensation point C3 leaves do not assimilate (corner of 1 Pa)
template <class T>
TILTH_INLINE LeafResponse<T> leaf_response(bool c4, const LeafKinetics<T>& k, T ci) {
  const T zero = 0.0;
  if (c4) return {{k.carboxylation, zero}, {T(c4_quantum_yield), zero}, {k.product * ci, k.product}};
  constexpr double corner = 1.0;
  const T over = ci - k.gamma_star, s = positive_part(over, corner), slope = positive_slope(over, T(1.0 / corner));
  const T dark = ci + k.km, bright = 4.0 * ci + 8.0 * k.gamma_star;
  const T both = 1.0 / (dark * bright), per_dark = bright * both, per_bright = dark * both;
  return {{k.carboxylation * s * per_dark, k.carboxylation * per_dark * (slope - s * per_dark)},
          {s * per_bright, per_bright * (slope - 4.0 * s * per_bright)},
          {k.product, zero}};
}

/// A class of leaves: sums over its leaf area, per area of leaf or of ground.
template <class T>
struct LeafLight {
  T capacity;   ///< carboxylation at 25 C, umol m-2 s-1
  T par;        ///< absorbed, umol m-2 s-1
  T potential;  ///< electron transport this light could drive: half of it, times the yield of photosystem II
};

/// Electron transport of C3 leaves (umol m-2 s-1): light and capacity co-limit with curvature 0.7 (Farquhar et al.
/// 1980); for C4 leaves absorbed light.
template <class T>
TILTH_INLINE T light_drive(bool c4, const LeafKinetics<T>& k, const LeafLight<T>& leaf) {
  return c4 ? leaf.par : colimited(leaf.potential, leaf.capacity * k.transport, 0.7);
}

/// Gross assimilation, umol m-2 s-1, of leaves with `drive` by `light_drive`; homogeneous of degree 1 in `leaf`.
template <class T>
TILTH_INLINE Rate<T> gross_assimilation(bool c4, const LeafResponse<T>& at, T capacity, T drive) {
  const Rate<T> carboxylation{capacity * at.carboxylation.value, capacity * at.carboxylation.slope};
  const Rate<T> light{drive * at.light.value, drive * at.light.slope};
  const Rate<T> product{capacity * at.product.value, capacity * at.product.slope};
  return colimited(colimited(carboxylation, light, c4 ? 0.80 : 0.98), product, 0.95);
}

/// Electron transport the assimilation `gross` needs over that its light could drive, 0 to 1 (1 in the dark).
template <class T>
TILTH_INLINE T transport_share(bool c4, const LeafResponse<T>& at, const LeafLight<T>& leaf, T gross) {
  constexpr double least = 1e-12;
  const T possible = at.light.value * (c4 ? leaf.par : leaf.potential);
  return min(T(1.0), (gross + least) / (possible + least));
}

}  // namespace tilth::physics
