#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>

#include "model/energy_balance.hpp"

namespace tilth::physics::test {

inline constexpr std::size_t surface_values = 26;

/// A surface from its values in the order below; `value(i)` gives a T.
template <class T, class Value>
Surface<T> surface_of(Value value) {
  Surface<T> s;
  std::size_t i = 0;
  for (T* field : {&s.air_temperature,
                   &s.vapour,
                   &s.pressure,
                   &s.longwave,
                   &s.canopy_shortwave,
                   &s.ground_shortwave,
                   &s.air_resistance,
                   &s.ground_resistance,
                   &s.leaf_conductance,
                   &s.leaf_area,
                   &s.stem_area,
                   &s.gap,
                   &s.wet_fraction,
                   &s.snow_cover,
                   &s.ground_emissivity,
                   &s.soil_resistance,
                   &s.soil_humidity,
                   &s.canopy_temperature,
                   &s.ground_temperature,
                   &s.canopy_heat,
                   &s.ground_conductance,
                   &s.ground_reference,
                   &s.transpiration_limit,
                   &s.canopy_water_limit,
                   &s.soil_water_limit,
                   &s.snow_ice_limit})
    *field = value(i++);
  return s;
}

/// Stomata that close in dry air and in the cold.
template <class T>
struct Stomata {
  T leaf_area;
  T operator()(T kelvin, T vapour) const {
    const T t = kelvin - freezing_k;
    const T deficit = max(T(50.0), saturation_water(t).pressure - vapour);
    return 0.008 * leaf_area * sigmoid(0.3 * (t - 5.0)) * 1000.0 / (500.0 + deficit);
  }
};

/// Values anywhere in the physical range of hourly steps.
class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}
  double operator()(double lower, double upper) { return std::uniform_real_distribution<>(lower, upper)(random_); }
  double log(double lower, double upper) { return std::exp((*this)(std::log(lower), std::log(upper))); }
  bool chance(double p) { return (*this)(0, 1) < p; }

 private:
  std::mt19937_64 random_;
};

inline double saturation(double kelvin) {  // over water
  const double t = kelvin - 273.15;
  return 610.94 * std::exp(17.625 * t / (t + 243.04));
}

inline Surface<double> random_surface(Draw& draw) {
  Surface<double> s;
  const double t = s.air_temperature = draw(230, 318);
  s.vapour = draw(0.05, 1.0) * saturation(t);
  s.pressure = draw(5e4, 1.05e5);
  s.longwave = draw(0.55, 1.0) * 5.67e-8 * t * t * t * t;
  s.leaf_area = draw.chance(0.1) ? 0.0 : draw(0, 8);
  s.stem_area = draw.chance(0.3) ? 0.0 : draw(0, 2);
  s.gap = std::exp(-(s.leaf_area + s.stem_area));
  const double sun = draw.chance(0.4) ? 0.0 : draw(0, 1000);
  s.canopy_shortwave = 0.85 * sun * (1 - s.gap);
  s.ground_shortwave = 0.85 * sun * s.gap;
  s.air_resistance = draw.log(5, sun > 0 ? 150 : 800);
  s.ground_resistance = draw.log(1, 300);
  s.leaf_conductance = draw.log(0.002, 0.05);
  s.wet_fraction = draw.chance(0.5) ? 0.0 : draw(0, 1);
  s.snow_cover = t < 285 && draw.chance(0.5) ? draw(0, 1) : 0.0;
  s.ground_emissivity = ground_emissivity(s.snow_cover);
  s.soil_resistance = draw.log(20, 4000);
  s.soil_humidity = draw(0.3, 1);
  s.canopy_temperature = t + draw(-8, 12);
  s.ground_temperature = s.snow_cover > 0 ? std::min(273.4, t + draw(-12, 12)) : t + draw(-12, 12);
  s.canopy_heat = canopy_heat_capacity(s.leaf_area, s.stem_area, s.wet_fraction);
  s.ground_conductance = draw.log(1, 60);
  s.ground_reference = s.ground_temperature + draw(-5, 5);
  const auto limit = [&] { return draw.chance(0.1) ? 0.0 : draw.log(1e-6, 1e-3); };
  s.transpiration_limit = limit();
  s.canopy_water_limit = s.wet_fraction > 0 ? limit() : 0.0;
  s.soil_water_limit = limit();
  s.snow_ice_limit = s.snow_cover > 0 ? draw.log(1e-6, 1e-2) : 0.0;
  return s;
}

/// The balances of MODEL 4.5 written plainly, for the search of their root.
struct PlainBalance {
  const Surface<double>& s;
  double density = s.pressure / (287.05 * s.air_temperature), rho_cp = 1004.64 * density;
  double vaporisation = 2.501e6 - 2361.0 * (s.air_temperature - 273.15);
  double air_vapour = s.vapour;  // of the canopy air at the last call

  /// Evaporation (kg m-2 s-1) along `conductance` (m s-1) from saturated air, at most `limit`.
  double flux(double conductance, double vapour, double limit) const {
    return std::min(limit, conductance * 0.62198 * density / s.pressure * (vapour - air_vapour));
  }
  struct Vapour {
    double transpiration, canopy, soil, snow;
  };
  Vapour vapour(double v, double g) const {
    const double plant = s.leaf_area + s.stem_area, layer = s.leaf_conductance * s.leaf_area;
    const double stomatal = Stomata<double>{s.leaf_area}(v, air_vapour), t = g - 273.15, open = 1 - s.snow_cover;
    const bool dew = saturation(v) < air_vapour;
    const double dry = dew || layer <= 0 ? 0.0 : (1 - s.wet_fraction) / (1 / stomatal + 1 / layer);
    const double wet = (dew ? 1.0 : s.wet_fraction) * plant * s.leaf_conductance;
    const double ice = 611.21 * std::exp(22.587 * t / (t + 273.86));
    return {flux(dry, saturation(v), s.transpiration_limit), flux(wet, saturation(v), s.canopy_water_limit),
            flux(open / (s.ground_resistance + s.soil_resistance), s.soil_humidity * saturation(g), s.soil_water_limit),
            flux(s.snow_cover / s.ground_resistance, ice, s.snow_ice_limit)};
  }
  /// Residuals of canopy and ground, W m-2, with the vapour of the canopy air found by bisection.
  void residuals(double v, double g, double& canopy, double& ground) {
    double lower = 0.0, upper = 3e4;
    for (int i = 0; i < 70; ++i) {
      air_vapour = 0.5 * (lower + upper);
      const Vapour e = vapour(v, g);
      const double out = flux(-1 / s.air_resistance, s.vapour, 1e9);
      (e.transpiration + e.canopy + e.soil + e.snow > out ? lower : upper) = air_vapour;
    }
    const Vapour e = vapour(v, g);
    const double plant = s.leaf_area + s.stem_area + 1e-4;
    const double ga = 1 / s.air_resistance, gg = 1 / s.ground_resistance, gv = 2 * plant * s.leaf_conductance;
    const double air = (ga * s.air_temperature + gv * v + gg * g) / (ga + gv + gg);
    const double sigma = 5.670374419e-8, bv = sigma * std::pow(v, 4), bg = sigma * std::pow(g, 4);
    const double ev = 1 - s.gap, eg = s.ground_emissivity;
    const double rv =
        s.canopy_shortwave + ev * ((1 + (1 - ev) * (1 - eg)) * s.longwave + eg * bg - (2 - ev * (1 - eg)) * bv);
    const double rg = s.ground_shortwave + eg * ((1 - ev) * s.longwave + ev * bv - bg);
    const double ice = s.snow_ice_limit - std::max(0.0, e.snow);
    const double melt = std::min(3.337e5 * ice, s.snow_cover * 500.0 * std::max(0.0, g - 273.15));
    canopy = rv - rho_cp * gv * (v - air) - vaporisation * (e.transpiration + e.canopy) -
             s.canopy_heat / s.time_step * (v - s.canopy_temperature);
    ground = rg - rho_cp * gg * (g - air) - vaporisation * e.soil - (vaporisation + 3.337e5) * e.snow -
             s.ground_conductance * (g - s.ground_reference) - melt;
  }
  /// Both temperatures by nested bisection.
  void root(double& v, double& g) {
    double canopy, ground, low_g = s.air_temperature - 90, high_g = s.air_temperature + 90;
    for (int i = 0; i < 46; ++i) {
      g = 0.5 * (low_g + high_g);
      double low_v = s.air_temperature - 90, high_v = s.air_temperature + 90;
      for (int j = 0; j < 46; ++j) {
        v = 0.5 * (low_v + high_v);
        residuals(v, g, canopy, ground);
        (canopy > 0 ? low_v : high_v) = v;
      }
      (ground > 0 ? low_g : high_g) = g;
    }
  }
};

inline SurfaceFluxes<double> solve(const Surface<double>& s, int evaluations = 4) {
  return surface_energy_balance(s, Stomata<double>{s.leaf_area}, evaluations);
}

/// Largest of the two energy balances' residuals and of the balances of longwave and vapour, W m-2.
inline double imbalance(const Surface<double>& s, const SurfaceFluxes<double>& f) {
  const double canopy = f.canopy_net_radiation - f.canopy_sensible - f.canopy_latent - f.canopy_storage;
  const double ground = f.ground_net_radiation - f.ground_sensible - f.ground_latent - f.ground_heat - f.melt_heat;
  const double longwave = s.longwave - f.upward_longwave + s.canopy_shortwave + s.ground_shortwave -
                          f.canopy_net_radiation - f.ground_net_radiation;
  const double latent = f.vaporisation * (f.transpiration + f.canopy_evaporation + f.soil_evaporation + f.sublimation) +
                        fusion_heat * f.sublimation - f.canopy_latent - f.ground_latent;
  return std::max(std::max(std::abs(canopy), std::abs(ground)), std::max(std::abs(longwave), std::abs(latent)));
}

}  // namespace tilth::physics::test
