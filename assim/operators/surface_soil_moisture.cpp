#include "assim/operators/overpass.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/soil.hpp"
#include "assim/operators/tile_operator.hpp"
#include "assim/operators/tiles.hpp"

namespace tilth {
namespace {

/// Soil moisture near the surface as a microwave sensor sees it: weighted by exp(-z / sensing depth).
class SurfaceSoilMoisture final : public TileOperator<SurfaceSoilMoisture> {
 public:
  struct Options : OverpassOptions {
    double sensing_depth_m = 0.05, gain = 1.0, offset = 0.0;
    double snow_limit = 1.0, frost_limit = 273.65, leaf_area_limit = 6.0;
    void describe(Schema& s) {
      OverpassOptions::describe(s);
      s.real("sensing_depth_m", sensing_depth_m)
          .in(0.01, 0.5)
          .units("m")
          .about("Depth over which the weight falls to 1/e: about 0.05 for L band, 0.02 for C and X band.");
      s.real("gain", gain).in(0.2, 5.0).about("Linear rescaling to the product's climatology: factor.");
      s.real("offset", offset).in(-0.5, 0.5).units("m3 m-3").about("Linear rescaling: summand.");
      s.real("snow_limit", snow_limit)
          .in(0.0, 1000.0)
          .units("kg m-2")
          .about("Snow water equivalent above which the observation is flagged (qc_snow).");
      s.real("frost_limit", frost_limit)
          .in(200.0, 300.0)
          .units("K")
          .about("Temperature of the top soil layer below which the observation is flagged (qc_frozen).");
      s.real("leaf_area_limit", leaf_area_limit)
          .in(0.0, 20.0)
          .about("Leaf area index above which the observation is flagged (qc_dense_vegetation).");
    }
  };
  explicit SurfaceSoilMoisture(Options options)
      : TileOperator({.quantity = "surface soil moisture",
                      .standard_name = "volume_fraction_of_condensed_water_in_soil",
                      .units = "m3 m-3",
                      .needs = {"soil_moisture", "soil_temperature", "snow_ice", "snow_liquid", "leaf_area_index"},
                      .parameters = {},
                      .valid_lower = 0.0,
                      .valid_upper = 0.9,
                      .error_absolute = 0.04,
                      .error_relative = 0.0,
                      .daily_mean = false,
                      .overpass_h = options.overpass_local_time}),
        options_(options),
        weights_(sensing_weights(options.sensing_depth_m)) {
    traits_.level = weights_.mean_depth_m;
  }

  auto observer(const ObservedColumn&) const {
    return [this]<class T>(const MemberView<T>& m) -> T {
      T sum = options_.offset;
      for (int t = 0; t < m.tiles(); ++t)
        for (int l = 0; l < soil_layers; ++l)
          sum += options_.gain * m.tile(t).fraction * weights_.of[std::size_t(l)] * m.value(t, soil_moisture, l);
      return sum;
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const {
    std::uint32_t flag = flag_above(seen, "leaf_area_index", options_.leaf_area_limit, qc_dense_vegetation);
    const int ice = seen.layout.row("snow_ice"), liquid = seen.layout.row("snow_liquid");
    const int temperature = seen.layout.row("soil_temperature");
    const double snow_share = share_of(seen, [&](int t, int k) {
      return seen.column.row(t, ice)[k] + seen.column.row(t, liquid)[k] > options_.snow_limit;
    });
    const double frost_share =
        share_of(seen, [&](int t, int k) { return seen.column.row(t, temperature)[k] < options_.frost_limit; });
    if (snow_share > 0.5) flag |= qc_snow;
    if (frost_share > 0.5) flag |= qc_frozen;
    return flag;
  }

 private:
  enum Need { soil_moisture };
  Options options_;
  LayerWeights weights_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> surface_soil_moisture =
    plugin<ObservationOperator, SurfaceSoilMoisture>("soil moisture over the sensing depth of a microwave radiometer");
}  // namespace operators

}  // namespace tilth
