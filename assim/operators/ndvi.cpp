#include <vector>

#include "assim/operators/reflectance.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/tiles.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {
namespace {

/// Normalised difference vegetation index of the cell: reflectances are mixed over the tiles, then the index is formed.
///
/// Hemispherical reflectances become the product's by a linear correction with the parameters ndvi_gain and
/// ndvi_offset.
class VegetationIndex final : public ObservationOperator {
 public:
  struct Options : ReflectanceOptions {
    double snow_cover_limit = 0.3;
    void describe(Schema& s) {
      ReflectanceOptions::describe(s);
      s.real("snow_cover_limit", snow_cover_limit)
          .in(0.0, 1.0)
          .about("Snow cover above which the observation is flagged (qc_snow) and not used.");
    }
  };
  explicit VegetationIndex(Options options) : options_(options) {
    traits_.needs = TileReflectance::needs;
    traits_.parameters = TileReflectance::parameters;
    traits_.parameters.insert(traits_.parameters.end(), {"ndvi_gain", "ndvi_offset"});
  }
  const OperatorTraits& traits() const override { return traits_; }

  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const override {
    thread_local std::vector<Mixture> mixed;
    mixed.assign(hx.size(), Mixture{});
    const int count = int(traits_.parameters.size());
    for (int t = 0; t < seen.column.tiles(); ++t) {
      const double fraction = seen.point.surface.tiles[t].fraction;
      const TileReflectance reflectance(options_, seen, t, count);
      const MemberValue gain{parameter_of(seen, t, count - 2, count), 1.0};
      const MemberValue offset{parameter_of(seen, t, count - 1, count), 0.0};
      for (std::size_t k = 0; k < hx.size(); ++k) {
        const Reflectance r = reflectance.of(k);
        mixed[k].reflectance.red += fraction * r.red;
        mixed[k].reflectance.nir += fraction * r.nir;
        mixed[k].gain += fraction * gain[k];
        mixed[k].offset += fraction * offset[k];
      }
    }
    for (std::size_t k = 0; k < hx.size(); ++k)
      hx[k] = mixed[k].gain * vegetation_index(mixed[k].reflectance) + mixed[k].offset;
    return flag_above(seen, "snow_cover_fraction", options_.snow_cover_limit, qc_snow);
  }

 private:
  struct Mixture {
    Reflectance reflectance;
    double gain = 0.0, offset = 0.0;
  };
  Options options_;
  OperatorTraits traits_{.quantity = "normalised difference vegetation index",
                         .standard_name = "normalized_difference_vegetation_index",
                         .units = "1",
                         .needs = {},
                         .parameters = {},
                         .valid_lower = -1.0,
                         .valid_upper = 1.0,
                         .error_absolute = 0.03,
                         .error_relative = 0.0,
                         .daily_mean = true};
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> ndvi = plugin<ObservationOperator, VegetationIndex>(
    "normalised difference vegetation index from two-stream reflectances mixed over the tiles");
}  // namespace operators

}  // namespace tilth
