#pragma once

#include "model/column/tile.hpp"
#include "model/hourly/hourly_rows.hpp"

namespace tilth::hourly {

/// Weather and sun of a step that all members of a place share. Plain data: it crosses the border between instruction
/// sets.
struct StepWeather {
  double duration = 3600.0;  ///< s
  int steps_per_day = 24;
  // Before perturbation, means of the step
  double air_temperature = 288.0;  ///< K
  double shortwave = 0.0, longwave = 300.0;
  double vapour_pressure = 1000.0, surface_pressure = 1e5, wind_speed = 3.0, precipitation = 0.0, co2 = 400.0;
  // Of the day before perturbation, so that members keep their part of it: a difference or a factor.
  double day_air_temperature = 288.0;
  double per_shortwave = 0.0, per_longwave = 0.0, per_vapour = 0.0, per_pressure = 0.0, per_wind = 0.0;
  double per_precipitation = 0.0, per_co2 = 0.0;  ///< 1 / daily mean, 0 where that is 0
  // Sun
  double sun_cosine = 0.0;  ///< mean over the sunlit part of the step, 0 at night
  double diffuse = 1.0;     ///< share of shortwave
};

/// What is chosen for a run.
struct Choices {
  int snow_layers = 1;   ///< 1 or 3
  bool newton3 = false;  ///< internal CO2 by Newton steps with minimum conductance and boundary layer
};

/// One tile, all padded members, one step or the close of a day.
struct HourStep {
  column::TileStep tile;  ///< `met` holds the members' daily values
  const StepWeather* weather = nullptr;
  Choices choices;
  double* sums = nullptr;             ///< day_sum_count rows, 0 at the start of the day
  double* energy_residual = nullptr;  ///< largest so far, W m-2, per padded member
};
using HourFunction = void (*)(const HourStep&);

}  // namespace tilth::hourly
