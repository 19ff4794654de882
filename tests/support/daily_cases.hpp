#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "core/physics/solar.hpp"
#include "core/state/ensemble.hpp"
#include "model/column/variables.hpp"
#include "model/daily/daily_model.hpp"
#include "model/daily/daily_rows.hpp"
#include "model/daily/daily_traits.hpp"

namespace tilth::test {

/// A simple climate: sinusoidal year with repeatable day-to-day weather.
struct Climate {
  std::string name;
  double lat, temperature_c, season_k, range_k, shortwave, relative_humidity, rain_mm_yr, dry_season;
};
/// Tropical, savanna, desert, temperate, boreal, tundra.
std::span<const Climate> climates();
/// Weather of `days` days; the same call gives the same weather.
std::vector<MetDay> synthetic_weather(const Climate& climate, int days);

/// A column with its parameters and state.
struct TestColumn {
  GridPoint point;
  int members, rows;
  std::vector<ParameterDefinition> definitions;
  std::vector<AlignedVector<double>> parameters;  // [tile * definitions.size() + parameter]
  std::vector<const double*> pointers;
  AlignedVector<double> state;

  /// Of a model with the given traits, parameters at their defaults.
  TestColumn(const Climate& climate, std::vector<Tile> tiles, int member_count,
             const ModelTraits& traits = daily::daily_traits());
  /// Moves every parameter of every member by up to `amount` of its range between default and bounds.
  void perturb(double amount, unsigned seed);
  /// Pointers to the parameters of this very object (copies have their own).
  ColumnParameters values() {
    pointers.clear();
    for (const auto& row : parameters) pointers.push_back(row.data());
    return {pointers};
  }
  ColumnView view() { return {state.data(), int(point.surface.tiles.size()), rows, members}; }
  double at(int tile, int row, int member = 0) { return view().row(tile, row)[member]; }
};

/// Deterministic number in 0..1 from two integers (SplitMix64).
double hash_uniform(std::uint64_t a, std::uint64_t b);

//                                  lat  mean season range  SW  RH  rain  dry season
inline const std::array<Climate, 6> climate_table{{{"tropical", -3, 26, 1, 9, 220, 0.80, 2300, 0.2},
                                                   {"savanna", 12, 27, 3, 13, 235, 0.50, 900, 0.95},
                                                   {"desert", 25, 23, 9, 15, 260, 0.25, 70, 0.5},
                                                   {"temperate", 48, 10, 9, 9, 135, 0.72, 850, 0.1},
                                                   {"boreal", 62, 1, 14, 9, 100, 0.74, 560, 0.3},
                                                   {"tundra", 68, -6, 18, 8, 95, 0.78, 330, 0.3}}};

inline double saturation_pa(double c) { return 610.94 * std::exp(17.625 * c / (c + 243.04)); }
inline double hash_uniform(std::uint64_t a, std::uint64_t b) {
  std::uint64_t z = a * 0x9e3779b97f4a7c15ULL + b * 0xd1b54a32d192ed03ULL + 0x632be59bd9b4e019ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return double((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

inline std::span<const Climate> climates() { return climate_table; }

inline std::vector<MetDay> synthetic_weather(const Climate& c, int days) {
  std::vector<MetDay> out(static_cast<std::size_t>(days));
  const double wet_days = std::clamp(c.rain_mm_yr / 365.0 / 8.0, 0.03, 0.6);  // about 8 mm on a wet day
  double anomaly = 0.0;
  double toa_sum = 0.0;
  for (int d = 0; d < 365; ++d) toa_sum += solar_day(time_of(2018, 1, 1) + d * seconds_per_day, c.lat).toa_mean_w_m2;
  for (int d = 0; d < days; ++d) {
    const auto u = [&](int i) { return hash_uniform(std::uint64_t(d) * 8 + i, std::uint64_t(c.lat * 100 + 90000)); };
    const double phase = std::cos(2 * std::numbers::pi * (d % 365 - (c.lat >= 0 ? 200 : 17)) / 365.0);
    anomaly = 0.8 * anomaly + 1.6 * (u(0) + u(1) + u(2) - 1.5);
    const double toa = solar_day(time_of(2018, 1, 1) + (d % 365) * seconds_per_day, c.lat).toa_mean_w_m2;
    // the dry season is winter in the tropics, summer nowhere
    const double chance = wet_days * std::max(0.0, 1.0 + c.dry_season * 1.2 * phase);
    const bool wet = u(3) < chance;
    MetDay& m = out[std::size_t(d)];
    const double t = c.temperature_c + c.season_k * phase + anomaly;
    const double range = c.range_k * (wet ? 0.6 : 1.1);
    m[Met::air_temperature] = t + 273.15;
    m[Met::air_temperature_min] = t + 273.15 - range / 2;
    m[Met::air_temperature_max] = t + 273.15 + range / 2;
    m[Met::shortwave] =
        std::min(0.78 * toa, c.shortwave * toa / (toa_sum / 365.0) * (wet ? 0.6 : 1.1) * (0.85 + 0.3 * u(4)));
    m[Met::vapour_pressure] = saturation_pa(t) * std::min(0.98, c.relative_humidity * (wet ? 1.15 : 0.98));
    const double emissivity = 0.72 + (wet ? 0.17 : 0.02) + 0.0045 * std::sqrt(m[Met::vapour_pressure]);
    m[Met::longwave] = std::min(1.0, emissivity) * 5.67e-8 * std::pow(t + 273.15, 4);
    m[Met::surface_pressure] = 98000.0;
    m[Met::wind_speed] = 1.0 + 5.0 * u(5) * u(6) + 1.0;
    m[Met::precipitation] = wet ? -8.0 * std::log(1.0 - 0.999 * u(7)) / 86400.0 : 0.0;
    m[Met::co2] = 405.0;
  }
  return out;
}

inline TestColumn::TestColumn(const Climate& climate, std::vector<Tile> tiles, int member_count,
                              const ModelTraits& traits)
    : members(member_count), rows(traits.layout.rows()), definitions(traits.parameters) {
  point.id = 1;
  point.lat = climate.lat;
  point.surface.tiles = std::move(tiles);
  for (const Tile& tile : point.surface.tiles)
    for (const auto& definition : definitions)
      parameters.emplace_back(std::size_t(padded(members)), definition.value[std::size_t(tile.pft)]);
  state.resize(point.surface.tiles.size() * std::size_t(rows) * std::size_t(padded(members)));
}

inline void TestColumn::perturb(double amount, unsigned seed) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& definition = definitions[i % definitions.size()];
    if (definition.prior_sd == 0.0) continue;
    for (int m = 0; m < padded(members); ++m) {
      const double u = 2.0 * hash_uniform(seed * 100003u + unsigned(i), unsigned(std::min(m, members - 1))) - 1.0;
      double& x = parameters[i][std::size_t(m)];
      x += amount * (u > 0 ? u * (definition.upper - x) : u * (x - definition.lower));
    }
  }
}

}  // namespace tilth::test
