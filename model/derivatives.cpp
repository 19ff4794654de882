#include "model/derivatives.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>

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

void DualRows::derivatives(int tile, int row, double* out) const {
  const double* from = at(tile, row) + directions_;
  for (int done = 0; done < inputs_; done += directions_, from += 2 * directions_)
    std::copy_n(from, std::min(directions_, inputs_ - done), out + done);
}

bool DualRows::finite() const {
  constexpr std::uint64_t exponent = 0x7ff0000000000000ULL;
  std::uint64_t bad = 0;
  for (const double x : data_) bad |= std::uint64_t((std::bit_cast<std::uint64_t>(x) & exponent) == exponent);
  return bad == 0;
}

namespace {

/// Values of all rows, and the derivatives of each input where it lies in them.
DualRows start_rows(std::span<const double> values, int tiles, std::span<const DerivativeInput> inputs,
                    DerivativeInput::Kind kind, int directions) {
  const int rows = int(values.size()) / tiles;
  DualRows out(tiles, rows, int(inputs.size()), directions);
  for (int t = 0; t < tiles; ++t) {
    for (int r = 0; r < rows; ++r) out.set_value(t, r, values[std::size_t(t) * rows + r]);
    for (int i = 0; i < int(inputs.size()); ++i) {
      const DerivativeInput& input = inputs[i];
      if (input.kind != kind || (input.tile >= 0 && input.tile != t)) continue;
      out.set_derivative(t, input.index, i, input.slope.empty() ? 1.0 : input.slope[std::size_t(t)]);
    }
  }
  return out;
}

/// Weather knows no derivatives.
void fill_weather(const MetDay& day, int directions, MetMembers& out) {
  for (int m = 0; m < met_count; ++m)
    for (int k = 0; k < out.stride; ++k) out.row(Met(m))[k] = k / directions % 2 == 0 ? day.value[std::size_t(m)] : 0.0;
}

/// Why a member could not go on.
std::string trouble(const DualRows& rows, const StateLayout& layout) {
  for (int t = 0; t < rows.tiles(); ++t)
    for (int r = 0; r < rows.rows(); ++r) {
      const double* p = rows.at(t, r);
      if (!std::all_of(p, p + rows.members(), [](double x) { return std::isfinite(x); }))
        return text(layout.row_name(r), " of tile ", t, " is not finite");
    }
  return "the member left its bounds";
}

}  // namespace

DualRows run_with_derivatives(const LandModel& model, const MemberRun& run, std::span<const DerivativeInput> inputs,
                              const DerivativesSeen& seen) {
  require(model.dual(), "model ", model.traits().name, " carries no derivatives along; take daily or hourly");
  return run_with_derivatives(*model.dual(), run, inputs, seen);
}

DualRun::DualRun(const DualModel& dual, const GridPoint& point, std::span<const double> parameters,
                 std::span<const double> state, std::span<const DerivativeInput> inputs)
    : dual_(&dual),
      point_(&point),
      parameters_(start_rows(parameters, int(point.surface.tiles.size()), inputs, DerivativeInput::Kind::parameter,
                             dual.directions)),
      state_(start_rows(state, int(point.surface.tiles.size()), inputs, DerivativeInput::Kind::state, dual.directions)),
      met_(state_.members()) {
  assert(state_.rows() == dual.model->traits().layout.rows());
  for (int t = 0; t < parameters_.tiles(); ++t)
    for (int p = 0; p < parameters_.rows(); ++p) pointers_.push_back(parameters_.at(t, p));
}

bool DualRun::advance(Time day, const MetDay& weather, const MetSteps* steps, const DerivativesSeen& seen) {
  fill_weather(weather, dual_->directions, met_);
  StepSeen step_seen;
  if (seen) step_seen = [&](const StepSpan& span) { seen(span, state_); };
  const StepReport report =
      dual_->model->advance(*point_, {pointers_}, day, {met_, weather, steps},
                            {state_.at(0, 0), state_.tiles(), state_.rows(), state_.members()}, step_seen);
  return report.failed.empty();
}

DualRows run_with_derivatives(const DualModel& dual, const MemberRun& run, std::span<const DerivativeInput> inputs,
                              const DerivativesSeen& seen) {
  assert(run.steps.empty() || run.steps.size() == run.weather.size());
  DualRun member(dual, *run.point, run.parameters, run.state, inputs);
  for (std::size_t d = 0; d < run.weather.size(); ++d) {
    const Time day = run.begin + std::int64_t(d) * seconds_per_day;
    const bool well = member.advance(day, run.weather[d], run.steps.empty() ? nullptr : &run.steps[d], seen);
    if (!well || !member.rows().finite())
      require(false, "derivatives at grid point ", run.point->id, " on ", format_time(day), ": ",
              trouble(member.rows(), dual.model->traits().layout), "; look at the weather and the parameters there");
  }
  return member.rows();
}

}  // namespace tilth
