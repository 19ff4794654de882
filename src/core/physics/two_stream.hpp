#pragma once

#include <cmath>

namespace tilth {

/// Scattering of a leaf canopy for one band and one direction of the sun (Dickinson 1983; Sellers 1985).
template <class T>
struct CanopyScattering {
  T omega;  ///< leaf reflectance + transmittance
  T beta;   ///< upscattered share of scattered diffuse light
  T beta0;  ///< upscattered share of scattered direct light
  T K;      ///< extinction of the direct beam per leaf area
  T mubar;  ///< mean inverse extinction of diffuse light per leaf area
};

/// What becomes of light of unit intensity at the top of the canopy.
template <class T>
struct CanopyLight {
  T albedo, absorbed_canopy, absorbed_ground;  ///< add up to the incoming light
  T transmitted_diffuse, transmitted_direct;   ///< at the ground
};

/// Light at the top of the canopy, and reflectance of the ground.
template <class T>
struct CanopyBoundary {
  T direct, diffuse;                ///< incoming, any unit
  T ground_direct, ground_diffuse;  ///< reflectance of the ground for either
};

/// `a` where `condition` holds, else `b`; packs of members and dual numbers bring their own overload.
inline double choose(bool condition, double a, double b) { return condition ? a : b; }

/// Mean inverse extinction of diffuse light: the integral of mu / G(mu), G = phi1 + phi2 mu (Sellers 1985, eq. 4).
template <class T>
T mean_diffuse_depth(T phi1, T phi2) {
  using std::abs, std::log;
  const T x = phi2 / phi1;
  const T series = 0.5 + x * (-1.0 / 3.0 + x * (0.25 + x * (-0.2 + x / 6.0)));  // (x - ln(1 + x)) / x^2 near 0
  const auto flat = abs(x) < 1e-3;
  const T safe = choose(flat, T(1.0), x);
  return choose(flat, series, (safe - log(1.0 + safe)) / (safe * safe)) / phi1;
}

/// @param mu cosine of the sun's zenith angle, > 0  @param chi_l leaf orientation, -0.4 to 0.6
/// @pre 0 < reflectance + transmittance < 1
template <class T>
CanopyScattering<T> canopy_scattering(T mu, T chi_l, T reflectance, T transmittance) {
  using std::log;
  const T phi1 = 0.5 - 0.633 * chi_l - 0.33 * chi_l * chi_l;  // Sellers 1985, eq. 3
  const T phi2 = 0.877 * (1.0 - 2.0 * phi1);
  const T G = phi1 + phi2 * mu;
  CanopyScattering<T> s;
  s.K = G / mu;
  s.mubar = mean_diffuse_depth(phi1, phi2);
  s.omega = reflectance + transmittance;
  const T tilt = 0.5 * (1.0 + chi_l);
  s.beta = 0.5 * (s.omega + (reflectance - transmittance) * tilt * tilt) / s.omega;
  const T g = mu * phi2 + G;
  const T single = 0.5 * s.omega * G / g * (1.0 - mu * phi1 / g * log((mu * phi1 + g) / (mu * phi1)));  // eq. 5
  s.beta0 = (1.0 + s.mubar * s.K) / (s.omega * s.mubar * s.K) * single;
  return s;
}

/// Closed form of the two-stream equations over a canopy of `leaf_area` (times clumping), with decaying exponentials
/// only.
///
/// dU/dL = a U - c D - s1 exp(-K L), dD/dL = c U - a D + s2 exp(-K L); U up, D down, L leaf area from the top. Solved
/// as U = r A exp(-h L) + B exp(-h (L0 - L)) + p1 exp(-K L), D = A exp(-h L) + r B exp(-h (L0 - L)) + p2 exp(-K L).
template <class T>
CanopyLight<T> canopy_light(const CanopyScattering<T>& s, T leaf_area, const CanopyBoundary<T>& at) {
  using std::abs, std::exp, std::sqrt;
  const T a = (1.0 - (1.0 - s.beta) * s.omega) / s.mubar;
  const T c = s.omega * s.beta / s.mubar;
  const T h2 = (a - c) * (a + c);
  const T h = sqrt(h2);
  const T r = c / (a + h);
  const T K = choose(abs(h2 - s.K * s.K) < 1e-6 * h2, s.K * (1.0 + 2e-6), s.K);  // away from the resonance K = h
  const T direct_at_ground = at.direct * exp(-K * leaf_area);
  const T s1 = s.omega * K * s.beta0;
  const T s2 = s.omega * K * (1.0 - s.beta0);
  const T p1 = (s1 * (a - K) + c * s2) / (h2 - K * K);
  const T p2 = (s2 * (a + K) + c * s1) / (h2 - K * K);
  // Boundary conditions: D = diffuse at the top; U = ground_diffuse D + ground_direct direct at the ground.
  const T E = exp(-h * leaf_area);
  const T top = at.diffuse - p2 * at.direct;
  const T ground = direct_at_ground * (at.ground_direct + at.ground_diffuse * p2 - p1);
  const T contrast = r - at.ground_diffuse;
  const T B = (ground - top * E * contrast) / (1.0 - at.ground_diffuse * r - r * E * E * contrast);
  const T A = top - r * B * E;
  CanopyLight<T> light;
  light.albedo = r * A + B * E + p1 * at.direct;
  light.transmitted_diffuse = A * E + r * B + p2 * direct_at_ground;
  light.transmitted_direct = direct_at_ground;
  light.absorbed_ground =
      (1.0 - at.ground_diffuse) * light.transmitted_diffuse + (1.0 - at.ground_direct) * direct_at_ground;
  light.absorbed_canopy = at.direct + at.diffuse - light.albedo - light.absorbed_ground;
  return light;
}

}  // namespace tilth
