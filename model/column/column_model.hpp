#pragma once

#include <span>
#include <string>

#include "model/column/site.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// What the tiers of the land column share: start, repair and spin-up of states they have in common.
class ColumnModel : public LandModel {
 public:
  struct Options {
    std::string bottom = "free_drainage";
    int spinup_years = 16;
    void describe(Schema& s);
  };

  const ModelTraits& traits() const final { return traits_; }
  void cold_start(const GridPoint& point, ColumnParameters parameters, ColumnView column) const final;
  StepReport advance(const GridPoint& point, ColumnParameters parameters, Time begin, const DayWeather& weather,
                     ColumnView column, const StepSeen& seen) const final;
  RepairReport repair(const GridPoint& point, ColumnParameters parameters, ColumnView before,
                      ColumnView column) const final;
  StepReport equilibrate(const GridPoint& point, ColumnParameters parameters, Time begin, std::span<const MetDay> cycle,
                         ColumnView column) const final;

 protected:
  ColumnModel(Options options, ModelTraits traits);

  /// What a spin-up adds to a day: the propagator (tiles x propagator_count x stride) and blocks of eight members to
  /// leave alone.
  struct Spinup {
    double* propagator = nullptr;
    const unsigned char* skip = nullptr;
  };
  /// A day of a column at a place; members that fail are reported and left as they come.
  virtual StepReport advance_day(const column::Site& site, ColumnParameters parameters, Time begin,
                                 const DayWeather& weather, ColumnView column, const StepSeen& seen,
                                 Spinup spinup) const = 0;
  /// Sets or restores what a tier has beyond the shared states of one tile; `before` is null after a cold start.
  virtual void complete(const column::TileSite& site, ColumnParameters tile_parameters, const double* before,
                        ColumnView tile) const = 0;

 private:
  StepReport equilibrate_tile(column::Site site, ColumnParameters parameters, Time begin, std::span<const MetDay> cycle,
                              ColumnView tile) const;
  /// A day whose failed members are put back as they were.
  StepReport guarded_day(const column::Site& site, ColumnParameters parameters, Time begin, const DayWeather& weather,
                         ColumnView column, const StepSeen& seen, Spinup spinup) const;
  column::Site site_of(const GridPoint& point) const { return column::Site(point, options_.bottom == "zero_flux"); }
  ColumnParameters of_tile(ColumnParameters parameters, int tile) const {
    const std::size_t n = traits_.parameters.size();
    return {parameters.value.subspan(std::size_t(tile) * n, n)};
  }

  Options options_;
  ModelTraits traits_;
};

}  // namespace tilth
