#include "assim/operators/overpass.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/vegetation_water.hpp"

namespace tilth {
namespace {

/// Vegetation optical depth of the cell.
class VegetationOpticalDepth final : public TileOperator<VegetationOpticalDepth> {
 public:
  struct Options : OverpassOptions {
    std::string band = "L";
    VegetationWaterOptions water;
    void describe(Schema& s) {
      OverpassOptions::describe(s);
      s.text("band", band)
          .one_of({"L", "C", "X"})
          .about("Band of the product: L is linear in the water, C and X are 2 and 3 times as deep and saturate.");
      water.describe(s);
    }
  };
  explicit VegetationOpticalDepth(Options options)
      : TileOperator({.quantity = "vegetation optical depth, " + options.band + " band",
                      .standard_name = "",
                      .units = "1",
                      .needs = VegetationWater::needs,
                      .parameters = VegetationWater::parameters,
                      .valid_lower = 0.0,
                      .valid_upper = 4.0,
                      .error_absolute = 0.05,
                      .error_relative = 0.0,
                      .daily_mean = true,
                      .overpass_h = options.overpass_local_time}),
        options_(std::move(options)) {}

  auto observer(const ObservedColumn&) const {
    return [this]<class T>(const MemberView<T>& m) -> T {
      return m.mean([&](int t) {
        const T depth = l_band_depth(m, t, options_.water.content());
        if (options_.band == "C") return physics::saturating_depth(depth, 2.0, c_band_most);
        if (options_.band == "X") return physics::saturating_depth(depth, 3.0, x_band_most);
        return depth;
      });
    };
  }

 private:
  // Depths beyond which products of these bands hardly rise; our choice after the range of VODCA (Moesinger et al.
  // 2020).
  static constexpr double c_band_most = 1.3, x_band_most = 1.2;
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> vod =
    plugin<ObservationOperator, VegetationOpticalDepth>("vegetation optical depth in L, C or X band");
}  // namespace operators

}  // namespace tilth
