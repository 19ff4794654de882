#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/grid/decomposition.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

constexpr double tie_km = 1e-6;  // distances are compared in whole millimetres: ties do not hang on round-off

/// A candidate, best first: distance in ties, then global id.
struct Candidate {
  std::int64_t distance = std::numeric_limits<std::int64_t>::max();
  std::int64_t id = -1;
  auto operator<=>(const Candidate&) const = default;
};

/// Nearest of this rank's points.
class LocalSearch {
 public:
  explicit LocalSearch(const std::vector<GridPoint>& points) : points_(points), tree_(tree_of(points)) {}

  Candidate nearest(double lon, double lat, double reach_km) {
    const auto from = unit_vector(lon, lat);
    const double nearest_km = tree_.nearest_km(from);
    Candidate best;
    if (!(nearest_km <= reach_km)) return best;
    tree_.within(from, nearest_km + 2.0 * tie_km, near_);
    for (const std::int32_t i : near_) {
      const double distance_km = great_circle_km(from, tree_.place(i));
      if (distance_km <= reach_km)
        best = std::min(best, Candidate{std::llround(distance_km / tie_km), points_[std::size_t(i)].id});
    }
    return best;
  }

 private:
  static SphereTree tree_of(const std::vector<GridPoint>& points) {
    std::vector<double> lon, lat;
    for (const GridPoint& p : points) {
      lon.push_back(p.lon);
      lat.push_back(p.lat);
    }
    return SphereTree(lon, lat);
  }
  const std::vector<GridPoint>& points_;
  SphereTree tree_;
  std::vector<std::int32_t> near_;
};

void check_places(const std::vector<double>& lon, const std::vector<double>& lat, double reach_km) {
  require(lon.size() == lat.size(), "nearest points: ", lon.size(), " longitudes but ", lat.size(), " latitudes");
  require(reach_km >= 0.0, "nearest points: reach ", reach_km, " km, must not be negative");
  for (std::size_t i = 0; i < lon.size(); ++i)
    require(std::isfinite(lon[i]) && std::isfinite(lat[i]) && std::abs(lat[i]) <= 90.0, "nearest points: place ", i,
            " at longitude ", lon[i], ", latitude ", lat[i], "; expected degrees, latitude from -90 to 90");
}

}  // namespace

std::vector<std::int64_t> nearest_points(const Comm& comm, const Grid& grid, const std::vector<double>& lon,
                                         const std::vector<double>& lat, double reach_km) {
  together(comm, [&] { check_places(lon, lat, reach_km); });
  const BoundingCaps caps(comm, grid.points);
  std::vector<std::vector<double>> asked(std::size_t(comm.size()));  // lon, lat
  std::vector<std::vector<std::size_t>> position(asked.size());
  std::vector<int> ranks;
  for (std::size_t i = 0; i < lon.size(); ++i) {
    caps.ranks_of_nearest(unit_vector(lon[i], lat[i]), reach_km, ranks);
    for (const int r : ranks) {
      asked[std::size_t(r)].insert(asked[std::size_t(r)].end(), {lon[i], lat[i]});
      position[std::size_t(r)].push_back(i);
    }
  }
  LocalSearch search(grid.points);
  const auto questions = all_to_all(comm, asked);
  std::vector<std::vector<std::int64_t>> answers(asked.size());  // distance, id
  for (std::size_t r = 0; r < questions.size(); ++r) {
    for (std::size_t k = 0; k + 1 < questions[r].size(); k += 2) {
      const Candidate best = search.nearest(questions[r][k], questions[r][k + 1], reach_km);
      answers[r].insert(answers[r].end(), {best.distance, best.id});
    }
  }
  std::vector<Candidate> best(lon.size());
  const auto replies = all_to_all(comm, answers);
  for (std::size_t r = 0; r < replies.size(); ++r)
    for (std::size_t k = 0; k < position[r].size(); ++k)
      best[position[r][k]] = std::min(best[position[r][k]], Candidate{replies[r][2 * k], replies[r][2 * k + 1]});
  std::vector<std::int64_t> ids;
  for (const Candidate& c : best) ids.push_back(c.id);
  return ids;
}

}  // namespace tilth
