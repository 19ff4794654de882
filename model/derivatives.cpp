#include "model/derivatives.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

DualRows::DualRows(int tiles, int rows, int inputs, int directions)
    : tiles_(tiles), rows_(rows), inputs_(inputs), directions_(directions) {
  const int groups = std::max(1, (inputs + directions - 1) / directions);
  members_ = padded(groups * 2 * directions);
  data_.assign(std::size_t(tiles) * rows * members_, 0.0);
}

void DualRows::set_value(int tile, int row, double value) {
  double* p = at(tile, row);
  for (int group = 0; group < members_; group += 2 * directions_) std::fill_n(p + group, directions_, value);
}

namespace {

/// Values of all rows, and the derivative 1 of each input where it lies in them.
DualRows start_rows(std::span<const double> values, int tiles, std::span<const DerivativeInput> inputs,
                    DerivativeInput::Kind kind, int directions) {
  const int rows = int(values.size()) / tiles;
  DualRows out(tiles, rows, int(inputs.size()), directions);
  for (int t = 0; t < tiles; ++t) {
    for (int r = 0; r < rows; ++r) out.set_value(t, r, values[std::size_t(t) * rows + r]);
    for (int i = 0; i < int(inputs.size()); ++i)
      if (inputs[i].kind == kind && (inputs[i].tile < 0 || inputs[i].tile == t))
        out.set_derivative(t, inputs[i].index, i, 1.0);
  }
  return out;
}

/// Weather knows no derivatives.
void fill_weather(const MetDay& day, int directions, MetMembers& out) {
  for (int m = 0; m < met_count; ++m)
    for (int k = 0; k < out.stride; ++k) out.row(Met(m))[k] = k / directions % 2 == 0 ? day.value[std::size_t(m)] : 0.0;
}

void check_finite(const DualRows& rows, const StateLayout& layout, const MemberRun& run, Time day) {
  for (int t = 0; t < rows.tiles(); ++t)
    for (int r = 0; r < rows.rows(); ++r) {
      const double* p = rows.at(t, r);
      if (std::all_of(p, p + rows.members(), [](double x) { return std::isfinite(x); })) continue;
      require(false, "derivatives at grid point ", run.point->id, " on ", format_time(day), ": ", layout.row_name(r),
              " of tile ", t, " is not finite; look at the weather and the parameters there");
    }
}

}  // namespace

DualRows run_with_derivatives(const LandModel& model, const MemberRun& run, std::span<const DerivativeInput> inputs,
                              const DerivativesSeen& seen) {
  require(model.dual(), "model ", model.traits().name, " carries no derivatives along; take daily or hourly");
  return run_with_derivatives(*model.dual(), run, inputs, seen);
}

DualRows run_with_derivatives(const DualModel& dual, const MemberRun& run, std::span<const DerivativeInput> inputs,
                              const DerivativesSeen& seen) {
  const StateLayout& layout = dual.model->traits().layout;
  const int tiles = int(run.point->surface.tiles.size()), rows = layout.rows();
  assert(run.state.size() == std::size_t(tiles) * rows &&
         (run.steps.empty() || run.steps.size() == run.weather.size()));
  const DualRows parameters =
      start_rows(run.parameters, tiles, inputs, DerivativeInput::Kind::parameter, dual.directions);
  DualRows state = start_rows(run.state, tiles, inputs, DerivativeInput::Kind::state, dual.directions);
  std::vector<const double*> pointers;
  for (int t = 0; t < tiles; ++t)
    for (int p = 0; p < parameters.rows(); ++p) pointers.push_back(parameters.at(t, p));
  MetMembers met(state.members());
  StepSeen step_seen;
  if (seen) step_seen = [&](const StepSpan& span) { seen(span, state); };
  for (std::size_t d = 0; d < run.weather.size(); ++d) {
    const Time day = run.begin + std::int64_t(d) * seconds_per_day;
    fill_weather(run.weather[d], dual.directions, met);
    const DayWeather weather{met, run.weather[d], run.steps.empty() ? nullptr : &run.steps[d]};
    const StepReport report = dual.model->advance(*run.point, {pointers}, day, weather,
                                                  {state.at(0, 0), tiles, rows, state.members()}, step_seen);
    if (!report.failed.empty())
      require(false, "derivatives at grid point ", run.point->id, " on ", format_time(day),
              ": the member left its bounds; look at the weather and the parameters there");
    check_finite(state, layout, run, day);
  }
  return state;
}

}  // namespace tilth
