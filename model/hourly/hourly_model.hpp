#pragma once

#include <memory>
#include <string>

#include "core/base/simd/isa.hpp"
#include "model/column/column_model.hpp"
#include "model/forcing/diurnal.hpp"
#include "model/hourly/hourly_kernels.hpp"

namespace tilth {

/// The hourly tier: two-stream light with sunlit and shaded leaves, Farquhar and Collatz photosynthesis, energy balance
/// of canopy and ground, freezing soil and layered snow, over the soil water, phenology and carbon of the daily tier.
class HourlyModel final : public ColumnModel {
 public:
  struct Options : ColumnModel::Options {
    std::int64_t step_s = 3600;
    int snow_layers = 1;
    std::string internal_co2 = "closed_form";
    DiurnalOptions diurnal;
    Options() { spinup_years = 8; }
    void describe(Schema& s);
  };
  HourlyModel() : HourlyModel(Options()) {}
  explicit HourlyModel(Options options);
  /// With the kernel of one instruction set (tests, benchmark).
  HourlyModel(Options options, simd::Isa isa);
  /// With a kernel of any kind, and no derivatives of its own.
  HourlyModel(Options options, hourly::Kernel kernel);
  const DualModel* dual() const override { return dual_.get(); }

 private:
  StepReport advance_day(const column::Site& site, ColumnParameters parameters, Time begin, const DayWeather& weather,
                         ColumnView column, const StepSeen& seen, Spinup spinup) const override;
  void complete(const column::TileSite& site, ColumnParameters tile_parameters, const double* before,
                ColumnView tile) const override;

  Options options_;
  hourly::Choices choices_;
  hourly::Kernel kernel_;
  std::unique_ptr<const DualModel> dual_;  // the same with a step on dual numbers
};

}  // namespace tilth
