#include "io/met_physics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace tilth::met {

namespace {

constexpr double solar_constant = 1361.0;                  // W m-2
constexpr double stefan_boltzmann = 5.670374419e-8;        // W m-2 K-4
constexpr double epsilon = 0.62198;                        // molar mass of water over that of dry air
constexpr double bristow_b = 0.006, bristow_c = 2.4;       // K-c, 1: fits the ranges of twelve tower sites without bias
constexpr double least_range = 2.0, largest_range = 22.0;  // K

}  // namespace

double saturation_pressure(double temperature_k) {
  const double t = temperature_k - 273.15;
  return 610.94 * std::exp(17.625 * t / (t + 243.04));
}

double extraterrestrial_radiation(Time day, double lat) {
  const double angle = 2.0 * std::numbers::pi * (date_of(day).day_of_year - 1) / 365.0;
  const double declination = 0.006918 - 0.399912 * std::cos(angle) + 0.070257 * std::sin(angle) -
                             0.006758 * std::cos(2 * angle) + 0.000907 * std::sin(2 * angle) -
                             0.002697 * std::cos(3 * angle) + 0.00148 * std::sin(3 * angle);
  const double nearness = 1.0 + 0.033 * std::cos(angle);  // squared mean over actual distance
  const double phi = lat * std::numbers::pi / 180.0;
  const double sunset = std::acos(std::clamp(-std::tan(phi) * std::tan(declination), -1.0, 1.0));
  const double integral =
      sunset * std::sin(phi) * std::sin(declination) + std::cos(phi) * std::cos(declination) * std::sin(sunset);
  return std::max(0.0, solar_constant / std::numbers::pi * nearness * integral);
}

double clear_sky_transmissivity(double elevation_m) { return std::min(0.75 + 2e-5 * std::max(elevation_m, 0.0), 0.9); }

double clear_sky_emissivity(double vapour_pressure, double temperature_k) {
  const double water = 46.5 * 0.01 * vapour_pressure / temperature_k;  // precipitable water, cm
  return 1.0 - (1.0 + water) * std::exp(-std::sqrt(1.2 + 3.0 * water));
}

double longwave(double vapour_pressure, double temperature_k, double cloud_fraction) {
  const double emissivity =
      cloud_fraction + (1.0 - cloud_fraction) * clear_sky_emissivity(vapour_pressure, temperature_k);
  return emissivity * stefan_boltzmann * std::pow(temperature_k, 4);
}

double cloud_fraction(double shortwave, double clear_sky_shortwave) {
  constexpr double too_low = 5.0, typical = 0.6;  // W m-2; share of cloud in polar nights
  if (clear_sky_shortwave < too_low) return typical;
  return std::clamp(1.0 - shortwave / clear_sky_shortwave, 0.0, 1.0);
}

double temperature_range(double transmissivity, double clear_sky_transmissivity) {
  const double share = std::clamp(transmissivity / clear_sky_transmissivity, 0.02, 0.98);
  return std::clamp(std::pow(-std::log(1.0 - share) / bristow_b, 1.0 / bristow_c), least_range, largest_range);
}

double transmissivity(double temperature_range_k, double clear_sky_transmissivity) {
  return clear_sky_transmissivity *
         (1.0 - std::exp(-bristow_b * std::pow(std::max(temperature_range_k, 0.0), bristow_c)));
}

double standard_pressure(double elevation_m) {
  return 101325.0 * std::pow(1.0 - 0.0065 * elevation_m / 288.15, 5.25588);
}

double vapour_pressure(double specific_humidity, double pressure) {
  return specific_humidity * pressure / (epsilon + (1.0 - epsilon) * specific_humidity);
}

}  // namespace tilth::met
