#include "model/derivative_check.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <utility>

#include "core/base/error.hpp"

namespace tilth {

namespace {

constexpr std::array<double, 3> relative_steps{1e-5, 1e-6, 1e-7};
constexpr int runs_per_step = 4;  // +h, -h, +h/2, -h/2
constexpr int runs_per_input = int(relative_steps.size()) * runs_per_step;

std::pair<double, double> bounds_of(const ModelTraits& traits, const DerivativeInput& input) {
  if (input.kind == DerivativeInput::Kind::parameter) {
    const ParameterDefinition& p = traits.parameters[std::size_t(input.index)];
    return {p.lower, p.upper};
  }
  const auto& variables = traits.layout.variables();
  int v = 0;
  while (input.index >= traits.layout.row(v) + variables[std::size_t(v)].layers) ++v;
  return {variables[std::size_t(v)].lower, variables[std::size_t(v)].upper};
}

/// An input with its size and bounds over the tiles where it is moved.
struct Moved {
  double size = 0.0;  ///< largest value, at least 1e-4 of what the bounds allow
  bool up = true, down = true;
  bool inside = false;  ///< off its bounds and not 0 in some tile

  Moved(const ModelTraits& traits, const MemberRun& run, const DerivativeInput& input) {
    const bool parameter = input.kind == DerivativeInput::Kind::parameter;
    const auto values = parameter ? run.parameters : run.state;
    const int stride = parameter ? int(traits.parameters.size()) : traits.layout.rows();
    const auto [lower, upper] = bounds_of(traits, input);
    const double range = std::isfinite(upper - lower) ? upper - lower : 0.0;
    size = std::max(1e-4 * range, 1e-6);
    const auto each = [&](auto&& look) {
      for (std::size_t at = std::size_t(input.index), t = 0; at < values.size(); at += std::size_t(stride), ++t)
        if (input.tile < 0 || input.tile == int(t)) look(values[at]);
    };
    each([&](double x) {
      size = std::max(size, std::abs(x));
      inside = inside || x != 0.0;
    });
    each([&, lower = lower, upper = upper](double x) {
      up = up && x + relative_steps[0] * size <= upper;
      down = down && x - relative_steps[0] * size >= lower;
    });
    inside = inside && up && down;
    if (!up && !down) up = down = true;  // tiles on either bound: the model takes what lies beyond
  }
  /// How far the run `i` of an input moves it.
  double shift(int i) const {
    const double h = relative_steps[std::size_t(i / runs_per_step)] * size * (i % runs_per_step < 2 ? 1.0 : 0.5);
    return i % 2 == 0 ? (up ? h : 0.0) : (down ? -h : 0.0);
  }
};

/// The member and its moved copies as members of one column, run in double.
struct MovedRuns {
  int tiles, rows, parameters, members;
  AlignedVector<double> state, values;

  MovedRuns(const LandModel& model, const MemberRun& run, std::span<const DerivativeInput> inputs,
            std::span<const Moved> moved)
      : tiles(int(run.point->surface.tiles.size())),
        rows(model.traits().layout.rows()),
        parameters(int(model.traits().parameters.size())),
        members(1 + int(inputs.size()) * runs_per_input),
        state(std::size_t(tiles) * rows * padded(members)),
        values(std::size_t(tiles) * parameters * padded(members)) {
    spread(run.state, state);
    spread(run.parameters, values);
    for (int i = 0; i < int(inputs.size()); ++i) {
      const bool parameter = inputs[i].kind == DerivativeInput::Kind::parameter;
      for (int t = 0; t < tiles; ++t) {
        if (inputs[i].tile >= 0 && inputs[i].tile != t) continue;
        double* row = (parameter ? values.data() : state.data()) +
                      (std::size_t(t) * (parameter ? parameters : rows) + inputs[i].index) * padded(members);
        for (int k = 0; k < runs_per_input; ++k) row[member_of(i, k)] += moved[i].shift(k);
      }
    }
    advance(model, run);
  }
  static int member_of(int input, int run) { return 1 + input * runs_per_input + run; }
  const double* at(int tile, int row) const {
    return state.data() + (std::size_t(tile) * rows + row) * padded(members);
  }

 private:
  void spread(std::span<const double> from, AlignedVector<double>& to) const {
    for (std::size_t r = 0; r < from.size(); ++r)
      std::fill_n(to.data() + r * padded(members), padded(members), from[r]);
  }
  void advance(const LandModel& model, const MemberRun& run) {
    std::vector<const double*> pointers;
    for (int p = 0; p < tiles * parameters; ++p) pointers.push_back(values.data() + std::size_t(p) * padded(members));
    MetMembers met(members);
    for (std::size_t d = 0; d < run.weather.size(); ++d) {
      const Time day = run.begin + std::int64_t(d) * seconds_per_day;
      met.fill(run.weather[d]);
      const DayWeather weather{met, run.weather[d], run.steps.empty() ? nullptr : &run.steps[d]};
      const StepReport report =
          model.advance(*run.point, {pointers}, day, weather, {state.data(), tiles, rows, members}, {});
      if (report.failed.empty()) continue;
      require(false, "derivatives at grid point ", run.point->id, " on ", format_time(day), ": ", report.failed.size(),
              " runs from a nearby start left their bounds; take another day or place");
    }
  }
};

/// Differences of a row by an input at one width, extrapolated to none (Richardson).
struct Differences {
  double central, below, above;

  Differences(const double* y, int input, int width, const Moved& moved) {
    const auto slope = [&](int side) {  // of one side, second order
      const int k = width * runs_per_step + side;
      const double h = moved.shift(k), half = moved.shift(k + 2);
      const double wide = (y[MovedRuns::member_of(input, k)] - y[0]) / h;
      return 2.0 * (y[MovedRuns::member_of(input, k + 2)] - y[0]) / half - wide;
    };
    above = moved.up ? slope(0) : 0.0;
    below = moved.down ? slope(1) : above;
    if (!moved.up) above = below;
    const auto middle = [&](int k) {
      return (y[MovedRuns::member_of(input, k)] - y[MovedRuns::member_of(input, k + 1)]) /
             (moved.shift(k) - moved.shift(k + 1));
    };
    const int k = width * runs_per_step;
    central = moved.up && moved.down ? (4.0 * middle(k + 2) - middle(k)) / 3.0 : above;
  }
};

/// Whether the result jumps beside the input: a step of a hundredth changes it as much as a whole one.
bool jumps(const double* y, int input, double least) {
  for (const int side : {0, 1}) {
    const double wide = std::abs(y[MovedRuns::member_of(input, side)] - y[0]);
    const double narrow = std::abs(y[MovedRuns::member_of(input, runs_per_input - runs_per_step + side)] - y[0]);
    if (wide > least && narrow > 0.3 * wide) return true;
  }
  return false;
}

/// One derivative at the width of step that suits it best.
DerivativeComparison compare(const double* y, double dual, int input, const Moved& moved) {
  DerivativeComparison best;
  best.dual = dual;
  best.error = INFINITY;
  double sides = INFINITY;  // least distance of the dual from the difference of a side
  // Round-off of the values shows in a difference with 1e-11 |value / input| and more.
  const double scale = std::abs(dual) + 1e-3 * std::abs(y[0]) / moved.size;
  for (int width = 0; width < int(relative_steps.size()); ++width) {
    const Differences d(y, input, width, moved);
    const double error = scale > 0.0 ? std::abs(dual - d.central) / scale : std::abs(d.central);
    if (error < best.error) {
      best.error = error;
      best.difference = d.central;
    }
    sides = std::min({sides, std::abs(dual - d.below), std::abs(dual - d.above)});
    best.below = d.below;
    best.above = d.above;
  }
  if (best.error <= derivative_tolerance) return best;
  if (jumps(y, input, derivative_tolerance * scale * relative_steps[0] * moved.size))
    best.agreement = Agreement::jump;
  else if (sides <= derivative_tolerance * scale)
    best.agreement = Agreement::kink;
  else
    best.agreement = moved.inside ? Agreement::differs : Agreement::bound;
  return best;
}

/// Whether `a` says more of what may be wrong than `b`.
bool worse(const DerivativeComparison& a, const DerivativeComparison& b) {
  return a.agreement != b.agreement ? a.agreement > b.agreement : a.error > b.error;
}

void require_same_values(const DualRows& dual, const MovedRuns& runs, const LandModel& model) {
  for (int t = 0; t < runs.tiles; ++t)
    for (int r = 0; r < runs.rows; ++r)
      if (dual.value(t, r) != runs.at(t, r)[0])
        ensure(false, "derivatives: the value of ", model.traits().layout.row_name(r), " of tile ", t, " is ",
               dual.value(t, r), " on dual numbers and ", runs.at(t, r)[0], " in double");
}

}  // namespace

std::vector<DerivativeComparison> compare_derivatives(const LandModel& model, const MemberRun& run,
                                                      std::span<const DerivativeInput> inputs,
                                                      std::span<const int> rows) {
  assert(!rows.empty());
  const DualRows dual = run_with_derivatives(model, run, inputs);
  std::vector<Moved> moved;
  for (const DerivativeInput& input : inputs) moved.emplace_back(model.traits(), run, input);
  const MovedRuns runs(model, run, inputs, moved);
  require_same_values(dual, runs, model);
  std::vector<DerivativeComparison> out;
  for (int i = 0; i < int(inputs.size()); ++i) {
    DerivativeComparison worst;
    worst.error = -1.0;
    for (int t = 0; t < runs.tiles; ++t)
      for (const int r : rows) {
        DerivativeComparison c = compare(runs.at(t, r), dual.derivative(t, r, i), i, moved[std::size_t(i)]);
        c.input = inputs[i];
        c.tile = t;
        c.row = r;
        if (worst.error < 0.0 || worse(c, worst)) worst = c;
      }
    out.push_back(worst);
  }
  return out;
}

}  // namespace tilth
