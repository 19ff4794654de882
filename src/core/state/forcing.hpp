#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/base/time.hpp"
#include "core/grid/grid.hpp"

namespace tilth {

/// Meteorological forcing of one day. CF names and units in `met_variables`.
enum class Met : int {
  air_temperature,      ///< K, daily mean
  air_temperature_min,  ///< K
  air_temperature_max,  ///< K
  shortwave,            ///< W m-2, daily mean, downwelling
  longwave,             ///< W m-2, daily mean, downwelling
  vapour_pressure,      ///< Pa, daily mean
  surface_pressure,     ///< Pa
  wind_speed,           ///< m s-1
  precipitation,        ///< kg m-2 s-1, rain and snow
  co2,                  ///< umol mol-1
  count
};
inline constexpr int met_count = int(Met::count);

struct MetVariable {
  std::string name, standard_name, units;
  double lower, upper;  ///< values outside are refused
};
extern const std::array<MetVariable, met_count> met_variables;

/// One day at one place.
struct MetDay {
  std::array<double, met_count> value{};
  double& operator[](Met m) { return value[int(m)]; }
  double operator[](Met m) const { return value[int(m)]; }
};

/// One day at one place for all members: rows of padded members.
struct MetMembers {
  explicit MetMembers(int members) : stride(padded(members)), data(std::size_t(met_count) * stride) {}
  int stride;
  AlignedVector<double> data;
  double* row(Met m) { return data.data() + std::size_t(int(m)) * stride; }
  const double* row(Met m) const { return data.data() + std::size_t(int(m)) * stride; }
  /// The same weather for every member.
  void fill(const MetDay& day) {
    for (int m = 0; m < met_count; ++m)
      for (int k = 0; k < stride; ++k) data[std::size_t(m) * stride + k] = day.value[m];
  }
};

/// Meteorological forcing of one model step shorter than a day: means over the step.
enum class StepMet : int {
  air_temperature,   ///< K
  shortwave,         ///< W m-2, downwelling
  longwave,          ///< W m-2, downwelling
  vapour_pressure,   ///< Pa
  surface_pressure,  ///< Pa
  wind_speed,        ///< m s-1
  precipitation,     ///< kg m-2 s-1, rain and snow
  co2,               ///< umol mol-1
  count
};
inline constexpr int step_met_count = int(StepMet::count);
inline constexpr int max_steps_per_day = 48;

/// The steps of one UTC day at one place.
struct MetSteps {
  int per_day = 24;  ///< steps of the day: 24 or 48
  std::array<std::array<double, max_steps_per_day>, step_met_count> value{};
  double& at(StepMet m, int step) { return value[int(m)][step]; }
  double at(StepMet m, int step) const { return value[int(m)][step]; }
};

/// The weather of one UTC day as a model sees it.
struct DayWeather {
  const MetMembers& members;        ///< daily values of every member
  const MetDay& mean;               ///< the same before members were perturbed
  const MetSteps* steps = nullptr;  ///< course of the day before perturbation, where the source knows it
};

/// A source of weather for this rank's points, day by day.
class ForcingSource {
 public:
  virtual ~ForcingSource() = default;
  /// Weather of the UTC day starting at `day` at every point. All values finite and inside `met_variables`. Collective.
  virtual void read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) = 0;
  /// Steps per day of `read_steps`; 0: the source knows daily values only.
  virtual int steps_per_day() const { return 0; }
  /// Course of the UTC day starting at `day` at every point, whose daily means are those of `read`. Collective.
  virtual void read_steps(Time /*day*/, std::span<const GridPoint> /*points*/, std::span<MetSteps> /*out*/) {}
  /// False where the weather of that UTC day at this rank's point is borrowed from another year, so that observations
  /// of the day say nothing about the forecast of it.
  virtual bool own_weather(std::size_t /*point*/, Time /*day*/) const { return true; }
  /// Files read so far (for provenance) and sentences about gaps filled and variables derived.
  virtual std::vector<std::string> files() const = 0;
  virtual std::vector<std::string> remarks() const = 0;
};

}  // namespace tilth
