#include "driver/prediction.hpp"

namespace tilth {

SeenAt seen_at(const Predictand& observation, const StepSpan& step) {
  const OperatorTraits& op = observation.stream->op->traits();
  return seen_at(ObservationTime{observation.begin, observation.end, op.daily_mean, op.overpass_h, observation.lon},
                 step);
}

void operator_parameters(const Stream& stream, std::span<const double* const> all, std::size_t per_tile,
                         std::vector<const double*>& out) {
  out.clear();
  for (std::size_t first = 0; first < all.size(); first += per_tile)
    for (const int p : stream.parameters) out.push_back(all[first + std::size_t(p)]);
}

ObservedColumn observed_column(const LandModel& model, const GridPoint& point, const Predictand& observation,
                               const SeenAt& seen, ColumnView column, std::span<const double* const> parameters) {
  return {point,          model.traits().layout,       column,    parameters, observation.level, seen.at,
          seen.whole_day, observation.view_zenith_deg, seen.timed};
}

}  // namespace tilth
