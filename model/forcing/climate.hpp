#pragma once

#include <array>

#include "core/base/time.hpp"

namespace tilth {

/// Climate normals of one month.
enum class Normal : int {
  temperature,        ///< K, mean
  temperature_sd,     ///< K, of daily means
  diurnal_range,      ///< K, mean of daily maximum minus minimum
  relative_humidity,  ///< 0..1, at the daily mean temperature (over ice below 0 C)
  cloud_fraction,     ///< 0..1
  wind_speed,         ///< m s-1
  precipitation,      ///< kg m-2 per day, mean of all days
  wet_day_frequency,  ///< 0..1
  count
};
inline constexpr int normal_count = int(Normal::count);

struct Normals {
  std::array<double, normal_count> value{};
  double& operator[](Normal n) { return value[int(n)]; }
  double operator[](Normal n) const { return value[int(n)]; }
};

/// Where a day lies between months: weights of three months that add up to 1 (quadratic B-spline: smooth, and positive
/// normals stay positive; it lowers the yearly wave by 3 %).
struct Season {
  explicit Season(Time day);
  std::array<int, 3> month;
  std::array<double, 3> weight;
};

/// Earth-like climate normals of a place: formulas of latitude, land around it and elevation, drawn towards the normals
/// of about 110 well-known places (docs/model/forcing.md). Depends on nothing but the three arguments.
class Climate {
 public:
  /// Degrees and metres. About 30 microseconds.
  Climate(double lon, double lat, double elevation_m);

  /// Month 0 (January) to 11.
  const Normals& month(int m) const { return months_[m]; }
  /// Smooth course of the year.
  Normals on(const Season& season) const;

  double lon() const { return lon_; }
  double lat() const { return lat_; }
  double elevation_m() const { return elevation_m_; }
  /// Share of land within some 800 km, 0..1.
  double continentality() const { return continentality_; }
  /// Mean surface pressure, Pa (standard atmosphere).
  double surface_pressure() const;

  double mean_temperature() const;      ///< K, of the year
  double coldest_month() const;         ///< K
  double warmest_month() const;         ///< K
  double yearly_precipitation() const;  ///< kg m-2
  double growing_degree_days() const;   ///< K d above 5 C
  /// Potential evapotranspiration of a month, kg m-2 per day (Oudin et al. 2005).
  double potential_evapotranspiration(int m) const;
  /// Yearly precipitation over yearly potential evapotranspiration.
  double moisture_index() const;

 private:
  void set_temperature(double mean_c, double half_range_k);
  void set_precipitation(const std::array<double, 12>& mm);
  void set_moisture(double coldness_of_sea);

  double lon_, lat_, elevation_m_, continentality_ = 0.0;
  std::array<Normals, 12> months_;
};

}  // namespace tilth
