#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// Hydraulic condition of one layer at an iterate. Heads in m (negative when unsaturated), liquid water in m3 m-3.
template <class T>
struct SoilPoint {
  T head, theta, conductivity;
  T capacity;            ///< d theta / d head, m-1
  T conductivity_slope;  ///< d conductivity / d head, s-1
};

/// Specific storage of saturated soil, m-1.
inline constexpr double specific_storage = 1e-5;
/// Least liquid water of a layer, m3 m-3.
inline constexpr double least_moisture = 0.01;

/// Clapp & Hornberger (1978): psi = psi_s s^-b, K = K_s s^(2b+3), s = theta / pores; one ln and one exp per evaluation.
///
/// Unsaturated layers move in theta, saturated ones in head (primary variable switching, Forsyth et al. 1995).
template <class T, int Layers>
struct ClappHornberger {
  static constexpr bool newton = true;
  static constexpr int capacity_layers = Layers;
  T b, psi_s;                              ///< exponent; head at air entry (m, negative)
  T pores[Layers];                         ///< pore space free of ice
  T ks[Layers];                            ///< conductivity of the saturated layer with its ice, m s-1
  T log_psi_s;                             ///< ln(-psi_s)
  T per_pores[Layers];                     ///< 1 / pores
  T capacity_factor, conductivity_factor;  ///< -1 / (b psi_s) and -(2 + 3 / b) / psi_s

  /// Derived constants, after the members above are set.
  TILTH_INLINE void prepare(int layers) {
    const T per_b = 1.0 / b, per_psi = -1.0 / psi_s;
    capacity_factor = per_b * per_psi;
    conductivity_factor = (2.0 + 3.0 * per_b) * per_psi;
    for (int k = 0; k < layers; ++k) per_pores[k] = 1.0 / pores[k];
  }
  /// `log_s` receives ln(theta / pores).
  TILTH_INLINE SoilPoint<T> point(int k, T theta, T& log_s) const {
    const T s = clamp(theta * per_pores[k], 1e-3, 1.0);
    log_s = log(s);
    const T e = exp(b * log_s);
    SoilPoint<T> p;
    p.theta = theta;
    p.head = psi_s / e;
    p.conductivity = ks[k] * (s * s * s) * (e * e);
    p.capacity = theta * e * capacity_factor;
    p.conductivity_slope = p.conductivity * e * conductivity_factor;
    return p;
  }
  TILTH_INLINE SoilPoint<T> point(int k, T theta) const {
    T log_s;
    return point(k, theta, log_s);
  }

  /// Lanes where a change of head leaves the branch (saturated or not) it was computed on, or is cut short.
  TILTH_INLINE simd::Mask<T> cut(int k, const SoilPoint<T>& p, T dh) const {
    const simd::Mask<T> was_saturated = p.head > psi_s, was_dry = !was_saturated;
    const T wanted = p.theta + p.capacity * dh;
    constexpr double slack = 1e-6;  // frozen and parched soil rests at its least moisture
    return (was_dry & ((wanted > pores[k]) | (wanted < max(0.5 * p.theta, T(least_moisture)) - slack))) |
           (was_saturated & (p.head + dh <= psi_s));
  }
  /// The layer after a change of head: from saturated below entry to entry on the dry side, from unsaturated along the
  /// tangent in theta, never below half of it.
  TILTH_INLINE SoilPoint<T> move(int k, const SoilPoint<T>& p, T dh) const {
    const simd::Mask<T> was_saturated = p.head > psi_s, was_dry = !was_saturated;
    const T head_free = p.head + dh;
    const T wanted = select(was_saturated, pores[k], p.theta + p.capacity * dh);
    const T theta = min(pores[k], max(max(0.5 * p.theta, T(least_moisture)), wanted));
    const simd::Mask<T> saturated = (was_saturated & (head_free > psi_s)) | (was_dry & (wanted > pores[k]));
    SoilPoint<T> next = point(k, theta);
    next.head = select(saturated, select(was_saturated, head_free, psi_s + 1e-9), next.head);
    next.theta = select(saturated, pores[k] + specific_storage * (next.head - psi_s), next.theta);
    next.capacity = select(saturated, T(specific_storage), next.capacity);
    next.conductivity = select(saturated, ks[k], next.conductivity);
    next.conductivity_slope = select(saturated, T(0.0), next.conductivity_slope);
    return next;
  }
  /// Conductivity at the surface under a given head (ponded water: saturated), and at the foot of a column.
  TILTH_INLINE T surface_conductivity(double) const { return ks[0]; }
  TILTH_INLINE T foot_conductivity(double, const SoilPoint<T>& p) const { return p.conductivity; }
};

/// van Genuchten-Mualem with residual water (van Genuchten 1980); moves in head, Picard.
template <class T, int Layers>
struct VanGenuchten {
  static constexpr bool newton = false;
  static constexpr int capacity_layers = Layers;
  T theta_r, theta_s, alpha, n, ks;

  TILTH_INLINE SoilPoint<T> at_head(T head) const {
    const T m = 1.0 - 1.0 / n;
    const T h = min(T(-1e-12), head);
    const T ah = -(alpha * h);
    const T log_ah = log(ah);
    const T power = exp(n * log_ah);
    const T log_base = log(1.0 + power);
    const T se = exp(-(m * log_base));
    const T inner = 1.0 - exp(m * log(max(T(1e-30), power / (1.0 + power))));
    SoilPoint<T> p;
    p.head = head;
    const auto saturated = head > -1e-12;
    p.theta = select(saturated, theta_s + specific_storage * head, theta_r + (theta_s - theta_r) * se);
    p.conductivity = select(saturated, ks, ks * sqrt(se) * inner * inner);
    p.capacity = select(saturated, T(specific_storage),
                        (theta_s - theta_r) * m * n * alpha * (power / ah) * (se / (1.0 + power)));
    p.conductivity_slope = 0.0;
    return p;
  }
  TILTH_INLINE simd::Mask<T> cut(int, const SoilPoint<T>& p, T) const { return p.head > p.head; }
  TILTH_INLINE SoilPoint<T> move(int, const SoilPoint<T>& p, T dh) const { return at_head(p.head + dh); }
  TILTH_INLINE T surface_conductivity(double head) const { return at_head(head).conductivity; }
  TILTH_INLINE T foot_conductivity(double head, const SoilPoint<T>& p) const {
    return 0.5 * (at_head(head).conductivity + p.conductivity);
  }
};

/// Exponential conductivity and retention (Gardner 1958): K = K_s e^(alpha h), s = e^(alpha h).
template <class T, int Layers>
struct Gardner {
  static constexpr bool newton = true;
  static constexpr int capacity_layers = Layers;
  T theta_s, alpha, ks;

  TILTH_INLINE SoilPoint<T> at_head(T head) const {
    const T e = exp(alpha * min(T(0.0), head));
    const auto saturated = head > 0.0;
    return {head, theta_s * e + specific_storage * max(T(0.0), head), ks * e,
            select(saturated, T(specific_storage), theta_s * alpha * e), select(saturated, T(0.0), ks * alpha * e)};
  }
  TILTH_INLINE simd::Mask<T> cut(int, const SoilPoint<T>& p, T) const { return p.head > p.head; }
  TILTH_INLINE SoilPoint<T> move(int, const SoilPoint<T>& p, T dh) const { return at_head(p.head + dh); }
  TILTH_INLINE T surface_conductivity(double head) const { return at_head(head).conductivity; }
  TILTH_INLINE T foot_conductivity(double head, const SoilPoint<T>& p) const {
    return 0.5 * (at_head(head).conductivity + p.conductivity);
  }
};

}  // namespace tilth::physics
