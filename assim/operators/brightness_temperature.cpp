#include "assim/operators/overpass.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/soil.hpp"
#include "assim/operators/tiles.hpp"
#include "assim/operators/vegetation_water.hpp"

namespace tilth {
namespace {

/// Brightness temperature of the cell in L band at 1.41 GHz (MODEL 6.5), mean over the tiles.
///
/// Tau-omega over rough soil (Mironov et al. 2009) that emits at a temperature between its top and 0.45 m. Frozen soil
/// by its liquid share; dry snow is transparent, wet snow flagged.
class BrightnessTemperature final : public TileOperator<BrightnessTemperature> {
 public:
  struct Options : OverpassOptions {
    std::string polarisation = "H";
    double incidence_deg = 40.0, sensing_depth_m = 0.05, snow_liquid_limit = 0.1;
    VegetationWaterOptions water;
    void describe(Schema& s) {
      OverpassOptions::describe(s);
      s.text("polarisation", polarisation).one_of({"H", "V"}).about("Polarisation: horizontal or vertical.");
      s.real("incidence_deg", incidence_deg)
          .in(0.0, 65.0)
          .units("degree")
          .about("Incidence angle of observations that bring no view angle of their own.");
      s.real("sensing_depth_m", sensing_depth_m)
          .in(0.01, 0.5)
          .units("m")
          .about("Depth over which the weight of soil moisture falls to 1/e.");
      s.real("snow_liquid_limit", snow_liquid_limit)
          .in(0.0, 1000.0)
          .units("kg m-2")
          .about("Liquid water in the snow above which the observation is flagged (qc_snow).");
      water.describe(s);
    }
  };
  explicit BrightnessTemperature(Options options)
      : TileOperator({.quantity = "brightness temperature in L band, polarisation " + options.polarisation,
                      .standard_name = "brightness_temperature",
                      .units = "K",
                      .needs = VegetationWater::needs,
                      .parameters = VegetationWater::parameters,
                      .valid_lower = 50.0,
                      .valid_upper = 340.0,
                      .error_absolute = 4.0,
                      .error_relative = 0.0,
                      .daily_mean = false,
                      .overpass_h = options.overpass_local_time}),
        options_(std::move(options)),
        weights_(sensing_weights(options_.sensing_depth_m)) {
    traits_.needs.insert(traits_.needs.end(),
                         {"soil_moisture", "soil_temperature", "canopy_temperature", "snow_liquid"});
    traits_.parameters.insert(traits_.parameters.end(), {"roughness_h", "scattering_albedo"});
    traits_.level = weights_.mean_depth_m;
  }

  auto observer(const ObservedColumn& seen) const {
    const Surface& surface = seen.point.surface;
    return [this, mu = view_cosine(seen, options_.incidence_deg), retention = Retention(surface),
            dielectric = physics::soil_dielectric(surface.clay_percent, physics::l_band_hz)]<class T>(
               const MemberView<T>& m) -> T {
      return m.mean([&](int t) {
        T moisture = 0.0;
        for (int l = 0; l < soil_layers; ++l) moisture += weights_.of[std::size_t(l)] * m.value(t, soil_moisture, l);
        const T top = m.value(t, soil_temperature), deep = m.value(t, soil_temperature, deep_layer);
        const auto thawed = physics::soil_permittivity(dielectric, moisture);
        const auto smooth = physics::fresnel(physics::with_ice(thawed, liquid_fraction(retention, top, moisture)), mu);
        physics::MicrowaveScene<T> scene;
        scene.reflectivity = options_.polarisation == "H" ? smooth.horizontal : smooth.vertical;
        scene.roughness_h = m.parameter(t, roughness, default_roughness);
        scene.omega = m.parameter(t, scattering, default_scattering);
        scene.tau = l_band_depth(m, t, options_.water.content());
        scene.ground_kelvin = physics::emitting_temperature(top, deep, moisture);
        scene.canopy_kelvin = m.value(t, canopy_temperature);
        return physics::brightness_temperature(scene, mu);
      });
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const {
    return flag_above(seen, "snow_liquid", options_.snow_liquid_limit, qc_snow);
  }

 private:
  enum Need { soil_moisture = VegetationWater::count, soil_temperature, canopy_temperature, snow_liquid };
  enum Parameter { vod_coefficient, roughness, scattering };
  static constexpr int deep_layer = 4;                                          // 0.30 to 0.60 m
  static constexpr double default_roughness = 0.16, default_scattering = 0.05;  // MODEL 7.2
  Options options_;
  LayerWeights weights_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> brightness_temperature =
    plugin<ObservationOperator, BrightnessTemperature>("brightness temperature in L band (tau-omega), H or V");
}  // namespace operators

}  // namespace tilth
