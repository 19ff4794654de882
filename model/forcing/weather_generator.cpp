#include "model/forcing/weather_generator.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/physics/solar.hpp"
#include "model/forcing/humidity.hpp"

namespace tilth {
namespace {

constexpr double freezing_k = 273.15;

/// Chance that a standard normal exceeds z.
double exceedance(double z) { return 0.5 * std::erfc(z * std::numbers::sqrt2 * 0.5); }

/// Two independent standard normals blended to one, with correlation `share` to the first.
double blended(double share, double first, double second) {
  return share * first + std::sqrt(1.0 - share * share) * second;
}

/// A value in (0, 1) that scatters about `mean` with `spread` in logit space; the mean is kept (MacKay 1992, eq. 10).
double logistic_scatter(double mean, double spread, double normal) {
  const double m = std::clamp(mean, 0.01, 0.99);
  const double centre = std::log(m / (1.0 - m)) * std::sqrt(1.0 + spread * spread * std::numbers::pi / 8.0);
  return 1.0 / (1.0 + std::exp(-(centre + spread * normal)));
}

/// Amount of a wet day by inverse distribution: Weibull of shape 3/4, which has the mean asked for.
double wet_day_amount(double mean, double normal) {
  constexpr double gamma_of_7_3 = 1.1906393487589990;  // mean of a Weibull variate of scale 1 and shape 3/4
  const double x = -std::log(std::max(exceedance(normal), 1e-300));
  return mean / gamma_of_7_3 * x * std::cbrt(x);
}

double within(Met m, double value) {
  return std::clamp(value, met_variables[int(m)].lower, met_variables[int(m)].upper);
}

}  // namespace

MetDay weather_of(const Climate& climate, const Normals& n, double toa_w_m2, double co2,
                  std::span<const double> fields) {
  constexpr double cloud_spread = 1.6, humidity_spread = 0.7, wind_spread = 0.35;
  const auto field = [&](Field f) { return fields[int(f)]; };
  const double wetness = field(Field::wetness);
  const double wet_days = n[Normal::wet_day_frequency];
  const bool wet = exceedance(wetness) < wet_days;

  // fronts bring mild air in winter; showers and cloud cool warm days
  const double warm_when_wet = std::clamp((5.0 - (n[Normal::temperature] - freezing_k)) / 50.0, -0.35, 0.35);
  const double anomaly = blended(warm_when_wet, wetness, field(Field::temperature));
  const double temperature =
      within(Met::air_temperature_min, n[Normal::temperature] + n[Normal::temperature_sd] * anomaly);
  const double cloud =
      logistic_scatter(n[Normal::cloud_fraction], cloud_spread, blended(0.75, wetness, field(Field::cloud)));
  const double humidity =
      logistic_scatter(n[Normal::relative_humidity], humidity_spread, blended(0.6, wetness, field(Field::humidity)));
  const double range = n[Normal::diurnal_range] * (1.0 + 0.9 * (n[Normal::cloud_fraction] - cloud));
  const double half_range = std::min({0.5 * range, temperature - met_variables[int(Met::air_temperature_min)].lower,
                                      met_variables[int(Met::air_temperature_max)].upper - temperature});

  MetDay met;
  met[Met::air_temperature] = temperature;
  met[Met::air_temperature_min] = temperature - half_range;
  met[Met::air_temperature_max] = temperature + half_range;
  // Angstrom-Prescott with the coefficients of Allen et al. 1998, eq. 35: an overcast day has a third of the clear one
  const double clear = clear_sky_transmissivity(climate.elevation_m()) * toa_w_m2;
  met[Met::shortwave] = clear * (1.0 - 2.0 / 3.0 * cloud);
  met[Met::vapour_pressure] = within(Met::vapour_pressure, humidity * saturation_pressure(temperature));
  met[Met::longwave] = within(Met::longwave, longwave_down(temperature, met[Met::vapour_pressure], cloud));
  met[Met::surface_pressure] = within(Met::surface_pressure, climate.surface_pressure());
  const double gust = blended(0.3, wetness, field(Field::wind));
  met[Met::wind_speed] =
      within(Met::wind_speed, n[Normal::wind_speed] * std::exp(wind_spread * gust - 0.5 * wind_spread * wind_spread));
  const double amount = wet ? wet_day_amount(n[Normal::precipitation] / wet_days, field(Field::amount)) : 0.0;
  met[Met::precipitation] = within(Met::precipitation, amount / double(seconds_per_day));
  met[Met::co2] = co2;
  return met;
}

WeatherGenerator::WeatherGenerator(Options options)
    : options_(options), fields_(std::uint64_t(options.seed), options.correlation_km, options.persistence_days) {}

bool WeatherGenerator::same_points(std::span<const GridPoint> points) const {
  if (points.size() != climates_.size()) return false;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].lon != climates_[i].lon() || points[i].lat != climates_[i].lat() ||
        points[i].surface.elevation_m != climates_[i].elevation_m())
      return false;
  return true;
}

void WeatherGenerator::read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) {
  require(out.size() == points.size(), "weather generator: ", points.size(), " points but room for ", out.size(),
          " days");
  if (!same_points(points)) {
    climates_.clear();
    for (const GridPoint& point : points) climates_.emplace_back(point.lon, point.lat, point.surface.elevation_m);
    fields_.set_points(points);
  }
  const Time midnight_utc = midnight(day);
  const std::int64_t day_number = midnight_utc.seconds / seconds_per_day;
  const std::span<const double> fields = fields_.on_day(day_number);
  const Season season(midnight_utc);
  const Sun sun = sun_at(midnight_utc + seconds_per_day / 2);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double toa = solar_day(sun, points[i].lat).toa_mean_w_m2;
    out[i] = weather_of(climates_[i], climates_[i].on(season), toa, options_.co2,
                        fields.subspan(i * field_count, field_count));
  }
}

std::vector<std::string> WeatherGenerator::remarks() const {
  return {text("weather generated with seed ", options_.seed, ": Earth-like climate, not the weather of these dates")};
}

}  // namespace tilth
