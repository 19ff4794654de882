#include <algorithm>
#include <cmath>
#include <numbers>

#include "driver/instrument/geostationary.hpp"
#include "driver/instrument/sampler.hpp"

namespace tilth {

double geostationary_view_deg(double lon, double lat, double satellite_lon) {
  constexpr double degree = std::numbers::pi / 180.0;
  constexpr double radius_ratio = 6378.137 / 42164.17;  // of the Earth and of the orbit
  const double cosine = std::cos(lat * degree) * std::cos((lon - satellite_lon) * degree);
  return std::atan2(std::sqrt(1.0 - std::min(1.0, cosine * cosine)), cosine - radius_ratio) / degree;
}

namespace {

/// Looks at fixed times of the UTC day, from the satellite that sees a cell most steeply.
class GeostationarySampler final : public Sampler {
 public:
  GeostationarySampler(const Domain& domain, int type)
      : domain_(domain), simulate_(domain.streams[type].options->simulate) {
    for (const GridPoint& point : domain.grid.points) {
      double least = 180.0;
      for (const double satellite : simulate_.sampling.geostationary.longitudes)
        least = std::min(least, geostationary_view_deg(point.lon, point.lat, satellite));
      view_deg_.push_back(least);
    }
  }

  void looks(Time day, int c, std::vector<Look>& out) const override {
    const DiscOptions& o = simulate_.sampling.geostationary;
    const double view = view_deg_[std::size_t(c)], footprint_km = simulate_.errors.footprint_km;
    if (view > o.view_limit_deg) return;
    const GridPoint& point = domain_.grid.points[c];
    const double cell_km = std::max(1e-3 * std::sqrt(point.area_m2), footprint_km);
    std::int64_t number = 0;
    for (std::int64_t second = o.first_s; second < seconds_per_day; second += o.interval_s, ++number) {
      const Time at = day + std::max<std::int64_t>(1, second);  // an instant at midnight would be a date
      Look look{.begin = at, .end = at, .number = number, .view_zenith_deg = view, .lon = point.lon, .lat = point.lat};
      look.length_km = look.width_km = cell_km;
      if (footprint_km > 0.0)  // a slanted footprint is longer
        look.footprints =
            std::max(1.0, std::pow(cell_km / footprint_km, 2) * std::cos(view * std::numbers::pi / 180.0));
      out.push_back(look);
    }
  }

 private:
  const Domain& domain_;
  const SimulateOptions& simulate_;
  std::vector<double> view_deg_;  // of each column
};

}  // namespace

std::unique_ptr<Sampler> geostationary_sampler(const Domain& domain, int type) {
  return std::make_unique<GeostationarySampler>(domain, type);
}

}  // namespace tilth
