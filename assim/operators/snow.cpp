#include "assim/operators/overpass.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/tile_operator.hpp"
#include "core/physics/radiometry.hpp"

namespace tilth {
namespace {

struct NoOptions {
  void describe(Schema&) {}
};

/// Snow water equivalent of the cell.
class SnowWaterEquivalent final : public TileOperator<SnowWaterEquivalent> {
 public:
  using Options = NoOptions;
  explicit SnowWaterEquivalent(Options)
      : TileOperator({.quantity = "snow water equivalent",
                      .standard_name = "surface_snow_amount",
                      .units = "kg m-2",
                      .needs = {"snow_ice", "snow_liquid"},
                      .parameters = {},
                      .valid_lower = 0.0,
                      .valid_upper = 6000.0,
                      .error_absolute = 10.0,
                      .error_relative = 0.2,
                      .daily_mean = true}) {}
  auto observer(const ObservedColumn&) const {
    return []<class T>(const MemberView<T>& m) -> T {
      return m.mean([&](int t) { return m.value(t, 0) + m.value(t, 1); });
    };
  }
};

/// Share of the cell covered by snow: of the ground, or of what is seen past the trees.
class SnowCover final : public TileOperator<SnowCover> {
 public:
  struct Options : OverpassOptions {
    bool viewable = false;
    double view_zenith_deg = 0.0;
    void describe(Schema& s) {
      OverpassOptions::describe(s);
      s.flag("viewable", viewable)
          .about("The product counts the snow seen through gaps of the canopy, not that on the ground below it.");
      s.real("view_zenith_deg", view_zenith_deg)
          .in(0.0, 75.0)
          .units("degree")
          .about("View angle, with `viewable`, of observations that bring none of their own.");
    }
  };
  explicit SnowCover(Options options)
      : TileOperator({.quantity = "snow cover",
                      .standard_name = "surface_snow_area_fraction",
                      .units = "1",
                      .needs = {"snow_cover_fraction"},
                      .parameters = {},
                      .valid_lower = 0.0,
                      .valid_upper = 1.0,
                      .error_absolute = 0.12,
                      .error_relative = 0.0,
                      .daily_mean = true,
                      .overpass_h = options.overpass_local_time}),
        options_(options) {
    if (options_.viewable) traits_.needs.push_back("leaf_area_index");
  }
  auto observer(const ObservedColumn& seen) const {
    return [viewable = options_.viewable,
            mu = view_cosine(seen, options_.view_zenith_deg)]<class T>(const MemberView<T>& m) -> T {
      if (!viewable) return m.mean_of(cover);
      return m.mean([&](int t) { return m.value(t, cover) * (1.0 - physics::leaf_cover(m.value(t, leaf_area), mu)); });
    };
  }

 private:
  enum Need { cover, leaf_area };
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> snow_water_equivalent =
    plugin<ObservationOperator, SnowWaterEquivalent>("snow water equivalent of the cell");
const Plugin<ObservationOperator> snow_cover =
    plugin<ObservationOperator, SnowCover>("snow cover of the cell, on the ground or as seen past the canopy");
}  // namespace operators

}  // namespace tilth
