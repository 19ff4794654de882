#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/config/schema.hpp"
#include "core/state/forcing.hpp"
#include "model/forcing/climate.hpp"
#include "model/forcing/weather_fields.hpp"

namespace tilth {

/// Daily weather that follows from a place's climate normals and from standard normals of the day's weather fields.
/// Pure; temperature, humidity, cloud, radiation and precipitation are consistent with each other.
MetDay weather_of(const Climate& climate, const Normals& normals, double toa_w_m2, double co2,
                  std::span<const double> fields);

/// Weather without files: Earth-like climate with keyed daily weather (Richardson 1981 in spirit, but correlated in
/// space and computable for any day alone). The weather of a point and day depends only on the options, on its
/// longitude, latitude and elevation, and on the date.
class WeatherGenerator final : public ForcingSource {
 public:
  struct Options {
    std::int64_t seed = 1;
    double correlation_km = 600.0;
    double persistence_days = 3.0;
    double co2 = 400.0;
    void describe(Schema& s) {
      s.integer("seed", seed).in(0, 9'000'000'000'000'000).about("Another seed, other weather of the same climate.");
      s.real("correlation_km", correlation_km)
          .in(50.0, 5000.0)
          .units("km")
          .about("Distance over which weather is alike.");
      s.real("persistence_days", persistence_days)
          .in(0.5, 10.0)
          .units("day")
          .about("E-folding time of temperature anomalies; rain, cloud, humidity and wind forget in two thirds of it.");
      s.real("co2", co2).in(180.0, 1200.0).units("umol mol-1").about("Mole fraction of carbon dioxide, constant.");
    }
  };
  explicit WeatherGenerator(Options options);

  void read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) override;
  std::vector<std::string> files() const override { return {}; }
  std::vector<std::string> remarks() const override;

 private:
  bool same_points(std::span<const GridPoint> points) const;

  Options options_;
  WeatherFields fields_;
  std::vector<Climate> climates_;  ///< of the points of the last call
};

}  // namespace tilth
