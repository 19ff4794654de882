#pragma once

#include <string>
#include <vector>

#include "core/base/simd/isa.hpp"
#include "core/config/schema.hpp"
#include "model/daily/daily_site.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// The daily tier: light-use-efficiency photosynthesis, Penman-Monteith evaporation, Richards soil water, snow, soil
/// heat, phenology and eight carbon pools, on packs of members.
class DailyModel final : public LandModel {
 public:
  struct Options {
    std::string bottom = "free_drainage";
    int spinup_years = 16;
    void describe(Schema& s);
  };
  DailyModel() : DailyModel(Options()) {}
  explicit DailyModel(Options options);
  /// With the kernel of one instruction set (tests, benchmark).
  DailyModel(Options options, simd::Isa isa);

  const ModelTraits& traits() const override { return traits_; }
  void cold_start(const GridPoint& point, ColumnParameters parameters, ColumnView column) const override;
  StepReport advance(const GridPoint& point, ColumnParameters parameters, Time begin, const MetMembers& met,
                     ColumnView column) const override;
  RepairReport repair(const GridPoint& point, ColumnParameters parameters, ColumnView before,
                      ColumnView column) const override;
  StepReport equilibrate(const GridPoint& point, ColumnParameters parameters, Time begin, std::span<const MetDay> cycle,
                         ColumnView column) const override;

 private:
  StepReport equilibrate_tile(daily::Site site, ColumnParameters parameters, Time begin, std::span<const MetDay> cycle,
                              ColumnView tile) const;
  daily::Site site_of(const GridPoint& point) const;
  /// What a spin-up adds to a day: sums of fluxes (tiles x sum_count x stride) and blocks of eight members to leave
  /// alone.
  struct Spinup {
    double* sums = nullptr;
    const unsigned char* skip = nullptr;
  };
  /// A day of a column whose site knows the day.
  StepReport step_column(const daily::Site& site, ColumnParameters parameters, const MetMembers& met, ColumnView column,
                         Spinup spinup) const;

  Options options_;
  ModelTraits traits_;
  daily::StepFunction step_;
};

}  // namespace tilth
