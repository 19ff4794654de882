#pragma once

#include "model/soil_water.hpp"

namespace tilth::physics {

/// Water of a day through a soil column; depths of water in m.
template <class T>
struct SoilWaterDay {
  T surface;   ///< in: water at the surface at the start and arriving over the day; out: what stays there
  T drainage;  ///< out at the foot
  T substeps;  ///< implicit steps taken
};

/// Keeps layers between the least moisture and the pore space, moving water between neighbours so that nothing is lost:
/// excess rises to the layer above and at last to the surface, a deficit is met from below and at last from the
/// drainage.
template <class T, int N>
void limit_layers(int n, const double* dz, const T* pores, T* theta, T& surface, T& drainage) {
  for (int k = n - 1; k >= 0; --k) {
    const T excess = max(T(0.0), theta[k] - pores[k]);
    theta[k] = theta[k] - excess;
    if (k > 0)
      theta[k - 1] = theta[k - 1] + excess * (dz[k] / dz[k - 1]);
    else
      surface = surface + excess * dz[0];
  }
  for (int k = 0; k < n; ++k) {
    const T deficit = max(T(0.0), least_moisture - theta[k]);
    theta[k] = theta[k] + deficit;
    if (k + 1 < n) {
      theta[k + 1] = theta[k + 1] - deficit * (dz[k] / dz[k + 1]);
    } else {
      const T returned = min(drainage, deficit * dz[k]);
      drainage = drainage - returned;
      theta[k] = theta[k] - (deficit - returned * (1.0 / dz[k]));
    }
  }
  for (int k = n - 1; k > 0; --k) {  // what the drainage could not return comes from above
    const T deficit = max(T(0.0), least_moisture - theta[k]);
    theta[k] = theta[k] + deficit;
    theta[k - 1] = theta[k - 1] - deficit * (dz[k] / dz[k - 1]);
  }
}

/// Advances liquid soil water over `duration` s in as few implicit steps as converge, each lane with its own steps.
///
/// `theta` liquid water (m3 m-3), `sink` uptake (m s-1 of the layer's depth of water), `points` the state at the start
/// as the closure sees it. Water is conserved to round-off whatever converged.
template <class T, class Closure>
void advance_soil_water(const Closure& closure, const SoilColumn& column, double duration, T* theta, const T* sink,
                        SoilPoint<T>* points, SoilWaterDay<T>& day) {
  constexpr int N = Closure::capacity_layers;
  const int n = column.layers;
  const double shortest = duration / 256.0;
  T flux[N + 1];
  for (int k = 0; k <= n; ++k) flux[k] = 0.0;
  T left = duration, step = duration;
  day.drainage = 0.0;
  day.substeps = 0.0;
  // Water arrives evenly: what is at the surface now lasts for the time left.
  while (any(left > 0.0)) {
    const simd::Mask<T> running = left > 0.0;
    const T dt = select(running, min(step, left), T(shortest));
    const T supply = max(T(0.0), day.surface) / max(T(shortest), left);
    simd::Mask<T> done = richards_step(closure, column, dt, running, theta, sink, supply, points, flux);
    done = running & (done | !(dt > shortest));
    const T rest = day.surface - flux[0] * dt;
    const T missing = min(T(0.0), rest);  // the last linearisation may take more than there is
    T next[N], surface = rest - missing, drained = day.drainage + flux[n] * dt;
    for (int k = 0; k < n; ++k) {
      next[k] = theta[k] + (flux[k] - flux[k + 1] - sink[k]) * dt * (1.0 / column.dz[k]);
      if (k == 0) next[0] = next[0] + missing * (1.0 / column.dz[0]);
    }
    limit_layers<T, N>(n, column.dz, closure.pores, next, surface, drained);
    for (int k = 0; k < n; ++k) theta[k] = select(done, next[k], theta[k]);
    day.surface = select(done, surface, day.surface);
    day.drainage = select(done, drained, day.drainage);
    day.substeps = select(running, day.substeps + 1.0, day.substeps);
    left = select(done, left - dt, left);
    step = select(done, step * 2.0, dt * 0.25);
    const simd::Mask<T> again = left > 0.0;
    if (any(again))
      for (int k = 0; k < n; ++k) points[k] = blend(again, closure.point(k, theta[k]), points[k]);
  }
}

}  // namespace tilth::physics
