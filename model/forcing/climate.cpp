#include "model/forcing/climate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"
#include "core/physics/solar.hpp"
#include "model/forcing/anchor_correction.hpp"

namespace tilth {
namespace {

constexpr double freezing_k = 273.15;
constexpr double months_per_year = 12.0;
constexpr double days_per_month = 365.25 / months_per_year;

double toa_w_m2(int month, double lat) {
  constexpr int mid_month = 15, any_year = 2001;
  return solar_day(time_of(any_year, month + 1, mid_month), lat).toa_mean_w_m2;
}

// Mean precipitation of a wet day, kg m-2: grows with the root of the monthly amount, and with warmth.
double wet_day_amount(double mm_per_month, double celsius) {
  return std::sqrt(mm_per_month) * std::clamp(0.48 + 0.02 * celsius, 0.22, 1.05);
}

}  // namespace

Season::Season(Time day) {
  const Date date = date_of(day);
  const double x = (date.day_of_year - 0.5) / days_in_year(date.year) * months_per_year - 0.5;
  const int middle = int(std::lround(x));
  const double d = x - middle;
  month = {(middle + 11) % 12, (middle + 12) % 12, (middle + 1) % 12};
  weight = {0.5 * (0.5 - d) * (0.5 - d), 0.75 - d * d, 0.5 * (0.5 + d) * (0.5 + d)};
}

Climate::Climate(double lon, double lat, double elevation_m) : lon_(lon), lat_(lat), elevation_m_(elevation_m) {
  require(std::abs(lat) <= 90.0 && std::abs(lon) <= 360.0 && std::abs(elevation_m) < 9000.0, "climate of longitude ",
          lon, ", latitude ", lat, ", elevation ", elevation_m, " m: not a place on Earth; check the grid or site");
  const Surroundings s = surroundings_of(lon, lat);
  const AnchorCorrection correction = anchor_correction(lon, lat);
  continentality_ = s.near.mean();
  const SeaLevelTemperature t = formula_temperature(lat, s);
  set_temperature(t.mean_c + correction.mean_k, t.half_range_k + correction.half_range_k);
  std::array<double, 12> mm;
  for (int m = 0; m < 12; ++m)
    mm[m] = (formula_precipitation(lon, lat, s, m) + precipitation_offset_mm) *
                std::exp(correction.log_precipitation_in(m)) -
            precipitation_offset_mm;
  set_precipitation(mm);
  set_moisture(cold_current(lat, s.near));
}

void Climate::set_temperature(double mean_c, double half_range_k) {
  constexpr double pi = std::numbers::pi;
  const double hemisphere = lat_ >= 0.0 ? 1.0 : -1.0;
  const double lag = 0.2 + 0.8 * (1.0 - continentality_);  // months behind mid-July: the sea is slow
  const double amplitude = hemisphere * half_range_k / std::cos(2.0 * pi * lag / months_per_year);
  const double variable = 1.0 - std::exp(-std::pow(lat_ / 38.0, 2));  // 0 in the tropics
  for (int m = 0; m < 12; ++m) {
    const double wave = std::cos(2.0 * pi * (m - 6.0 - lag) / months_per_year);
    const double winter = 0.5 - 0.5 * hemisphere * wave;
    months_[m][Normal::temperature] = freezing_k + mean_c - lapse_rate * elevation_m_ + amplitude * wave;
    months_[m][Normal::temperature_sd] = 0.9 + 7.0 * variable * (0.2 + 0.8 * continentality_) * (0.62 + 0.38 * winter);
    months_[m][Normal::wind_speed] = 2.2 + 2.3 * (1.0 - continentality_) + 0.8 * winter * variable;
  }
}

void Climate::set_precipitation(const std::array<double, 12>& mm) {
  constexpr double least_mm = 0.1, most_wet_days = 0.85;
  for (int m = 0; m < 12; ++m) {
    const double amount = std::max(mm[m], least_mm);
    const double wet = amount / days_per_month / wet_day_amount(amount, months_[m][Normal::temperature] - freezing_k);
    months_[m][Normal::precipitation] = amount / days_per_month;
    months_[m][Normal::wet_day_frequency] = std::min(wet, most_wet_days);
  }
}

void Climate::set_moisture(double cold_sea) {
  for (int m = 0; m < 12; ++m) {
    Normals& n = months_[m];
    const double supply = n[Normal::precipitation] / std::max(potential_evapotranspiration(m), 0.05);
    const double dryness = 1.0 - std::tanh(1.5 * supply);
    n[Normal::relative_humidity] = 0.87 - dryness * (0.60 - 0.22 * (1.0 - continentality_) - 0.25 * cold_sea);
    const double moist = n[Normal::relative_humidity] * n[Normal::relative_humidity];
    n[Normal::cloud_fraction] =
        std::min(0.95, 0.02 + 0.40 * std::pow(n[Normal::wet_day_frequency], 0.7) + 0.45 * moist + 0.2 * cold_sea);
    const double sunshine = 1.0 - n[Normal::cloud_fraction];
    n[Normal::diurnal_range] = (4.0 + 15.0 * sunshine * (0.6 + 0.4 * continentality_)) *
                               (0.6 + 0.4 * std::min(1.0, toa_w_m2(m, lat_) / 350.0));
  }
}

Normals Climate::on(const Season& season) const {
  Normals n;
  const Normals &a = months_[season.month[0]], &b = months_[season.month[1]], &c = months_[season.month[2]];
  for (int i = 0; i < normal_count; ++i)
    n.value[i] = season.weight[0] * a.value[i] + season.weight[1] * b.value[i] + season.weight[2] * c.value[i];
  return n;
}

double Climate::surface_pressure() const {
  return 101325.0 * std::pow(1.0 - 2.25577e-5 * elevation_m_, 5.25588);  // ICAO standard atmosphere
}

double Climate::potential_evapotranspiration(int m) const {
  constexpr double w_m2_per_mm_day = 2.45e6 / 86400.0;  // latent heat of 1 kg m-2 per day
  const double celsius = months_[m][Normal::temperature] - freezing_k;
  return std::max(0.0, toa_w_m2(m, lat_) / w_m2_per_mm_day * (celsius + 5.0) / 100.0);
}

double Climate::mean_temperature() const {
  double sum = 0.0;
  for (const Normals& n : months_) sum += n[Normal::temperature];
  return sum / months_per_year;
}

double Climate::coldest_month() const {
  double least = 1e9;
  for (const Normals& n : months_) least = std::min(least, n[Normal::temperature]);
  return least;
}

double Climate::warmest_month() const {
  double most = 0.0;
  for (const Normals& n : months_) most = std::max(most, n[Normal::temperature]);
  return most;
}

double Climate::yearly_precipitation() const {
  double sum = 0.0;
  for (const Normals& n : months_) sum += n[Normal::precipitation] * days_per_month;
  return sum;
}

double Climate::growing_degree_days() const {
  double sum = 0.0;
  for (const Normals& n : months_) sum += std::max(0.0, n[Normal::temperature] - freezing_k - 5.0) * days_per_month;
  return sum;
}

double Climate::moisture_index() const {
  double demand = 0.0;
  for (int m = 0; m < 12; ++m) demand += potential_evapotranspiration(m) * days_per_month;
  return yearly_precipitation() / std::max(demand, 1.0);
}

}  // namespace tilth
