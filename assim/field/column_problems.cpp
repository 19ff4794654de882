#include "assim/field/column_problems.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "assim/field/localisation_rules.hpp"
#include "core/base/sphere.hpp"

namespace tilth {

NearObs observations_near(const ObsSearch& search, const ObsTable& table, const GridPoint& point, double reach_km) {
  NearObs n;
  search.within(point.lon, point.lat, reach_km, n.obs);
  for (const std::int32_t i : n.obs)
    n.distance_km.push_back(great_circle_km(point.lon, point.lat, table.lon[i], table.lat[i]));
  return n;
}

namespace {

std::vector<NearbySearch::Place> places_of(const ObsTable& table) {
  std::vector<NearbySearch::Place> places(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) places[i] = unit_vector(table.lon[i], table.lat[i]);
  return places;
}

}  // namespace

ColumnSearch::ColumnSearch(const ObsTable& table) : search_(places_of(table)) {}

void ColumnSearch::gather(std::span<const GridPoint> columns, double reach_km) {
  constexpr double round_off = 1.0 + 1e-9;
  reach_km_ = reach_km;
  chord_ = chord(reach_km) * round_off;
  std::vector<NearbySearch::Place> places;
  for (const GridPoint& column : columns) places.push_back(unit_vector(column.lon, column.lat));
  search_.gather(places, chord_);
}

NearObs ColumnSearch::near(const GridPoint& column) {
  NearObs n;
  search_.within(unit_vector(column.lon, column.lat), chord_, n.obs, n.distance_km);
  std::size_t kept = 0;
  for (std::size_t j = 0; j < n.obs.size(); ++j) {
    const double km = 2.0 * earth_radius_km * std::asin(std::min(1.0, 0.5 * n.distance_km[j]));
    if (km > reach_km_) continue;
    n.obs[kept] = n.obs[j];
    n.distance_km[kept++] = km;
  }
  n.obs.resize(kept);
  n.distance_km.resize(kept);
  return n;
}

namespace {

/// Observations that move a row, with their weights.
LocalProblem problem_of(const LocalisationRules& rules, const ObsTable& table, const NearObs& n, const FieldRow& row) {
  LocalProblem problem;
  const std::size_t N = table.members;
  for (std::size_t j = 0; j < n.obs.size(); ++j) {
    const std::int32_t i = n.obs[j];
    double w = rules.weight(row.kind, table.type[i], n.distance_km[j], row.level, table.level[i]);
    if (w > 0.0 && rules.depends_on_correlation(row.kind))
      w *= rules.correlation_weight(row.kind, table.type[i], sample_correlation({row.x, N}, {table.predictions(i), N}),
                                    int(N));
    if (w <= 0.0) continue;
    problem.obs.push_back(i);
    problem.taper.push_back(w);
  }
  return problem;
}

}  // namespace

std::vector<LocalProblem> column_problems(const LocalisationRules& rules, const ObsTable& table, const NearObs& n,
                                          const std::vector<FieldRow>& rows) {
  struct Class {
    int number;
    std::uint64_t level;  // its bits, 0 where levels do not matter
  };
  std::vector<Class> classes;
  std::vector<LocalProblem> problems;
  for (const FieldRow& row : rows) {
    Class own{rules.class_of(row.kind), 0};
    if (rules.depends_on_level(row.kind)) std::memcpy(&own.level, &row.level, sizeof own.level);
    if (rules.depends_on_correlation(row.kind)) own.number = -1 - int(problems.size());  // its own problem
    std::size_t c = 0;
    while (c < classes.size() && (classes[c].number != own.number || classes[c].level != own.level)) ++c;
    if (c == classes.size()) {
      classes.push_back(own);
      problems.push_back(problem_of(rules, table, n, row));
    }
    problems[c].rows.push_back(row.x);
  }
  return problems;
}

}  // namespace tilth
