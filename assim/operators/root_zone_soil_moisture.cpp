#include <algorithm>

#include "assim/operators/registered.hpp"
#include "assim/operators/soil.hpp"
#include "assim/operators/tile_operator.hpp"
#include "assim/operators/tiles.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

/// Soil moisture averaged from the surface, or from below it, down to a depth (or bedrock).
class RootZoneSoilMoisture final : public TileOperator<RootZoneSoilMoisture> {
 public:
  struct Options {
    double depth_m = 1.0, top_m = 0.0, gain = 1.0, offset = 0.0, frost_limit = 273.15;
    void describe(Schema& s) {
      s.real("depth_m", depth_m).in(0.05, 4.0).units("m").about("Depth down to which soil moisture is averaged.");
      s.real("top_m", top_m).in(0.0, 3.9).units("m").about("Depth it is averaged from, for a probe in the soil.");
      require(!s.is_reading() || top_m < depth_m, s.where(), ".top_m = ", top_m, ", must be above depth_m = ", depth_m,
              "; take the upper and lower end of what the probe senses");
      s.real("gain", gain).in(0.2, 5.0).about("Linear rescaling to the product's climatology: factor.");
      s.real("offset", offset).in(-0.5, 0.5).units("m3 m-3").about("Linear rescaling: summand.");
      s.real("frost_limit", frost_limit)
          .in(200.0, 300.0)
          .units("K")
          .about("Temperature of the top soil layer below which the observation is flagged (qc_frozen).");
    }
  };
  explicit RootZoneSoilMoisture(Options options)
      : TileOperator({.quantity = "root-zone soil moisture",
                      .standard_name = "volume_fraction_of_condensed_water_in_soil",
                      .units = "m3 m-3",
                      .needs = {"soil_moisture", "soil_temperature"},
                      .parameters = {},
                      .valid_lower = 0.0,
                      .valid_upper = 0.9,
                      .error_absolute = 0.04,
                      .error_relative = 0.0,
                      .daily_mean = false}),
        options_(options) {
    traits_.level = 0.5 * (options.top_m + options.depth_m);
  }

  auto observer(const ObservedColumn& seen) const {
    const double depth = std::min(options_.depth_m, std::max(seen.point.surface.soil_depth_m, soil_layer_m[0]));
    return [this, weights = depth_weights(depth, std::min(options_.top_m, 0.5 * depth))]<class T>(
               const MemberView<T>& m) -> T {
      return options_.offset + options_.gain * m.mean([&](int t) {
        T sum = 0.0;
        for (int l = 0; l < soil_layers; ++l) sum += weights.of[std::size_t(l)] * m.value(t, soil_moisture, l);
        return sum;
      });
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const {
    const int row = seen.layout.row("soil_temperature");
    const double frozen =
        share_of(seen, [&](int t, int k) { return seen.column.row(t, row)[k] < options_.frost_limit; });
    return frozen > 0.5 ? qc_frozen : qc_used;
  }

 private:
  enum Need { soil_moisture };
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> root_zone_soil_moisture =
    plugin<ObservationOperator, RootZoneSoilMoisture>("soil moisture averaged over the root zone");
}  // namespace operators

}  // namespace tilth
