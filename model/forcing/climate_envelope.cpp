#include "model/forcing/climate_envelope.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tilth {
namespace {

constexpr double freezing_k = 273.15;
enum Pft { BAR, ENT, ENB, DNB, EBT, EBM, DBT, DBS, SHR, TUN, GR3, GR4, CR3, CR4 };

/// 0 below `from`, 1 above `to`, straight between; falls when to < from.
double ramp(double x, double from, double to) { return std::clamp((x - from) / (to - from), 0.0, 1.0); }

double mixed(double share, double without, double with) { return without + share * (with - without); }

/// Shares of the thermal belts by the coldest month; they add up to 1.
struct Belts {
  double tropical, warm, temperate, boreal;
};

Belts belts_of(double coldest_c) {
  const double frost_free = ramp(coldest_c, 13.0, 18.0), mild = ramp(coldest_c, 1.0, 7.0);
  const double not_boreal = ramp(coldest_c, -18.0, -12.0);
  return {frost_free, mild - frost_free, not_boreal - mild, 1.0 - not_boreal};
}

void add_trees(const Bioclimate& b, const Belts& belts, double share, std::array<double, pft_count>& cover) {
  const double rainforest = ramp(b.moisture, 0.55, 0.85) * ramp(b.dry_months, 5.5, 4.0);
  cover[EBT] += share * belts.tropical * rainforest;
  cover[DBT] += share * belts.tropical * (1.0 - rainforest);

  const double windward = ramp(b.moisture, 0.7, 1.3);
  cover[EBM] += share * belts.warm * mixed(windward, 0.5, 0.6);
  cover[ENT] += share * belts.warm * mixed(windward, 0.25, 0.2);
  cover[DBS] += share * belts.warm * mixed(windward, 0.25, 0.2);

  const double long_summer = ramp(b.growing_degree_days, 900.0, 2000.0);
  cover[DBS] += share * belts.temperate * mixed(long_summer, 0.2, 0.7);
  cover[ENT] += share * belts.temperate * mixed(long_summer, 0.8, 0.3);

  const double larch = ramp(b.coldest_c, -26.0, -34.0);  // evergreen needles do not stand the deepest frost
  cover[DNB] += share * belts.boreal * larch;
  cover[DBS] += share * belts.boreal * 0.1 * (1.0 - larch);
  cover[ENB] += share * belts.boreal * 0.9 * (1.0 - larch);
}

void add_low_plants(const Bioclimate& b, double share, std::array<double, pft_count>& cover) {
  const double tundra = ramp(b.growing_degree_days, 1000.0, 450.0);
  const double shrub =
      std::min(0.7, 0.15 + 0.5 * b.dry_summer * ramp(b.coldest_c, -5.0, 3.0) + 0.35 * ramp(b.moisture, 0.4, 0.15));
  const double grass = share * (1.0 - tundra) * (1.0 - shrub);
  cover[TUN] += share * tundra * 0.75;
  cover[GR3] += share * tundra * 0.25 + grass * (1.0 - b.c4);
  cover[SHR] += share * (1.0 - tundra) * shrub;
  cover[GR4] += grass * b.c4;
}

/// Share of land under crops: warm enough, neither dry nor drenched, less in the tropics.
double crop_share(const Bioclimate& b, const Belts& belts) {
  const double suited =
      ramp(b.growing_degree_days, 1200.0, 2000.0) * ramp(b.moisture, 0.25, 0.6) * ramp(b.moisture, 1.8, 1.0);
  return 0.45 * suited * (1.0 - 0.75 * belts.tropical);
}

/// Smooth pseudo-random geography, -1..1, with waves of some 1500 to 4000 km.
double undulation(double lon, double lat, double phase) {
  const double x = lon * 3.14159265358979 / 180.0, y = lat * 3.14159265358979 / 180.0;
  return (std::sin(9.0 * x + 5.0 * y + phase) + std::sin(-6.0 * x + 13.0 * y + 2.3 * phase) +
          std::sin(4.0 * x + 17.0 * y + 0.7 * phase)) /
         3.0;
}

void set_soil(const Climate& climate, const Bioclimate& b, Surface& surface) {
  const double mean_c = climate.mean_temperature() - freezing_k;
  const double arid = ramp(b.moisture, 0.5, 0.05), weathered = ramp(mean_c, 5.0, 24.0) * ramp(b.moisture, 0.3, 1.0);
  const double podzol = ramp(mean_c, 5.0, -3.0);
  surface.sand_percent =
      std::clamp(38.0 + 25.0 * arid + 12.0 * podzol + 12.0 * undulation(climate.lon(), climate.lat(), 1.0), 10.0, 85.0);
  surface.clay_percent = std::clamp(
      20.0 + 20.0 * weathered - 8.0 * podzol - 8.0 * arid + 8.0 * undulation(climate.lon(), climate.lat(), 4.0), 5.0,
      std::min(55.0, 95.0 - surface.sand_percent));
  surface.organic_fraction =
      0.02 + 0.28 * ramp(mean_c, 6.0, -4.0) * ramp(b.moisture, 0.6, 1.2) + 0.03 * ramp(b.moisture, 0.5, 1.2);
  surface.soil_red_dry = 0.14 + 0.16 * arid + 0.0006 * (surface.sand_percent - 40.0);
  surface.soil_nir_dry = 1.35 * surface.soil_red_dry + 0.05;
}

}  // namespace

Bioclimate bioclimate_of(const Climate& climate) {
  Bioclimate b;
  b.coldest_c = climate.coldest_month() - freezing_k;
  b.warmest_c = climate.warmest_month() - freezing_k;
  b.growing_degree_days = climate.growing_degree_days();
  b.moisture = climate.moisture_index();
  double rain = 0.0, summer_rain = 0.0, season = 0.0, c4_season = 0.0;
  const int summer_begin = climate.lat() >= 0.0 ? 4 - 1 : 10 - 1;  // April, October
  for (int m = 0; m < 12; ++m) {
    const Normals& n = climate.month(m);
    const double celsius = n[Normal::temperature] - freezing_k, amount = n[Normal::precipitation];
    rain += amount;
    if ((m - summer_begin + 12) % 12 < 6) summer_rain += amount;
    if (celsius > 5.0 && amount < 0.5 * climate.potential_evapotranspiration(m)) b.dry_months += 1.0;
    const double grows = ramp(celsius, 3.0, 7.0) * ramp(amount, 0.1, 0.8);
    season += grows;
    c4_season += grows * ramp(celsius, 19.0, 24.0);
  }
  b.dry_summer = ramp(summer_rain / rain, 0.40, 0.25);
  b.c4 = season > 0.0 ? c4_season / season : 0.0;
  return b;
}

std::array<double, pft_count> potential_cover(const Bioclimate& b) {
  std::array<double, pft_count> cover{};
  const Belts belts = belts_of(b.coldest_c);
  const double driest = 0.40 * belts.tropical + 0.45 * belts.warm + 0.6 * belts.temperate + 0.45 * belts.boreal;
  const double closed = driest + 0.45 * belts.tropical + 0.5 * belts.warm + 0.5 * belts.temperate + 0.35 * belts.boreal;
  const double crops = crop_share(b, belts);
  const double trees =
      (1.0 - crops) * 0.9 * ramp(b.moisture, driest, closed) * ramp(b.growing_degree_days, 400.0, 900.0);
  const double green = ramp(b.moisture, 0.03, 0.35) * ramp(b.growing_degree_days, 40.0, 250.0);
  const double low = (1.0 - crops - trees) * green;
  add_trees(b, belts, trees, cover);
  add_low_plants(b, low, cover);
  const double maize = 0.65 * std::min(1.0, 0.5 * ramp(b.warmest_c, 20.0, 23.0) * (1.0 - b.dry_summer) + b.c4);
  cover[CR3] = crops * (1.0 - maize);
  cover[CR4] = crops * maize;
  cover[BAR] = 1.0 - crops - trees - low;
  return cover;
}

std::vector<Tile> tiles_of(const std::array<double, pft_count>& cover) {
  constexpr double smallest = 0.05;
  constexpr int parts = 1024, vegetated_tiles = max_tiles - 1;
  std::vector<Tile> tiles;
  for (int pft = 1; pft < pft_count; ++pft)
    if (cover[pft] >= smallest) tiles.push_back({pft, cover[pft]});
  std::stable_sort(tiles.begin(), tiles.end(), [](const Tile& a, const Tile& b) { return a.fraction > b.fraction; });
  if (tiles.size() > vegetated_tiles) tiles.resize(vegetated_tiles);
  if (cover[BAR] >= smallest || tiles.empty()) tiles.push_back({BAR, cover[BAR]});
  double total = 0.0;
  for (const Tile& t : tiles) total += t.fraction;
  int left = parts;
  for (Tile& t : tiles) {
    t.fraction = total > 0.0 ? std::round(t.fraction / total * parts) : parts;
    left -= int(t.fraction);
  }
  auto largest = std::max_element(tiles.begin(), tiles.end(),
                                  [](const Tile& a, const Tile& b) { return a.fraction < b.fraction; });
  largest->fraction += left;
  for (Tile& t : tiles) t.fraction /= parts;
  std::sort(tiles.begin(), tiles.end(), [](const Tile& a, const Tile& b) { return a.pft < b.pft; });
  return tiles;
}

Surface surface_of(const Climate& climate) {
  const Bioclimate b = bioclimate_of(climate);
  Surface surface;
  surface.elevation_m = climate.elevation_m();
  surface.tiles = tiles_of(potential_cover(b));
  set_soil(climate, b, surface);
  return surface;
}

}  // namespace tilth
