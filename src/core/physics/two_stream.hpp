#pragma once

#include "core/base/simd/math.hpp"

namespace tilth::physics {

using simd::abs;
using simd::exp;
using simd::log;
using simd::max;
using simd::min;
using simd::select;
using simd::sqrt;

/// How leaves meet light of one direction of the sun; the same for every band (Dickinson 1983; Sellers 1985).
template <class T>
struct CanopyGeometry {
  T K, inverse_K;  ///< extinction of the direct beam per leaf area
  T diffuse;       ///< extinction of diffuse light per leaf area, 1 / mubar
  T beta0;         ///< upscattered share of scattered direct light
  T tilt2;         ///< squared mean cosine of the leaf inclination
};

/// What leaves scatter of the light they meet, in one band. Linear: mixtures of leaves add up by their shares of area.
template <class T>
struct LeafScattering {
  T total;        ///< leaf reflectance + transmittance, 0 to below 1
  T back;         ///< the part of diffuse light scattered back into the half space it came from
  T back_direct;  ///< the part of direct light scattered upward
};

/// Light at the top of the canopy, and reflectance of the ground.
template <class T>
struct CanopyBoundary {
  T direct, diffuse;                ///< incoming, any unit
  T ground_direct, ground_diffuse;  ///< reflectance of the ground for either
};

/// What becomes of the light, in the unit of the incoming.
template <class T>
struct CanopyLight {
  T albedo, absorbed_canopy, absorbed_ground;  ///< add up to the incoming light
  T transmitted_diffuse, transmitted_direct;   ///< at the ground
  T absorbed_sunlit;  ///< part of absorbed_canopy: direct light, and of scattered and diffuse light what sunlit leaves
                      ///< meet (Dai et al. 2004)
};

/// Coefficients of the solution that depend on optics and area only, not on the incoming light or the ground.
template <class T>
struct TwoStream {
  T h;                 ///< extinction of diffuse light with scattering, per leaf area
  T r;                 ///< reflectance of an endless canopy for diffuse light
  T decay, beam;       ///< exp(-h L), exp(-K L)
  T up, down;          ///< particular solution, per direct light
  T inverse;           ///< 1 / (h^2 - K^2)
  T absorbs, diffuse;  ///< share of the light met that leaves absorb; extinction of diffuse light used
};

/// Mean of exp(-t) over 0 <= t <= x, where `decay` is exp(-x), x >= 0: (1 - exp(-x)) / x, and its series for small x.
template <class T>
TILTH_INLINE T mean_decay(T x, T decay) {
  const T series = 1.0 - x * (0.5 - x * (1.0 / 6 - x * (1.0 / 24 - x * (1.0 / 120 - x * (1.0 / 720)))));
  return select(x < 0.01, series, (1.0 - decay) / max(0.01, x));
}

/// Mean inverse extinction of diffuse light: the integral of mu / G(mu), G = phi1 + phi2 mu (Sellers 1985, eq. 4).
template <class T>
TILTH_INLINE T mean_diffuse_depth(T phi1, T phi2) {
  const T inverse = 1.0 / phi1;
  const T x = phi2 * inverse;
  const T series = 0.5 - x * (1.0 / 3 - x * (0.25 - x * (0.2 - x * (1.0 / 6 - x * (1.0 / 7)))));
  const auto flat = abs(x) < 1e-2;
  const T safe = select(flat, T(1.0), x);
  return select(flat, series, (safe - log(1.0 + safe)) / (safe * safe)) * inverse;  // (x - ln(1 + x)) / x^2
}

/// @param mu cosine of the sun's zenith angle, > 0  @param chi_l leaf orientation, -0.4 to 0.6
template <class T>
TILTH_INLINE CanopyGeometry<T> canopy_geometry(double mu, T chi_l) {
  const T phi1 = 0.5 - 0.633 * chi_l - 0.33 * chi_l * chi_l;  // Sellers 1985, eq. 3
  const T phi2 = 0.877 * (1.0 - 2.0 * phi1);
  const T G = phi1 + phi2 * mu;
  const T g = mu * phi2 + G, m = mu * phi1;
  const T inverse_g = 1.0 / g;
  CanopyGeometry<T> s;
  s.K = G * (1.0 / mu);
  s.inverse_K = mu / G;
  s.diffuse = 1.0 / mean_diffuse_depth(phi1, phi2);
  const T tilt = 0.5 * (1.0 + chi_l);
  s.tilt2 = tilt * tilt;
  const T single = 1.0 - m * inverse_g * log(1.0 + g / m);    // eq. 5 over omega G / (2 g)
  s.beta0 = 0.5 * (G + mu * s.diffuse) * inverse_g * single;  // (1 + mubar K) / (omega mubar K) x eq. 5
  return s;
}

/// Leaves of reflectance and transmittance, 0 < sum < 1.
template <class T>
TILTH_INLINE LeafScattering<T> leaf_scattering(const CanopyGeometry<T>& sun, T reflectance, T transmittance) {
  const T total = reflectance + transmittance;
  return {total, 0.5 * (total + (reflectance - transmittance) * sun.tilt2), total * sun.beta0};
}

/// Closed form of the two-stream equations over a canopy of `leaf_area` (times clumping), with decaying exponentials
/// only; `beam` is exp(-K leaf_area).
///
/// dU/dL = a U - c D - s1 exp(-K L), dD/dL = c U - a D + s2 exp(-K L); U up, D down, L leaf area from the top. Solved
/// as U = r A exp(-h L) + B exp(-h (L0 - L)) + p1 exp(-K L), D = A exp(-h L) + r B exp(-h (L0 - L)) + p2 exp(-K L).
template <class T>
TILTH_INLINE TwoStream<T> two_stream(const CanopyGeometry<T>& sun, const LeafScattering<T>& leaves, T leaf_area,
                                     T beam) {
  TwoStream<T> s;
  s.absorbs = 1.0 - leaves.total;
  const T lost = s.absorbs + leaves.back;  // a and c over the extinction
  const T K2 = sun.K * sun.K;
  const T unit = s.absorbs * (lost + leaves.back);
  const T h2_first = unit * sun.diffuse * sun.diffuse;
  // Away from the resonance h = K, by a little more extinction of diffuse light: energy closes as before.
  s.diffuse = select(abs(h2_first - K2) < 1e-6 * h2_first, sun.diffuse * (1.0 + 2e-6), sun.diffuse);
  const T a = lost * s.diffuse, c = leaves.back * s.diffuse;
  const T h2 = unit * s.diffuse * s.diffuse;
  s.h = sqrt(h2);
  s.r = c / (a + s.h);
  s.decay = exp(-s.h * leaf_area);
  s.beam = beam;
  s.inverse = 1.0 / (h2 - K2);
  const T s1 = sun.K * leaves.back_direct, s2 = sun.K * (leaves.total - leaves.back_direct);
  s.up = (s1 * (a - sun.K) + c * s2) * s.inverse;
  s.down = (s2 * (a + sun.K) + c * s1) * s.inverse;
  return s;
}

/// Fate of light that meets a canopy of coefficients `s` over a ground.
template <class T>
TILTH_INLINE CanopyLight<T> canopy_light(const CanopyGeometry<T>& sun, const TwoStream<T>& s,
                                         const CanopyBoundary<T>& at) {
  const T direct_at_ground = at.direct * s.beam;
  // Boundary conditions: D = diffuse at the top; U = ground_diffuse D + ground_direct direct at the ground.
  const T E = s.decay;
  const T top = at.diffuse - s.down * at.direct;
  const T ground = direct_at_ground * (at.ground_direct + at.ground_diffuse * s.down - s.up);
  const T contrast = s.r - at.ground_diffuse;
  const T B = (ground - top * E * contrast) / (1.0 - at.ground_diffuse * s.r - s.r * E * E * contrast);
  const T A = top - s.r * B * E;
  CanopyLight<T> light;
  light.albedo = s.r * A + B * E + s.up * at.direct;
  light.transmitted_diffuse = A * E + s.r * B + s.down * direct_at_ground;
  light.transmitted_direct = direct_at_ground;
  light.absorbed_ground =
      (1.0 - at.ground_diffuse) * light.transmitted_diffuse + (1.0 - at.ground_direct) * direct_at_ground;
  light.absorbed_canopy = at.direct + at.diffuse - light.albedo - light.absorbed_ground;
  // Integral of exp(-K L) (U + D), the diffuse light where the beam still reaches.
  const T met = (1.0 + s.r) * s.inverse * (A * (1.0 - s.beam * E) * (s.h - sun.K) + B * (s.beam - E) * (s.h + sun.K)) +
                0.5 * (s.up + s.down) * at.direct * (1.0 - s.beam * s.beam) * sun.inverse_K;
  light.absorbed_sunlit = s.absorbs * (at.direct * (1.0 - s.beam) + s.diffuse * met);
  return light;
}

/// The same for one band and one light.
template <class T>
TILTH_INLINE CanopyLight<T> canopy_light(const CanopyGeometry<T>& sun, const LeafScattering<T>& leaves, T leaf_area,
                                         const CanopyBoundary<T>& at) {
  return canopy_light(sun, two_stream(sun, leaves, leaf_area, exp(-sun.K * leaf_area)), at);
}

}  // namespace tilth::physics
