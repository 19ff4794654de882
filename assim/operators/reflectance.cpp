#include "assim/operators/reflectance.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "assim/operators/soil.hpp"
#include "assim/operators/tiles.hpp"
#include "core/physics/soil_reflectance.hpp"
#include "core/physics/two_stream.hpp"

namespace tilth {
namespace {

constexpr Reflectance snow_reflectance{0.85, 0.65};  // MODEL 6.1

}  // namespace

void ReflectanceOptions::describe(Schema& s) {
  s.real("sun_zenith_deg", sun_zenith_deg)
      .in(0.0, 75.0)
      .units("degree")
      .about("Zenith angle of the sun to which the product's reflectances are normalised.");
  s.real("diffuse_red", diffuse_red).in(0.0, 1.0).about("Diffuse share of the incoming red light.");
  s.real("diffuse_nir", diffuse_nir).in(0.0, 1.0).about("Diffuse share of the incoming near-infrared light.");
  s.real("red_factor", red_factor).in(0.5, 1.1).about("Leaf optics of the red band over those of 400-700 nm.");
  s.real("nir_factor", nir_factor)
      .in(0.9, 1.08)
      .about("Leaf optics of the near-infrared band over those of 700-2500 nm.");
}

const std::vector<std::string> TileReflectance::needs = {"soil_moisture", "snow_cover_fraction", "leaf_area_index"};
const std::vector<std::string> TileReflectance::parameters = {"leaf_reflectance_vis", "leaf_reflectance_nir",
                                                              "soil_reflectance_scale", "clumping", "chi_l"};

TileReflectance::TileReflectance(const ReflectanceOptions& options, const ObservedColumn& seen, int tile, int count)
    : options_(options), surface_(seen.point.surface), leaf_(leaf_optics[surface_.tiles[tile].pft]) {
  bare_ = surface_.tiles[tile].pft == 0;
  sun_cosine_ = std::cos(options.sun_zenith_deg * std::numbers::pi / 180.0);
  porosity_ = porosity(surface_);
  moisture_ = seen.column.row(tile, seen.layout.row("soil_moisture"));
  snow_cover_ = seen.column.row(tile, seen.layout.row("snow_cover_fraction"));
  leaf_area_ = seen.column.row(tile, seen.layout.row("leaf_area_index"));
  const auto parameter = [&](int p, double fallback) {
    return MemberValue{parameter_of(seen, tile, p, count), fallback};
  };
  reflectance_vis_ = parameter(0, leaf_.reflectance_vis);
  reflectance_nir_ = parameter(1, leaf_.reflectance_nir);
  soil_scale_ = parameter(2, 1.0);
  clumping_ = parameter(3, leaf_.clumping);
  chi_l_ = parameter(4, leaf_.chi_l);
}

double TileReflectance::band(std::size_t k, const Band& b) const {
  const double saturation = std::clamp(moisture_[k] / porosity_, 0.0, 1.0);
  const double soil =
      std::min(b.soil_dry * soil_scale_[k] * physics::soil_darkening(saturation), physics::largest_soil_reflectance);
  const double ground = (1.0 - snow_cover_[k]) * soil + snow_cover_[k] * b.snow;
  if (bare_) return ground;
  const auto sun = physics::canopy_geometry(sun_cosine_, chi_l_[k]);
  const auto leaves = physics::leaf_scattering(sun, b.leaf_reflectance, b.leaf_transmittance);
  const double area = clumping_[k] * std::max(leaf_area_[k], 0.0);
  return physics::canopy_light(sun, leaves, area, {1.0 - b.diffuse, b.diffuse, ground, ground}).albedo;
}

Reflectance TileReflectance::of(std::size_t k) const {
  const double red = options_.red_factor, nir = options_.nir_factor;
  return {band(k, {red * reflectance_vis_[k], red * leaf_.transmittance_vis, surface_.soil_red_dry,
                   snow_reflectance.red, options_.diffuse_red}),
          band(k, {nir * reflectance_nir_[k], nir * leaf_.transmittance_nir, surface_.soil_nir_dry,
                   snow_reflectance.nir, options_.diffuse_nir})};
}

}  // namespace tilth
