#pragma once

#include "core/physics/humidity.hpp"

namespace tilth::physics {

/// One bulk layer of snow, per unit area of tile.
template <class T>
struct SnowPack {
  T ice, liquid;  ///< kg m-2
  T density;      ///< kg m-3
  T albedo;       ///< visible
};

inline constexpr double fresh_snow_albedo = 0.95;     ///< visible (Dickinson 1983)
inline constexpr double nir_albedo_drop = 0.25;       ///< visible minus near infrared
inline constexpr double snow_liquid_capacity = 0.05;  ///< liquid held per ice
inline constexpr double snow_roughness = 0.01;        ///< of the ground the snow covers, m

/// Share of precipitation that falls as snow: half at wet-bulb temperature `threshold` (C).
template <class T>
TILTH_INLINE T snow_fraction(T wet_bulb, T threshold) {
  return sigmoid((threshold - wet_bulb) * (1.0 / 0.8));
}

/// Snow cover fraction from depth (m) and density (Niu & Yang 2007); 0 without snow.
template <class T>
TILTH_INLINE T snow_cover(T depth, T density, T exponent) {
  const T scale = exp(-(exponent * log(density * 0.01)));
  return tanh(depth * (1.0 / (2.5 * snow_roughness)) * scale);
}

/// Density of fresh snow (kg m-3): air temperature (C) and wind (m s-1); Pahaut 1976.
template <class T>
TILTH_INLINE T fresh_density(T t, T wind) {
  return clamp(109.0 + 6.0 * t + 26.0 * sqrt(wind), 50.0, 250.0);
}

/// Adds a day's snowfall (kg m-2): mixes density by volume, refreshes the albedo (full reset with 10 kg m-2).
template <class T>
TILTH_INLINE void add_snowfall(SnowPack<T>& pack, T snowfall, T density) {
  const T mass = pack.ice + pack.liquid;
  const T volume = mass / pack.density + snowfall / density;
  const auto some = snowfall > 0.0;
  pack.density = select(some, clamp((mass + snowfall) / max(T(1e-12), volume), 50.0, 600.0), pack.density);
  pack.albedo = select(some, pack.albedo + max(T(0.0), fresh_snow_albedo - pack.albedo) * min(T(1.0), snowfall * 0.1),
                       pack.albedo);
  pack.ice = pack.ice + snowfall;
}

/// Conductivity of snow, W m-1 K-1 (Yen 1981).
template <class T>
TILTH_INLINE T snow_conductivity(T density) {
  return 2.22 * exp(1.88 * log(density * (1.0 / ice_density)));
}

/// Density after `duration` s of settling (Anderson 1976) at snow temperature `t` (C, <= 0); wet snow settles twice as
/// fast.
template <class T>
TILTH_INLINE T settled_density(const SnowPack<T>& pack, T t, double duration) {
  const T mass = pack.ice + pack.liquid;
  const T wet = select(pack.liquid > 0.0, T(2.0), T(1.0));
  const T metamorphism = 2.777e-6 * exp(0.04 * t - 0.046 * max(T(0.0), pack.density - 100.0)) * wet;
  const T overburden = 0.5 * mass / (9e5 * exp(-0.08 * t + 0.023 * pack.density));
  return clamp(pack.density * (1.0 + duration * (metamorphism + overburden)), 50.0, 600.0);
}

/// Visible albedo after `duration` s: falls by `dry_rate` a day when dry, towards `least` in four days when melting
/// (Verseghy 1991).
template <class T>
TILTH_INLINE T aged_albedo(T albedo, T dry_rate, T least, simd::Mask<T> melting, double duration) {
  const T excess = max(T(0.0), albedo - least);
  const double days = duration / seconds_per_day_d;
  return select(melting, albedo - (0.25 * days) * excess, albedo - min(excess, days * dry_rate));
}

/// Melts and refreezes (kg m-2 of this day, both >= 0) and lets water beyond the capacity run out.
template <class T>
TILTH_INLINE T melt_and_drain(SnowPack<T>& pack, T melt, T refreeze, T rain) {
  const T melted = min(pack.ice, melt);
  pack.ice = pack.ice - melted;
  pack.liquid = pack.liquid + (melted + rain);
  const T frozen = min(pack.liquid, refreeze);
  pack.liquid = pack.liquid - frozen;
  pack.ice = pack.ice + frozen;
  const T outflow = max(T(0.0), pack.liquid - snow_liquid_capacity * pack.ice);
  pack.liquid = pack.liquid - outflow;
  return outflow;
}

}  // namespace tilth::physics
