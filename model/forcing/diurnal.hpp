#pragma once

#include "core/config/schema.hpp"
#include "core/grid/grid.hpp"
#include "core/physics/solar.hpp"
#include "core/state/forcing.hpp"

namespace tilth {

struct DiurnalOptions {
  int rain_hours = 6;
  void describe(Schema& s) {
    s.integer("rain_hours", rain_hours)
        .in(1, 24)
        .units("h")
        .about("Hours over which the precipitation of a day falls where the weather has no course of the day.");
  }
};

/// The course of a UTC day from its daily values (docs/model/forcing.md): shortwave follows the sun, temperature Parton
/// & Logan (1981), longwave the fourth power of temperature; vapour pressure is constant but never above saturation;
/// precipitation falls in `rain_hours` hours whose beginning is drawn from the grid point's id and the date; wind,
/// pressure and CO2 are constant. Daily means are those of `met` up to round-off. Temperature keeps the range of the
/// day, moved so that its mean is right: it exceeds minimum and maximum by at most that move.
/// `sun`: of the day that is wanted. @pre per_day is 24 or 48
MetSteps steps_of(const MetDay& met, const GridPoint& place, const SunDay& sun, int per_day,
                  const DiurnalOptions& options = {});

/// Temperature between minimum (0) and maximum (1) of the day, at a solar time of 0..24 h: a sine from sunrise to the
/// maximum at 0.15 day lengths after noon and on to sunset, from where an exponential with the same slope reaches the
/// minimum at the next sunrise (Parton & Logan 1981).
class TemperatureCurve {
 public:
  /// Day length in hours, taken as 8 h at least and 20 h at most.
  explicit TemperatureCurve(double day_length_h);
  double operator()(double solar_h) const;

 private:
  double day_, night_;           ///< h
  double floor_, depth_, rate_;  ///< night: floor + depth exp(-rate t), t in nights
};

}  // namespace tilth
