#pragma once

#include <cstdint>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "assim/methods/analysis_method.hpp"
#include "core/obs/halo.hpp"
#include "core/obs/nearby_search.hpp"

namespace tilth {

/// Observations near a column, ascending by index, and how far they are.
struct NearObs {
  std::vector<std::int32_t> obs;
  std::vector<double> distance_km;
};

/// The observations of `table` within `reach_km` of a place.
NearObs observations_near(const ObsSearch& search, const ObsTable& table, const GridPoint& point, double reach_km);

/// The same for the columns of one batch after the other, which share a search.
class ColumnSearch {
 public:
  explicit ColumnSearch(const ObsTable& table);
  /// Starts a batch of neighbouring columns.
  void gather(std::span<const GridPoint> columns, double reach_km);
  /// Observations within reach of a column of the batch.
  NearObs near(const GridPoint& column);

 private:
  NearbySearch search_;
  double reach_km_ = 0.0, chord_ = 0.0;
};

/// One local problem per group of rows that see the same weights; observations of weight 0 are left out.
std::vector<LocalProblem> column_problems(const LocalisationRules& rules, const ObsTable& table, const NearObs& near,
                                          const std::vector<FieldRow>& rows);

}  // namespace tilth
