#include "assim/operators/registered.hpp"
#include "assim/operators/tile_operator.hpp"

namespace tilth {
namespace {

/// Water of soil, snow, canopy and ponds of the cell, over a mean.
class TerrestrialWaterStorage final : public TileOperator<TerrestrialWaterStorage> {
 public:
  struct Options {
    double mean = 0.0;
    void describe(Schema& s) {
      s.real("mean", mean)
          .in(0.0, 6000.0)
          .units("kg m-2")
          .about("Storage from which the product counts its anomalies; 0 for the storage itself.");
    }
  };
  explicit TerrestrialWaterStorage(Options options)
      : TileOperator({.quantity = "terrestrial water storage over its mean",
                      .standard_name = "",
                      .units = "kg m-2",
                      .needs = {"soil_water", "snow_ice", "snow_liquid", "canopy_water", "pond"},
                      .parameters = {},
                      .valid_lower = -6000.0,
                      .valid_upper = 10000.0,
                      .error_absolute = 20.0,
                      .error_relative = 0.0,
                      .daily_mean = true}),
        options_(options) {}
  auto observer(const ObservedColumn&) const {
    return [this]<class T>(const MemberView<T>& m) -> T {
      return m.mean([&](int t) {
        T sum = m.value(t, 0);
        for (int store = 1; store < stores; ++store) sum += m.value(t, store);
        return sum;
      }) - options_.mean;
    };
  }

 private:
  static constexpr int stores = 5;
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> terrestrial_water_storage = plugin<ObservationOperator, TerrestrialWaterStorage>(
    "water of soil, snow, canopy and ponds of the cell, over a mean");
}  // namespace operators

}  // namespace tilth
