#include <cmath>

#include "assim/operators/overpass.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/tile_operator.hpp"
#include "core/physics/radiometry.hpp"

namespace tilth {
namespace {

/// Radiometric temperature of the cell: infrared light of leaves and ground as mixed in the view, over the tiles, and
/// the temperature a product makes of it (MODEL 6.7). Needs a model with temperatures of canopy and ground.
class LandSurfaceTemperature final : public TileOperator<LandSurfaceTemperature> {
 public:
  struct Options : OverpassOptions {
    double emissivity = std::nan(""), view_zenith_deg = 0.0;
    void describe(Schema& s) {
      OverpassOptions::describe(s);
      s.real("emissivity", emissivity)
          .in(0.9, 1.0)
          .about("Emissivity the product assumes, mostly 0.97 to 0.98; without it that of the scene itself.");
      s.real("view_zenith_deg", view_zenith_deg)
          .in(0.0, 75.0)
          .units("degree")
          .about("View angle of observations that bring none of their own.");
    }
  };
  explicit LandSurfaceTemperature(Options options)
      : TileOperator({.quantity = "land surface temperature",
                      .standard_name = "surface_temperature",
                      .units = "K",
                      .needs = {"canopy_temperature", "ground_temperature", "leaf_area_index"},
                      .parameters = {},
                      .valid_lower = 180.0,
                      .valid_upper = 350.0,
                      .error_absolute = by_night(options.overpass_local_time) ? 1.5 : 2.0,
                      .error_relative = 0.0,
                      .daily_mean = false,
                      .overpass_h = options.overpass_local_time}),
        options_(options) {}

  auto observer(const ObservedColumn& seen) const {
    return [assumed = options_.emissivity,
            mu = view_cosine(seen, options_.view_zenith_deg)]<class T>(const MemberView<T>& m) -> T {
      T emission = 0.0, emissivity = 0.0;
      for (int t = 0; t < m.tiles(); ++t) {
        const T cover = physics::leaf_cover(m.value(t, leaf_area), mu);
        const auto view = physics::thermal_view(m.value(t, canopy_temperature), m.value(t, ground_temperature), cover);
        emission += m.tile(t).fraction * view.emission;
        emissivity += m.tile(t).fraction * view.emissivity;
      }
      const T own = emission / emissivity;
      if (std::isnan(assumed)) return physics::fourth_root(own);
      // Light of the sky that is reflected takes part of the difference: about 0.75 of that of a black surface.
      return physics::fourth_root(own * (emissivity + (assumed - emissivity) * sky_emissivity) / assumed);
    };
  }

 private:
  enum Need { canopy_temperature, ground_temperature, leaf_area };
  static constexpr double sky_emissivity = 0.75;
  static bool by_night(double local_h) { return local_h < 6.0 || local_h > 18.0; }
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> land_surface_temperature = plugin<ObservationOperator, LandSurfaceTemperature>(
    "radiometric temperature of leaves and ground at the view angle; needs the hourly model");
}  // namespace operators

}  // namespace tilth
