#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// (1 - e^-k) / k for 0 <= k <= 1.5 by its series; relative error below 1e-13 up to k = 0.5.
template <class T>
TILTH_INLINE T mean_survival(T k) {
  const T a = 1.0 - k * (1.0 / 11) * (1.0 - k * (1.0 / 12) * (1.0 - k * (1.0 / 13)));
  const T b = 1.0 - k * (1.0 / 8) * (1.0 - k * (1.0 / 9) * (1.0 - k * (1.0 / 10) * a));
  const T c = 1.0 - k * (1.0 / 5) * (1.0 - k * (1.0 / 6) * (1.0 - k * (1.0 / 7) * b));
  return 1.0 - k * (1.0 / 2) * (1.0 - k * (1.0 / 3) * (1.0 - k * (1.0 / 4) * c));
}

/// A day of a donor-controlled pool, exact for a constant `input` (g m-2 d-1) and rate `k` (d-1): advances the pool and
/// returns what left it, booked as input + old - new, so the balance closes to round-off.
template <class T>
TILTH_INLINE T decay_pool(T& pool, T input, T k) {
  const T survival = mean_survival(k);
  const T next = pool + (input - k * pool) * survival;
  const T lost = (pool - next) + input;
  pool = next;
  return lost;
}

/// Soil and litter carbon, gC m-2, and their decay rates of the day, d-1.
template <class T>
struct DecayRates {
  T litter, cwd, fast, slow;
};
inline constexpr double litter_respired = 0.55, cwd_respired = 0.40, fast_respired = 0.85;  ///< DALEC/CASA shares

/// What a day of decomposition moved, g m-2.
template <class T>
struct Decomposition {
  T respired;
  T from_litter, from_cwd, from_fast, from_slow;
  T to_fast, to_slow;
};

/// A day of decomposition: leaves, roots -> litter -> fast -> slow; wood -> debris -> fast.
template <class T>
TILTH_INLINE Decomposition<T> decompose(T& litter, T& cwd, T& fast, T& slow, T litter_input, T cwd_input,
                                        const DecayRates<T>& k) {
  Decomposition<T> d;
  d.from_litter = decay_pool(litter, litter_input, k.litter);
  d.from_cwd = decay_pool(cwd, cwd_input, k.cwd);
  const T litter_air = litter_respired * d.from_litter, cwd_air = cwd_respired * d.from_cwd;
  d.to_fast = (d.from_litter - litter_air) + (d.from_cwd - cwd_air);
  d.from_fast = decay_pool(fast, d.to_fast, k.fast);
  const T fast_air = fast_respired * d.from_fast;
  d.to_slow = d.from_fast - fast_air;
  d.from_slow = decay_pool(slow, d.to_slow, k.slow);
  d.respired = (litter_air + cwd_air) + (fast_air + d.from_slow);
  return d;
}

/// Response of decomposition to saturation: 1 at `optimum`, falling with the logarithm on both sides (width 0.8).
template <class T>
TILTH_INLINE T moisture_response(T saturation, T optimum) {
  constexpr double width = 0.8;
  const T x = log(max(T(1e-3), saturation) / optimum);
  return exp(x * x * (-0.5 / (width * width)));
}

/// Temperature response of maintenance, 1 at 25 C: Q10 = 3.22 - 0.046 t within 1.4 and 3.2 (Tjoelker et al. 2001).
template <class T>
TILTH_INLINE T maintenance_response(T t) {
  const T q10 = clamp(3.22 - 0.046 * t, 1.4, 3.2);
  return exp(log(q10) * ((t - 25.0) * 0.1));
}

/// Raises a pool to its floor and returns what was added.
template <class T>
TILTH_INLINE T seed(T& pool, T floor) {
  const T added = max(T(0.0), floor - pool);
  pool = pool + added;
  return added;
}

}  // namespace tilth::physics
