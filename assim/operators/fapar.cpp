#include <algorithm>
#include <cmath>
#include <numbers>

#include "assim/operators/reflectance.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/snow_limit.hpp"

namespace tilth {
namespace {

constexpr double snow_visible = 0.85;  // MODEL 6.1

/// Fraction of photosynthetically active radiation absorbed by green leaves of the cell.
///
/// `sky: model` is what the model absorbed: over the day, or in the step of the overpass. `black` and `white` follow
/// products that are defined for direct light at the overpass or for evenly diffuse light; two-stream, leaves only.
class AbsorbedFraction final : public TileOperator<AbsorbedFraction> {
 public:
  struct Options : OverpassOptions {
    std::string sky = "model";
    double sun_zenith_deg = 40.0;
    SnowLimit snow;
    void describe(Schema& s) {
      OverpassOptions::describe(s);
      s.text("sky", sky)
          .one_of({"model", "black", "white"})
          .about("Light the product is for: that of the model, direct light only (black sky) or diffuse only (white).");
      s.real("sun_zenith_deg", sun_zenith_deg)
          .in(0.0, 75.0)
          .units("degree")
          .about("Zenith angle of the sun of `sky: black` where neither overpass nor observation tell the time.");
      snow.describe(s);
    }
  };
  explicit AbsorbedFraction(Options options)
      : TileOperator(
            {.quantity = "fraction of absorbed photosynthetically active radiation",
             .standard_name = "fraction_of_surface_downwelling_photosynthetic_radiative_flux_absorbed_by_vegetation",
             .units = "1",
             .needs = {"fapar", "snow_cover_fraction"},
             .parameters = {},
             .valid_lower = 0.0,
             .valid_upper = 1.0,
             .error_absolute = 0.08,
             .error_relative = 0.0,
             .daily_mean = true,
             .overpass_h = options.overpass_local_time,
             .optional = {"step_fapar"}}),
        options_(std::move(options)) {
    if (of_model()) return;
    traits_.needs = CanopyScene::needs;
    traits_.parameters = CanopyScene::parameters;
    traits_.optional.clear();
  }

  auto observer(const ObservedColumn& seen) const {
    const int absorbed = !seen.whole_day && seen.layout.has("step_fapar") ? step_fapar : fapar;
    const bool direct = options_.sky == "black";
    const double mu = seen.timed ? std::max(lowest_sun_cosine, sun_cosine_at(seen))
                                 : std::cos(options_.sun_zenith_deg * std::numbers::pi / 180.0);
    const double soil = seen.point.surface.soil_red_dry;
    return [this, scene = CanopyScene(seen), absorbed, direct, mu, soil]<class T>(const MemberView<T>& m) -> T {
      if (of_model()) return m.mean_of(absorbed);
      return m.mean([&](int t) {
        const LeafOptics& leaf = leaf_optics[std::size_t(m.tile(t).pft)];
        if (m.tile(t).pft == 0) return 0.0 * m.value(t, CanopyScene::leaf_area_index);
        const T reflectance = m.parameter(t, CanopyScene::leaf_reflectance_vis, leaf.reflectance_vis);
        const T ground = scene.ground(m, t, soil, snow_visible);
        return scene.light(m, t, mu, reflectance, leaf.transmittance_vis, ground, direct ? 0.0 : 1.0).absorbed_canopy;
      });
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const {
    return options_.snow.flags(seen) | (options_.sky == "black" ? flag_low_sun(seen) : qc_used);
  }

 private:
  enum Need { fapar, snow_cover, step_fapar };
  bool of_model() const { return options_.sky == "model"; }
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> fapar = plugin<ObservationOperator, AbsorbedFraction>(
    "fraction of absorbed photosynthetically active radiation of the cell");
}  // namespace operators

}  // namespace tilth
