#include "core/grid/bounding_caps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>

#include "core/base/sphere.hpp"

namespace tilth {
namespace {

constexpr std::size_t caps_per_rank = 8;
constexpr double margin_km = 1e-3;  // covers round-off of distances

/// Longitude, latitude (degrees) and radius (km) of a cap around the points.
std::array<double, 3> enclosing_cap(std::span<const GridPoint> points) {
  std::array<double, 3> sum{};
  for (const GridPoint& p : points) {
    const auto v = unit_vector(p.lon, p.lat);
    for (int k = 0; k < 3; ++k) sum[k] += v[k];
  }
  const double degrees = 180.0 / std::numbers::pi;
  const double lon = std::atan2(sum[1], sum[0]) * degrees;
  const double lat = std::atan2(sum[2], std::hypot(sum[0], sum[1])) * degrees;
  const auto centre = unit_vector(lon, lat);
  double radius = 0.0;
  for (const GridPoint& p : points) radius = std::max(radius, great_circle_km(centre, unit_vector(p.lon, p.lat)));
  return {lon, lat, radius + margin_km};
}

/// This rank's caps, flat: lon, lat, radius, rank.
std::vector<double> own_caps(int rank, const std::vector<GridPoint>& points) {
  std::vector<double> flat;
  const std::size_t runs = std::min(caps_per_rank, points.size());
  for (std::size_t r = 0; r < runs; ++r) {
    const std::size_t begin = r * points.size() / runs, end = (r + 1) * points.size() / runs;
    const auto cap = enclosing_cap(std::span(points).subspan(begin, end - begin));
    flat.insert(flat.end(), {cap[0], cap[1], cap[2], double(rank)});
  }
  return flat;
}

void keep_unique(std::vector<int>& ranks) {
  std::sort(ranks.begin(), ranks.end());
  ranks.erase(std::unique(ranks.begin(), ranks.end()), ranks.end());
}

}  // namespace

BoundingCaps::BoundingCaps(const Comm& comm, const std::vector<GridPoint>& points) : centres_({}, {}) {
  const std::vector<double> flat = comm.all_gather(std::span<const double>(own_caps(comm.rank(), points)));
  std::vector<double> lon, lat;
  for (std::size_t i = 0; i + 3 < flat.size(); i += 4) {
    lon.push_back(flat[i]);
    lat.push_back(flat[i + 1]);
    caps_.push_back({int(flat[i + 3]), flat[i + 2]});
    largest_radius_km_ = std::max(largest_radius_km_, flat[i + 2]);
  }
  centres_ = SphereTree(lon, lat);
}

void BoundingCaps::caps_within(const std::array<double, 3>& from, double reach_km,
                               std::vector<std::int32_t>& caps) const {
  centres_.within(from, reach_km + largest_radius_km_, caps);
  std::erase_if(caps, [&](std::int32_t c) {
    return great_circle_km(from, centres_.place(c)) > reach_km + caps_[std::size_t(c)].radius_km;
  });
}

void BoundingCaps::ranks_within(const std::array<double, 3>& from, double reach_km, std::vector<int>& ranks) const {
  thread_local std::vector<std::int32_t> caps;
  caps_within(from, reach_km, caps);
  ranks.clear();
  for (const std::int32_t c : caps) ranks.push_back(caps_[std::size_t(c)].rank);
  keep_unique(ranks);
}

void BoundingCaps::ranks_of_nearest(const std::array<double, 3>& from, double reach_km, std::vector<int>& ranks) const {
  thread_local std::vector<std::int32_t> caps;
  caps_within(from, reach_km, caps);
  double surely_km = std::numeric_limits<double>::infinity();  // some point is at most this far
  for (const std::int32_t c : caps)
    surely_km = std::min(surely_km, great_circle_km(from, centres_.place(c)) + caps_[std::size_t(c)].radius_km);
  ranks.clear();
  for (const std::int32_t c : caps) {
    const double at_least_km = great_circle_km(from, centres_.place(c)) - caps_[std::size_t(c)].radius_km;
    if (at_least_km <= surely_km + margin_km) ranks.push_back(caps_[std::size_t(c)].rank);
  }
  keep_unique(ranks);
}

}  // namespace tilth
