#pragma once

#include <memory>

#include "core/base/simd/isa.hpp"
#include "core/config/schema.hpp"
#include "model/column/column_model.hpp"
#include "model/column/tile.hpp"

namespace tilth {

/// The daily tier: light-use-efficiency photosynthesis, Penman-Monteith evaporation, Richards soil water, snow, soil
/// heat, phenology and eight carbon pools, on packs of members.
class DailyModel final : public ColumnModel {
 public:
  using Options = ColumnModel::Options;
  DailyModel() : DailyModel(Options()) {}
  explicit DailyModel(Options options);
  /// With the kernel of one instruction set (tests, benchmark).
  DailyModel(Options options, simd::Isa isa);
  /// With a kernel of any kind, and no derivatives of its own.
  DailyModel(Options options, column::StepFunction step);
  const DualModel* dual() const override { return dual_.get(); }

 private:
  StepReport advance_day(const column::Site& site, ColumnParameters parameters, Time begin, const DayWeather& weather,
                         ColumnView column, const StepSeen& seen, Spinup spinup) const override;
  void complete(const column::TileSite&, ColumnParameters, const double*, ColumnView) const override {}

  column::StepFunction step_;
  std::unique_ptr<const DualModel> dual_;  // the same with a step on dual numbers
};

}  // namespace tilth
