#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// A stand of plants as the wind meets it.
template <class T>
struct Stand {
  double wind_height = 10.0;  ///< of the forcing, m
  double leaf_width = 0.04;   ///< m
  T height;                   ///< m
  T roughness_ratio;          ///< roughness over height
  T heat_excess;              ///< kB^-1 = ln(roughness for momentum / for heat) of the canopy
  T gap;                      ///< exp(-(leaf area + stem area)): towards the bare ground
  T snow_cover;
  T inversion = T(0.0);  ///< temperature of the leaves minus that of the ground, K
};

/// Where the profiles of wind and temperature start and where they are known, m.
template <class T>
struct Profile {
  T displacement, momentum_roughness, heat_roughness, ground_roughness;
  T reference;  ///< height of the forcing above the displacement
};

/// Turbulence of the surface layer.
template <class T>
struct SurfaceLayer {
  T inverse_length;     ///< 1 / Obukhov length, m-1
  T friction_velocity;  ///< m s-1
  T air_resistance;     ///< to heat and vapour, s m-1
};

/// Air among the leaves.
template <class T>
struct CanopyAir {
  T top_wind;           ///< m s-1
  T leaf_conductance;   ///< m s-1 per leaf area
  T ground_resistance;  ///< s m-1
};

/// Roughness and displacement of a stand, between those of the ground (0.01 m, under snow 0.001 m, kB^-1 = ln 10) and
/// of a closed canopy. A forcing height within the canopy is taken as one above it, as reanalyses mean it.
template <class T>
TILTH_INLINE Profile<T> wind_profile(const Stand<T>& stand) {
  constexpr double soil = 0.01, snow = 0.001, ground_excess = 2.30258509299404568402, displacement_ratio = 0.67;
  constexpr double least_span = 4.0;  // reference height over roughness
  const T closed = 1.0 - stand.gap;
  Profile<T> p;
  p.ground_roughness = soil + (snow - soil) * stand.snow_cover;
  p.displacement = displacement_ratio * stand.height * closed;
  p.momentum_roughness = p.ground_roughness * stand.gap + stand.roughness_ratio * stand.height * closed;
  p.heat_roughness = p.momentum_roughness * exp(-(ground_excess * stand.gap + stand.heat_excess * closed));
  const double least = stand.wind_height < 10.0 ? stand.wind_height : 10.0;
  p.reference = max(max(T(least), stand.wind_height - p.displacement), least_span * p.momentum_roughness);
  return p;
}

/// Integrals of the flux-profile relations between roughness and reference height, and their slopes by zeta = z / L:
/// wind = u_star / kappa * momentum, temperature difference = theta_star / kappa * heat.
template <class T>
struct Similarity {
  T momentum, heat, momentum_slope, heat_slope;
};

/// Unstable air, -2 <= zeta <= 0 (Dyer 1974; Paulson 1970): psi_m and psi_h at both ends, merged into two logarithms
/// and the arc tangent of one argument below tan(pi / 8).
template <class T>
TILTH_INLINE Similarity<T> unstable_air(T zeta, T start, T heat_start, T span, T heat_span) {
  const T y = sqrt(1.0 - 16.0 * zeta), x = sqrt(y);
  const T y0 = sqrt(1.0 - 16.0 * start), x0 = sqrt(y0);
  const T yh = sqrt(1.0 - 16.0 * heat_start);
  const T low = (1.0 + x0) * (1.0 + y0), top = (1.0 + x) * (1.0 + y);
  const T low_heat = 1.0 + yh, top_heat = 1.0 + y;
  const T turn = (x - x0) / (1.0 + x * x0);
  Similarity<T> s;
  s.momentum = log(span * (low * (1.0 + x0)) / (top * (1.0 + x))) + 2.0 * (simd::atan_bend(turn) + turn);
  s.heat = log(heat_span * (low_heat * low_heat) / (top_heat * top_heat));
  // psi_m' = -16 / (x (1 + x) (1 + y)) and psi_h' = -16 / (y (1 + y)); the lower end counts by its share of the height.
  const T x_low = x0 * low * span, x_top = x * top, y_low = yh * low_heat * heat_span, y_top = y * top_heat;
  s.momentum_slope = 16.0 * (x_low - x_top) / (x_low * x_top);
  s.heat_slope = 16.0 * (y_low - y_top) / (y_low * y_top);
  return s;
}

/// Minus psi_m, minus psi_h and their slopes in stable air, zeta >= 0 (Beljaars & Holtslag 1991, eqs. 28 and 32).
template <class T>
TILTH_INLINE Similarity<T> stable_air(T zeta) {
  constexpr double a = 1.0, b = 0.667, c = 5.0, d = 0.35;
  const T decay = b * exp(-d * zeta);
  const T common = (zeta - c / d) * decay + b * c / d;
  const T slope = decay * (1.0 + c - d * zeta);
  const T w = 1.0 + (2.0 / 3.0) * a * zeta, root = sqrt(w);
  return {a * zeta + common, w * root + common - 1.0, a + slope, a * root + slope};
}

/// -2 <= zeta <= 2; `span` and `heat_span`: reference height over the roughness lengths.
template <class T>
TILTH_INLINE Similarity<T> similarity(T zeta, T span, T heat_span) {
  const T part = 1.0 / span, heat_part = 1.0 / heat_span;
  const auto stable = zeta > 0.0;
  const auto other = !stable;
  Similarity<T> s{T(1.0), T(1.0), T(0.0), T(0.0)};
  if (any(other)) {
    const T cold = min(T(0.0), zeta);
    s = unstable_air(cold, cold * part, cold * heat_part, span, heat_span);
  }
  if (any(stable)) {
    const T warm = max(T(0.0), zeta);
    const Similarity<T> top = stable_air(warm), low = stable_air(warm * part), heat_low = stable_air(warm * heat_part);
    s.momentum = select(stable, log(span) + (top.momentum - low.momentum), s.momentum);
    s.heat = select(stable, log(heat_span) + (top.heat - heat_low.heat), s.heat);
    s.momentum_slope = select(stable, top.momentum_slope - low.momentum_slope * part, s.momentum_slope);
    s.heat_slope = select(stable, top.heat_slope - heat_low.heat_slope * heat_part, s.heat_slope);
  }
  return s;
}

/// Monin-Obukhov similarity: a fixed number of Newton iterations on zeta = Ri momentum^2 / heat from the last step's
/// `inverse_length` (0: neutral), |zeta| <= 2. `excess` is air minus surface temperature (K), wind > 0 (m s-1).
template <class T>
TILTH_INLINE SurfaceLayer<T> surface_layer(const Profile<T>& profile, T wind, T air_temperature, T excess,
                                           T inverse_length, int iterations = 3) {
  constexpr double bound = 2.0, least_slope = 0.1;
  const T span = profile.reference / profile.momentum_roughness, heat_span = profile.reference / profile.heat_roughness;
  const T richardson = gravity * profile.reference * excess / (air_temperature * wind * wind);
  // A start on the wrong side of neutral says nothing.
  const T before = clamp(inverse_length * profile.reference, -bound, bound);
  T zeta = select(before * excess < 0.0, T(0.0), before);
  Similarity<T> s = similarity(zeta, span, heat_span);
  for (int i = 0; i < iterations; ++i) {
    // Of zeta - Ri momentum^2 / heat, which is linear for log-linear profiles; beyond the critical Ri straight to the
    // bound.
    const T over = 1.0 / s.heat, ratio = s.momentum * over;
    const T error = zeta - richardson * s.momentum * ratio;
    const T slope = 1.0 - richardson * ratio * (2.0 * s.momentum_slope - ratio * s.heat_slope);
    zeta = clamp(zeta - error / max(T(least_slope), slope), -bound, bound);
    s = similarity(zeta, span, heat_span);
  }
  SurfaceLayer<T> layer;
  layer.inverse_length = zeta / profile.reference;
  layer.friction_velocity = von_karman * wind / s.momentum;
  layer.air_resistance = s.momentum * s.heat / ((von_karman * von_karman) * wind);
  return layer;
}

/// Fall of diffusivity through a stand: 2.5 up to 1 m, 4.25 from 10 m on (Shuttleworth & Gurney 1990, after Brutsaert
/// 1982).
template <class T>
TILTH_INLINE T diffusivity_attenuation(T height) {
  return 2.306 + 0.194 * clamp(height, 1.0, 10.02);
}

/// Wind, leaf boundary layer and resistance below the top of a stand, wind falling exponentially within it (Choudhury &
/// Monteith 1988, eqs. 25 and 29): the boundary layer is the mean over the leaves, 0.01 sqrt(u / width). Under a closed
/// canopy warmer than the ground the air mixes less (Sakaguchi & Zeng 2009).
template <class T>
TILTH_INLINE CanopyAir<T> canopy_air(const Stand<T>& stand, const Profile<T>& profile, T friction_velocity) {
  constexpr double mean_root_wind = 0.5708;  // 2 / 2.5 (1 - exp(-2.5 / 2)): wind falls by exp(-2.5)
  constexpr double least_resistance = 1.0;   // s m-1, without a canopy
  const T free_height = max(2.0 * profile.momentum_roughness, stand.height - profile.displacement);
  CanopyAir<T> air;
  air.top_wind = friction_velocity * (1.0 / von_karman) * log(free_height / profile.momentum_roughness);
  air.leaf_conductance = 0.01 * mean_root_wind * sqrt(air.top_wind * (1.0 / stand.leaf_width));
  const T mixing = diffusivity_attenuation(stand.height), per_height = mixing / stand.height;
  const T ground = profile.ground_roughness, source = profile.displacement + profile.momentum_roughness;
  const T fall = exp(mixing - per_height * ground) - exp(mixing - per_height * source);
  constexpr double stable_slope = 0.5, most_stable = 10.0, temperature = 288.0;  // of air in the buoyancy, K
  const T buoyancy = (gravity / temperature) * stand.height * max(T(0.0), stand.inversion);
  const T stability = (1.0 - stand.gap) * min(T(most_stable), buoyancy / (friction_velocity * friction_velocity));
  air.ground_resistance = least_resistance + (1.0 + stable_slope * stability) * max(T(0.0), fall) /
                                                 (per_height * von_karman * friction_velocity * free_height);
  return air;
}

}  // namespace tilth::physics
