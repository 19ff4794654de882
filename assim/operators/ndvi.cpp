#include "assim/operators/canopy_reflectance.hpp"
#include "assim/operators/registered.hpp"

namespace tilth {
namespace {

/// Normalised difference vegetation index of the cell: reflectances are mixed over the tiles, then the index is formed.
///
/// Hemispherical reflectances become the product's by a linear correction with the parameters ndvi_gain and
/// ndvi_offset.
class VegetationIndex final : public TileOperator<VegetationIndex> {
 public:
  using Options = CanopyReflectanceOptions;
  explicit VegetationIndex(Options options)
      : TileOperator({.quantity = "normalised difference vegetation index",
                      .standard_name = "normalized_difference_vegetation_index",
                      .units = "1",
                      .needs = CanopyScene::needs,
                      .parameters = CanopyScene::parameters,
                      .valid_lower = -1.0,
                      .valid_upper = 1.0,
                      .error_absolute = 0.03,
                      .error_relative = 0.0,
                      .daily_mean = true,
                      .overpass_h = options.overpass_local_time}),
        options_(options) {
    traits_.parameters.insert(traits_.parameters.end(), {"ndvi_gain", "ndvi_offset"});
  }

  auto observer(const ObservedColumn& seen) const {
    return [reflectance = TileReflectance(options_, seen)]<class T>(const MemberView<T>& m) -> T {
      const T gain = m.mean([&](int t) { return m.parameter(t, CanopyScene::count, 1.0); });
      const T offset = m.mean([&](int t) { return m.parameter(t, CanopyScene::count + 1, 0.0); });
      return gain * vegetation_index(reflectance.mean(m)) + offset;
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const { return options_.snow.flags(seen) | flag_low_sun(seen); }

 private:
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> ndvi = plugin<ObservationOperator, VegetationIndex>(
    "normalised difference vegetation index from two-stream reflectances mixed over the tiles");
}  // namespace operators

}  // namespace tilth
