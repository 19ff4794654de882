#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// What the optimality model gives for one environment (pressures in Pa).
template <class T>
struct PModel {
  T gamma_star, kmm, viscosity_ratio, xi, chi;
  T mj;       ///< light limitation of assimilation by internal CO2
  T mc;       ///< the same for carboxylation
  T m_prime;  ///< mj with the cost of electron transport
};

/// Density of water, kg m-3 (Fisher & Dial 1975); t in C, pressure in Pa.
template <class T>
T water_density_at(T t, T pressure) {
  const T lambda = 1788.316 + t * (21.55053 + t * (-0.4695911 + t * (3.096363e-3 - t * 7.341182e-6)));
  const T po = 5918.499 + t * (58.05267 + t * (-1.1253317 + t * (6.6123869e-3 - t * 1.4661625e-5)));
  const T high = 9.829576e-9 +
                 t * (-1.197269e-10 + t * (1.005461e-12 + t * (-5.437898e-15 + t * (1.69946e-17 - t * 2.295063e-20))));
  const T v = 0.6980547 + t * (-7.435626e-4 + t * (3.704258e-5 + t * (-6.315724e-7 + t * high)));
  return 1e3 / (v + lambda / (po + 1e-5 * pressure));
}

/// Viscosity of water, Pa s (Huber et al. 2009); t in C, pressure in Pa.
template <class T>
T water_viscosity(T t, T pressure) {
  const T tb = (t + 273.15) * (1.0 / 647.096);
  const T r = water_density_at(t, pressure) * (1.0 / 322.0) - 1.0;
  const T i = 1.0 / tb;
  const T x = i - 1.0;
  const T mu0 = 100.0 * sqrt(tb) / (1.67752 + i * (2.20462 + i * (0.6366564 - i * 0.241605)));
  const T h0 = 0.520094 + r * (0.222531 + r * (-0.281378 + r * (0.161913 - r * 0.0325372)));
  const T h1 = 0.0850895 + r * (0.999115 + r * (-0.906851 + r * 0.257399));
  const T h2 = -1.08374 + r * (1.88797 + r * (-0.772479));
  const T r2 = r * r, r4 = r2 * r2;
  const T h3 = -0.289555 + r * (1.26613 + r * (-0.489837 + r2 * (0.0698452 - r2 * 0.00435673)));
  const T h4 = -0.257040 * r2 + 0.00872102 * r4 * r;
  const T h5 = 0.120573 * r - 0.000593264 * r4 * r2;
  const T sum = h0 + x * (h1 + x * (h2 + x * (h3 + x * (h4 + x * h5))));
  return mu0 * exp((r + 1.0) * sum) * 1e-6;
}

inline constexpr double viscosity_25c = 8.900226790077092e-4;  ///< water_viscosity(25 C, 101325 Pa), Pa s
inline constexpr double electron_transport_cost = 0.41;        ///< c* (Wang et al. 2017)
inline constexpr double carboxylation_cost = 146.0;            ///< beta, unit cost ratio (Prentice et al. 2014)
inline constexpr double oxygen_fraction = 0.209476;

/// Optimal internal CO2 and light use (Prentice 2014, Wang 2017, Stocker 2020, C3): t in C, vpd and pressure in Pa,
/// co2 in umol mol-1. Where mj falls below c* there is no assimilation.
template <class T>
PModel<T> p_model_c3(T t, T vpd, T co2, T pressure, double beta = carboxylation_cost) {
  PModel<T> p;
  const T k = t + 273.15;
  const T x = (k - 298.15) / (298.15 * gas_constant * k);
  const T ca = co2 * 1e-6 * pressure;
  p.gamma_star = 4.332 * (pressure * (1.0 / 101325.0)) * exp(37830.0 * x);
  const T kc = 39.97 * exp(79430.0 * x);
  const T ko = 27480.0 * exp(36380.0 * x);
  p.kmm = kc * (1.0 + oxygen_fraction * pressure / ko);
  p.viscosity_ratio = water_viscosity(t, pressure) * (1.0 / viscosity_25c);
  p.xi = sqrt(beta * (p.kmm + p.gamma_star) / (1.6 * p.viscosity_ratio));
  const T compensation = p.gamma_star / ca;
  p.chi = compensation + (1.0 - compensation) * p.xi / (p.xi + sqrt(vpd));
  const T ci = p.chi * ca;
  const T numerator = max(0.0, ci - p.gamma_star);
  p.mj = numerator / (ci + 2.0 * p.gamma_star);
  p.mc = numerator / (ci + p.kmm);
  const T ratio = electron_transport_cost / max(electron_transport_cost, p.mj);
  p.m_prime = p.mj * sqrt(max(0.0, 1.0 - pow(ratio, 2.0 / 3.0)));
  return p;
}

/// The same for C4: CO2 saturates the chloroplast, m' = sqrt(1 - c*^(2/3)); chi with a ninth of the cost (Lin et al.
/// 2015).
inline constexpr double c4_m_prime = 0.6694069803347804;

/// Quantum yield over its value at the reference temperature: C3 (Bernacchi et al. 2003; reference 20 C), t in C.
template <class T>
TILTH_INLINE T quantum_yield_c3(T t) {
  const T c = clamp(t, 0.0, 40.0);
  return (0.352 + c * (0.022 - 0.00034 * c)) * (1.0 / 0.656);
}
/// C4 on the same reference (Cai & Prentice 2020), t in C.
template <class T>
TILTH_INLINE T quantum_yield_c4(T t) {
  const T c = clamp(t, 0.0, 45.0);
  return max(0.0, -0.064 + c * (0.03 - 0.000464 * c)) * (1.0 / 0.656);
}

}  // namespace tilth::physics
