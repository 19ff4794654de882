#include "assim/operators/canopy_reflectance.hpp"
#include "assim/operators/registered.hpp"

namespace tilth {
namespace {

/// Near-infrared reflectance of vegetation (Badgley et al. 2017): NDVI times near-infrared reflectance, both of the
/// cell.
class VegetationReflectance final : public TileOperator<VegetationReflectance> {
 public:
  using Options = CanopyReflectanceOptions;
  explicit VegetationReflectance(Options options)
      : TileOperator({.quantity = "near-infrared reflectance of vegetation",
                      .standard_name = "",
                      .units = "1",
                      .needs = CanopyScene::needs,
                      .parameters = CanopyScene::parameters,
                      .valid_lower = -0.3,  // snow and water are negative
                      .valid_upper = 0.8,
                      .error_absolute = 0.03,
                      .error_relative = 0.0,
                      .daily_mean = true,
                      .overpass_h = options.overpass_local_time}),
        options_(options) {}

  auto observer(const ObservedColumn& seen) const {
    return [reflectance = TileReflectance(options_, seen)]<class T>(const MemberView<T>& m) -> T {
      const Reflectance<T> r = reflectance.mean(m);
      return vegetation_index(r) * r.nir;
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const { return options_.snow.flags(seen) | flag_low_sun(seen); }

 private:
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> nirv = plugin<ObservationOperator, VegetationReflectance>(
    "near-infrared reflectance of vegetation: NDVI times near-infrared reflectance of the cell");
}  // namespace operators

}  // namespace tilth
