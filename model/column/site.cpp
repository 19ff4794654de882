#include "model/column/site.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/simd/math.hpp"
#include "core/physics/solar.hpp"
#include "model/roots.hpp"

namespace tilth::column {

//   BAR, ENT ENB DNB EBT EBM DBT DBS SHR TUN GR3 GR4 CR3 CR4: vegetated, woody, cold deciduous, C4, stem area
const std::array<PlantTraits, pft_count> plant_traits{{{false, false, false, false, 0.0},
                                                       {true, true, false, false, 1.0},
                                                       {true, true, false, false, 1.0},
                                                       {true, true, true, false, 1.0},
                                                       {true, true, false, false, 1.0},
                                                       {true, true, false, false, 1.0},
                                                       {true, true, false, false, 0.8},
                                                       {true, true, true, false, 1.0},
                                                       {true, true, false, false, 0.4},
                                                       {true, true, true, false, 0.2},
                                                       {true, false, true, false, 0.1},
                                                       {true, false, true, true, 0.1},
                                                       {true, false, true, false, 0.1},
                                                       {true, false, true, true, 0.1}}};

namespace {

// Own elementary functions: the same bits on every machine.
double power_of_ten(double x) { return simd::exp(x * 2.302585092994045684); }

/// Hydraulics from texture (Cosby et al. 1984) mixed with organic matter (Lawrence & Slater 2008).
void set_soil(const Surface& surface, TileSite& site) {
  const double sand = surface.sand_percent, clay = surface.clay_percent;
  const double organic = std::clamp(surface.organic_fraction, 0.0, 1.0), mineral = 1.0 - organic;
  site.theta_s = mineral * (0.489 - 0.00126 * sand) + organic * 0.9;
  site.psi_s_m = -(mineral * 0.01 * power_of_ten(1.88 - 0.0131 * sand) + organic * 0.0103);
  site.ks_m_s = mineral * 7.0556e-6 * power_of_ten(-0.884 + 0.0153 * sand) + organic * 1e-4;
  site.b = mineral * (2.91 + 0.159 * clay) + organic * 2.7;
  // Heat (Johansen 1975; Farouki 1981): quartz with the sand, the rest 2.9 W m-1 K-1.
  const double solid = (8.8 * sand + 2.92 * clay) / std::max(1.0, sand + clay);
  const double k_solid = mineral * solid + organic * 0.25;
  const double log_solid = (1.0 - site.theta_s) * simd::log(k_solid);
  site.k_saturated = simd::exp(log_solid + site.theta_s * simd::log(0.57));
  site.k_saturated_frozen = simd::exp(log_solid + site.theta_s * simd::log(2.29));
  const double density = 2700.0 * (1.0 - site.theta_s);
  site.k_dry = mineral * (0.135 * density + 64.7) / (2700.0 - 0.947 * density) + organic * 0.05;
  site.solid_capacity = mineral * (2.128 * sand + 2.385 * clay) / std::max(1.0, sand + clay) * 1e6 + organic * 2.5e6;
}

/// Layers above bedrock: the last one ends there, and is at least a fifth of its standard thickness.
void set_layers(double depth, TileSite& site) {
  double top = 0.0;
  site.layers = 0;
  for (int k = 0; k < soil_layers; ++k) {
    const double standard = physics::layer_thickness[k];
    const double inside = std::min(standard, depth - top);
    if (k >= 4 && inside < 0.2 * standard) break;  // never less than 0.3 m of soil
    site.dz[k] = k < 4 ? standard : inside;
    site.layers = k + 1;
    top += standard;
  }
  for (int k = 0; k < soil_layers; ++k) site.heat_dz[k] = k < site.layers ? site.dz[k] : physics::layer_thickness[k];
}

}  // namespace

Site::Site(const GridPoint& point, bool zero_flux_bottom) : place_(&point), count_(int(point.surface.tiles.size())) {
  const Surface& surface = point.surface;
  require(count_ >= 1 && count_ <= max_tiles, "grid point ", point.id, ": ", count_, " tiles; expected 1 to ",
          max_tiles);
  for (int t = 0; t < count_; ++t) {
    TileSite& site = tiles_[std::size_t(t)];
    const int pft = surface.tiles[std::size_t(t)].pft;
    require(pft >= 0 && pft < pft_count, "grid point ", point.id, ": plant functional type ", pft, "; expected 0 to ",
            pft_count - 1);
    const PlantTraits& plant = plant_traits[std::size_t(pft)];
    set_soil(surface, site);
    set_layers(surface.soil_depth_m, site);
    site.zero_flux_bottom = zero_flux_bottom;
    site.topography = std::clamp(std::sqrt(std::max(0.0, surface.topographic_sd_m) / 100.0), 0.5, 2.5);
    site.soil_vis_dry = surface.soil_red_dry;
    site.soil_nir_dry = surface.soil_nir_dry;
    site.vegetated = plant.vegetated;
    site.woody = plant.woody;
    site.cold_deciduous = plant.cold_deciduous;
    site.c4 = plant.c4;
    site.stem_area = plant.stem_area;
    // A canopy height of the place is that of its trees.
    site.canopy_height_m = plant.woody && plant.stem_area >= 0.8 ? surface.canopy_height_m : -1.0;
    site.wind_height_m = std::max(2.0, surface.wind_height_m);
    site.log_wind_soil = simd::log(site.wind_height_m / 0.01);
    site.log_heat_soil = simd::log(site.wind_height_m / 0.001);
  }
}

Site Site::only(int t) const {
  Site one = *this;
  one.count_ = 1;
  one.tiles_[0] = tile(t);
  return one;
}

void Site::set_day(Time begin) {
  const SolarDay sun = solar_day(begin, place_->lat);
  set_day_length(sun.day_length_h);
  const double through = 0.75 + 2e-5 * place_->surface.elevation_m;  // clear air (Allen et al. 1998, eq. 37)
  for (int t = 0; t < count_; ++t) tiles_[std::size_t(t)].clear_sky = through * sun.toa_mean_w_m2;
}

void Site::set_day_length(double hours) {
  for (int t = 0; t < count_; ++t) tiles_[std::size_t(t)].day_length_h = hours;
}

}  // namespace tilth::column
