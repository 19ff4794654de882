#pragma once

#include "model/soil_hydraulics.hpp"

namespace tilth::physics {

/// `a` where the mask holds, else `b`.
template <class T>
TILTH_INLINE SoilPoint<T> blend(simd::Mask<T> mask, const SoilPoint<T>& a, const SoilPoint<T>& b) {
  return {select(mask, a.head, b.head), select(mask, a.theta, b.theta), select(mask, a.conductivity, b.conductivity),
          select(mask, a.capacity, b.capacity), select(mask, a.conductivity_slope, b.conductivity_slope)};
}

/// What happens at the lower end of the column.
enum class SoilBottom { free_drainage, zero_flux, fixed_head };

/// Geometry and boundary of a column of soil; the same for all members.
struct SoilColumn {
  int layers = 0;
  const double* dz = nullptr;  ///< thickness, m, top first
  SoilBottom bottom = SoilBottom::free_drainage;
  double top_head = 0.0;     ///< head at the surface when the supply exceeds what the soil takes, m
  double bottom_head = 0.0;  ///< with fixed_head, m
  double tolerance = 1e-4;   ///< change of theta in the last pass, summed over layers, m3 m-3
  int max_passes = 12;
};

/// One implicit Euler step of the mixed-form Richards equation (Celia et al. 1990) for all lanes with `wanted`.
///
/// Newton on the nonlinear system (Picard where the closure says so); a lane that has converged is frozen. `points`
/// holds the start on entry. `flux[k]` (m s-1, down) is the flux into layer k of the last linearisation of the lane, so
/// that theta_old + dt (flux[k] - flux[k+1] - sink) / dz is consistent with the solution and closes exactly. At the top
/// the soil takes `supply` (m s-1) or what it can with `top_head` at its surface, whichever is less, decided in every
/// pass. Returns the lanes that converged.
template <class T, class Closure>
simd::Mask<T> richards_step(const Closure& closure, const SoilColumn& column, T dt, simd::Mask<T> wanted,
                            const T* theta_old, const T* sink, T supply, SoilPoint<T>* points, T* flux) {
  constexpr int N = Closure::capacity_layers;
  const int n = column.layers;
  T gamma[N], dh[N], q[N + 1], upper[N], lower[N];
  const T rate = 1.0 / dt;
  const T surface_conductivity = closure.surface_conductivity(column.top_head);
  simd::Mask<T> active = wanted;
  for (int pass = 0; pass < column.max_passes && any(active); ++pass) {
    // Fluxes q[k] into layer k; upper[k] = dq[k+1]/dh[k], lower[k] = dq[k]/dh[k] (derivatives of the faces of layer k).
    const T dhalf = 2.0 / column.dz[0];
    const T top_conductivity = 0.5 * (surface_conductivity + points[0].conductivity);
    const T top_gradient = (column.top_head - points[0].head) * dhalf + 1.0;
    const T top_capacity = top_conductivity * top_gradient;
    const auto limited = top_capacity < supply;
    q[0] = select(limited, top_capacity, supply);
    T below = select(limited, -(top_conductivity * dhalf), T(0.0));  // dq[k]/dh[k]
    if constexpr (Closure::newton)
      below = below + select(limited, 0.5 * points[0].conductivity_slope * top_gradient, T(0.0));
    T before = 0.0;  // dq[k]/dh[k-1]
    for (int k = 0; k < n; ++k) {
      T own, next;  // dq[k+1]/dh[k], dq[k+1]/dh[k+1]
      if (k + 1 < n) {
        const double inverse = 2.0 / (column.dz[k] + column.dz[k + 1]);
        const T mean = 0.5 * (points[k].conductivity + points[k + 1].conductivity);
        const T gradient = 1.0 - (points[k + 1].head - points[k].head) * inverse;
        q[k + 1] = mean * gradient;
        own = mean * inverse;
        next = -own;
        if constexpr (Closure::newton) {
          own = own + 0.5 * points[k].conductivity_slope * gradient;
          next = next + 0.5 * points[k + 1].conductivity_slope * gradient;
        }
      } else if (column.bottom == SoilBottom::free_drainage) {
        q[n] = points[k].conductivity;
        own = Closure::newton ? points[k].conductivity_slope : T(0.0);
        next = 0.0;
      } else if (column.bottom == SoilBottom::zero_flux) {
        q[n] = own = next = 0.0;
      } else {
        const double inverse = 2.0 / column.dz[k];
        const T conductivity = closure.foot_conductivity(column.bottom_head, points[k]);
        q[n] = conductivity * (1.0 - (column.bottom_head - points[k].head) * inverse);
        own = conductivity * inverse;
        next = 0.0;
      }
      const T storage = rate * column.dz[k];
      const T diagonal = points[k].capacity * storage - below + own;
      const T residual = q[k] - q[k + 1] - sink[k] - (points[k].theta - theta_old[k]) * storage;
      // Thomas: row is -before dh[k-1] + diagonal dh[k] + next dh[k+1] = residual
      const T pivot = k == 0 ? 1.0 / diagonal : 1.0 / (diagonal - before * gamma[k - 1]);
      gamma[k] = -(next * pivot);
      dh[k] = (k == 0 ? residual : residual + before * dh[k - 1]) * pivot;
      upper[k] = own;
      lower[k] = below;
      before = own;
      below = next;
    }
    for (int k = n - 2; k >= 0; --k) dh[k] = dh[k] + gamma[k] * dh[k + 1];
    // The linearised fluxes of this pass, and the next iterate.
    T change = 0.0;
    simd::Mask<T> clipped = active & !active;
    T previous_own = 0.0;
    for (int k = 0; k < n; ++k) {
      const T linear = q[k] + lower[k] * dh[k] + (k == 0 ? T(0.0) : previous_own * dh[k - 1]);
      flux[k] = select(active, linear, flux[k]);
      previous_own = upper[k];
    }
    flux[n] = select(active, q[n] + upper[n - 1] * dh[n - 1], flux[n]);
    for (int k = 0; k < n; ++k) {
      change = change + abs(points[k].capacity * dh[k]);
      clipped = clipped | closure.cut(k, points[k], dh[k]);
    }
    active = active & ((change > column.tolerance) | clipped);  // a lane that is not a number stops here
    if (!any(active)) break;
    for (int k = 0; k < n; ++k) points[k] = blend(active, closure.move(k, points[k], dh[k]), points[k]);
  }
  return wanted & !active;
}

}  // namespace tilth::physics
