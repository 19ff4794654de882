#include "driver/calibrate/scope/site_features.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "core/physics/humidity.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// Reference evaporation of a day, kg m-2: 0.65 s / (s + gamma) K / lambda (Makkink 1957; de Bruin 1987).
double makkink(const MetDay& day) {
  const double slope = physics::saturation_water(day[Met::air_temperature] - 273.15).slope;
  const double latent = 2.45e6;                                // J kg-1
  const double gamma = 0.000665 * day[Met::surface_pressure];  // Pa K-1 (Allen et al. 1998, eq. 8)
  return 0.65 * slope / (slope + gamma) * day[Met::shortwave] * double(seconds_per_day) / latent;
}

struct Sums {
  std::array<double, 12> temperature{}, days{};
  double precipitation = 0.0, evaporation = 0.0, shortwave = 0.0, deficit = 0.0, count = 0.0;

  void add(const MetDay& day, int month) {
    const double t = day[Met::air_temperature] - 273.15, seconds = double(seconds_per_day);
    temperature[std::size_t(month - 1)] += t;
    days[std::size_t(month - 1)] += 1.0;
    precipitation += day[Met::precipitation] * seconds;
    evaporation += makkink(day);
    shortwave += day[Met::shortwave];
    deficit += std::max(0.0, physics::saturation_water(t).pressure - day[Met::vapour_pressure]);
    count += 1.0;
  }

  SiteClimate climate() const {
    double mean = 0.0, warmest = -1e9, coldest = 1e9, months = 0.0;
    for (std::size_t m = 0; m < 12; ++m) {
      if (days[m] == 0.0) continue;
      const double t = temperature[m] / days[m];
      mean += t;
      months += 1.0;
      warmest = std::max(warmest, t);
      coldest = std::min(coldest, t);
    }
    const double per_year = 365.2425 / count;
    return {mean / months,     warmest - coldest, precipitation * per_year, precipitation / std::max(evaporation, 1.0),
            shortwave / count, deficit / count};
  }
};

double cover_of(const GridPoint& point, int pft) {
  double share = 0.0;
  for (const Tile& tile : point.surface.tiles)
    if (tile.pft == pft) share += tile.fraction;
  return share;
}

double value_of(const std::string& word, const GridPoint& point, const SiteClimate& c) {
  if (word == "temperature") return c.temperature_c;
  if (word == "temperature_amplitude") return c.amplitude_k;
  if (word == "precipitation") return std::log(std::max(c.precipitation_mm, 1.0));
  if (word == "aridity") return std::log(std::max(c.aridity, 0.01));
  if (word == "shortwave") return c.shortwave_w_m2;
  if (word == "vapour_pressure_deficit") return c.deficit_pa;
  if (word == "sand") return point.surface.sand_percent;
  if (word == "clay") return point.surface.clay_percent;
  if (word == "organic") return point.surface.organic_fraction;
  if (word == "soil_depth") return point.surface.soil_depth_m;
  if (word == "elevation") return point.surface.elevation_m;
  if (word == "bare") return cover_of(point, 0);
  require(word == "latitude", "calibration.features: no feature is called '", word, "'");
  return std::abs(point.lat);
}

}  // namespace

const std::vector<std::string>& feature_names() {
  static const std::vector<std::string> names{"temperature",   "temperature_amplitude",
                                              "precipitation", "aridity",
                                              "shortwave",     "vapour_pressure_deficit",
                                              "cover",         "bare",
                                              "sand",          "clay",
                                              "organic",       "soil_depth",
                                              "elevation",     "latitude"};
  return names;
}

const std::vector<std::string>& default_features() {
  static const std::vector<std::string> names{
      "temperature", "temperature_amplitude", "aridity", "shortwave", "cover", "bare", "sand", "clay"};
  return names;
}

std::vector<SiteClimate> climate_of(ForcingSource& weather, std::span<const GridPoint> points, Time begin, Time end) {
  require(begin < end, "climate of places: the period ", format_time(begin), " to ", format_time(end), " is empty");
  std::vector<Sums> sums(points.size());
  std::vector<MetDay> days(points.size());
  for (Time day = midnight(begin); day < end; day = day + seconds_per_day) {
    weather.read(day, points, days);
    const int month = date_of(day).month;
    for (std::size_t p = 0; p < points.size(); ++p) sums[p].add(days[p], month);
  }
  std::vector<SiteClimate> out;
  for (const Sums& sum : sums) out.push_back(sum.climate());
  return out;
}

FeatureTable point_features(std::span<const std::string> words, std::span<const GridPoint> points,
                            std::span<const SiteClimate> climate) {
  FeatureTable table;
  for (const std::string& word : words) {
    if (word == "cover")
      for (int pft = 1; pft < pft_count; ++pft) table.names.push_back("cover_" + pft_names[std::size_t(pft)]);
    else
      table.names.push_back(word);
  }
  table.values = Matrix(Index(points.size()), Index(table.names.size()));
  for (std::size_t p = 0; p < points.size(); ++p) {
    Index column = 0;
    for (const std::string& word : words) {
      if (word != "cover") {
        table.values(Index(p), column++) = value_of(word, points[p], climate[p]);
        continue;
      }
      for (int pft = 1; pft < pft_count; ++pft) table.values(Index(p), column++) = cover_of(points[p], pft);
    }
  }
  return table;
}

void add_observed(FeatureTable& table, const SiteRuns& runs, std::span<const std::string> streams) {
  for (const std::string& stream : streams) {
    const auto& all = runs.streams();
    const auto found = std::find(all.begin(), all.end(), stream);
    require(found != all.end(), "calibration.feature_streams: no stream is called '", stream,
            "'; name one of observations, or leave it out");
    table.names.push_back("mean_" + stream);
    table.values.conservativeResize(Eigen::NoChange, table.values.cols() + 1);
    for (int site = 0; site < runs.sites(); ++site) {
      double sum = 0.0, count = 0.0;
      for (const ObsRecord& obs : runs.observations(site)) {
        if (obs.type != int(found - all.begin()) || obs.flag != qc_used) continue;
        sum += obs.value;
        count += 1.0;
      }
      table.values(site, table.values.cols() - 1) = count > 0.0 ? sum / count : missing;
    }
  }
}

void FeatureTable::fill(std::span<const Index> rows) {
  for (Index f = 0; f < values.cols(); ++f) {
    double sum = 0.0, count = 0.0;
    for (const Index i : rows)
      if (std::isfinite(values(i, f))) {
        sum += values(i, f);
        count += 1.0;
      }
    for (Index i = 0; i < values.rows(); ++i)
      if (!std::isfinite(values(i, f))) values(i, f) = count > 0.0 ? sum / count : 0.0;
  }
}

}  // namespace tilth
