#include "assim/operators/reflectance.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tilth {
namespace {

constexpr Reflectance<double> snow_reflectance{0.85, 0.65};  // MODEL 6.1

}  // namespace

void ReflectanceOptions::describe(Schema& s) {
  OverpassOptions::describe(s);
  s.real("sun_zenith_deg", sun_zenith_deg)
      .in(0.0, 75.0)
      .units("degree")
      .about(
          "Zenith angle of the sun to which the product's reflectances are normalised; with overpass_local_time, or "
          "for "
          "observations with a time of day, the sun stands where it then is.");
  s.real("diffuse_red", diffuse_red).in(0.0, 1.0).about("Diffuse share of the incoming red light.");
  s.real("diffuse_nir", diffuse_nir).in(0.0, 1.0).about("Diffuse share of the incoming near-infrared light.");
  s.real("red_factor", red_factor).in(0.5, 1.1).about("Leaf optics of the red band over those of 400-700 nm.");
  s.real("nir_factor", nir_factor)
      .in(0.9, 1.08)
      .about("Leaf optics of the near-infrared band over those of 700-2500 nm.");
}

const std::vector<std::string> CanopyScene::needs = {"soil_moisture", "snow_cover_fraction", "leaf_area_index"};
const std::vector<std::string> CanopyScene::parameters = {"leaf_reflectance_vis", "leaf_reflectance_nir",
                                                          "soil_reflectance_scale", "clumping", "chi_l"};

TileReflectance::TileReflectance(const ReflectanceOptions& options, const ObservedColumn& seen)
    : CanopyScene(seen),
      options_(options),
      red_{seen.point.surface.soil_red_dry, snow_reflectance.red, options.diffuse_red},
      nir_{seen.point.surface.soil_nir_dry, snow_reflectance.nir, options.diffuse_nir},
      sun_cosine_(seen.timed ? std::max(lowest_sun_cosine, sun_cosine_at(seen))
                             : std::cos(options.sun_zenith_deg * std::numbers::pi / 180.0)) {}

std::uint32_t flag_low_sun(const ObservedColumn& seen) {
  return seen.timed && sun_cosine_at(seen) < lowest_sun_cosine ? qc_daylight : qc_used;
}

}  // namespace tilth
