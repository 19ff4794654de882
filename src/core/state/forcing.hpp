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

/// A source of daily weather for this rank's points.
class ForcingSource {
 public:
  virtual ~ForcingSource() = default;
  /// Weather of the UTC day starting at `day` at every point. All values finite and inside `met_variables`. Collective.
  virtual void read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) = 0;
  /// False where the weather of that UTC day at this rank's point is borrowed from another year, so that observations
  /// of the day say nothing about the forecast of it.
  virtual bool own_weather(std::size_t /*point*/, Time /*day*/) const { return true; }
  /// Files read so far (for provenance) and sentences about gaps filled and variables derived.
  virtual std::vector<std::string> files() const = 0;
  virtual std::vector<std::string> remarks() const = 0;
};

}  // namespace tilth
