// tilth check --derivatives: the derivatives of one column of an experiment against differences of runs.
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/commands.hpp"
#include "driver/domain.hpp"
#include "driver/members.hpp"
#include "driver/window_analysis.hpp"
#include "model/derivative_check.hpp"

namespace tilth {

namespace {

constexpr int settling_days = 30;  // from a cold start, so that states are no round numbers

/// The weather of some days at one column of the rank.
struct Weather {
  std::vector<MetDay> days;
  std::vector<MetSteps> steps;  ///< empty where the source knows daily values only
};

/// Weather of column `c` (none: -1) from `begin`. Collective.
Weather read_weather(const Domain& domain, int c, Time begin, int days) {
  std::vector<MetDay> day(domain.grid.points.size());
  std::vector<MetSteps> steps;
  if (domain.model->traits().step_s < seconds_per_day && domain.forcing->steps_per_day() > 0) steps.resize(day.size());
  Weather out;
  for (int d = 0; d < days; ++d) {
    domain.forcing->read(begin + d * seconds_per_day, domain.points(), day);
    if (!steps.empty()) domain.forcing->read_steps(begin + d * seconds_per_day, domain.points(), steps);
    if (c < 0) continue;
    out.days.push_back(day[std::size_t(c)]);
    if (!steps.empty()) out.steps.push_back(steps[std::size_t(c)]);
  }
  return out;
}

/// Column of this rank that is checked, or -1: that of the point asked for, else the first of rank 0.
int chosen_column(const Comm& comm, const Domain& domain, std::optional<std::int64_t> point) {
  const auto& points = domain.grid.points;
  int c = -1;
  if (!point && comm.root()) c = 0;
  for (int i = 0; point && i < int(points.size()); ++i)
    if (points[std::size_t(i)].id == *point) c = i;
  require(comm.sum(std::int64_t(c >= 0)) == 1, "tilth check: --point ", point.value_or(0),
          ": no such column; ids go from 0 to ", domain.grid.global_count - 1);
  return c;
}

/// Control parameters and control states of an experiment.
std::vector<DerivativeInput> control_inputs(const Domain& domain, const ParameterSet& parameters) {
  std::vector<DerivativeInput> inputs;
  const auto& traits = domain.model->traits();
  for (const UncertainParameter& p : parameters.uncertain())
    if (p.updated && p.definition < int(traits.parameters.size()))
      inputs.push_back({DerivativeInput::Kind::parameter, p.definition, -1});
  for (const ControlRow& row : control_rows(*domain.experiment, traits))
    inputs.push_back({DerivativeInput::Kind::state, row.row, -1});
  return inputs;
}

/// Rows that the operators of the experiment read, or all prognostic rows when there is no operator.
std::vector<int> observed_rows(const Domain& domain) {
  const StateLayout& layout = domain.model->traits().layout;
  std::vector<int> rows;
  const auto add = [&](const std::string& name) {
    for (int k = 0; k < layout.variable(name).layers; ++k) rows.push_back(layout.row(name) + k);
  };
  for (const Stream& stream : domain.streams)
    for (const std::string& name : stream.op->traits().needs) add(name);
  if (rows.empty())
    for (const Variable& v : layout.variables())
      if (v.kind == Variable::Kind::prognostic) add(v.name);
  std::sort(rows.begin(), rows.end());
  rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
  return rows;
}

std::string remark(const DerivativeComparison& c) {
  switch (c.agreement) {
    case Agreement::agrees:
      return "";
    case Agreement::bound:
      return "lies on a bound: the slope there may hold for less than a step";
    case Agreement::kink:
      return fmt::format("kink: {:.4g} below, {:.4g} above; the derivative is that of the side taken", c.below,
                         c.above);
    case Agreement::jump:
      return "the result jumps here: a limit is met or an iteration takes one pass more";
    case Agreement::differs:
      return "WRONG";
  }
  return "";
}

/// Prints the table; returns how many derivatives are wrong.
int print_table(const Domain& domain, const GridPoint& point, std::span<const DerivativeComparison> all) {
  const auto& traits = domain.model->traits();
  std::array<int, 5> count{};
  fmt::print("{:<28}{:<34}{:>14}{:>14}{:>10}\n", "by", "worst row", "dual", "difference", "error");
  for (const DerivativeComparison& c : all) {
    ++count[std::size_t(c.agreement)];
    const std::string input = c.input.kind == DerivativeInput::Kind::parameter
                                  ? traits.parameters[std::size_t(c.input.index)].name
                                  : traits.layout.row_name(c.input.index);
    const std::string row = text(traits.layout.row_name(c.row), " of ",
                                 pft_names[std::size_t(point.surface.tiles[std::size_t(c.tile)].pft)]);
    fmt::print("{:<28}{:<34}{:>14.6g}{:>14.6g}{:>10.1e}  {}\n", input, row, c.dual, c.difference, c.error, remark(c));
  }
  fmt::print("{} inputs: {} agree within {:g}, {} on a bound, {} kinks, {} jumps, {} wrong\n", all.size(), count[0],
             derivative_tolerance, count[1], count[2], count[3], count[4]);
  return count[std::size_t(Agreement::differs)];
}

/// Runs column `c` and compares; returns how many derivatives are wrong.
int check_column(Members& members, int c, const Weather& before, const Weather& weather, Time start) {
  const Domain& domain = members.domain();
  const LandModel& model = *domain.model;
  const GridPoint& point = domain.grid.points[std::size_t(c)];
  const auto pointers = members.column_parameters(c);
  const ColumnView column = members.state.column(c);
  model.cold_start(point, {pointers}, column);
  MetMembers met(1);
  for (std::size_t d = 0; d < before.days.size(); ++d) {
    met.fill(before.days[d]);
    const Time day = start + (std::int64_t(d) - settling_days) * seconds_per_day;
    const MetSteps* steps = before.steps.empty() ? nullptr : &before.steps[d];
    const StepReport report = model.advance(point, {pointers}, day, {met, before.days[d], steps}, column, {});
    ensure(report.failed.empty(), "column ", point.id, " failed on ", format_time(day), " before its derivatives");
  }
  std::vector<double> parameters, state;
  for (const double* values : pointers) parameters.push_back(*values);
  for (int t = 0; t < column.tiles(); ++t)
    for (int r = 0; r < column.rows(); ++r) state.push_back(column.row(t, r)[0]);
  const MemberRun run{&point, parameters, state, start, weather.days, weather.steps};
  const auto inputs = control_inputs(domain, members.parameters);
  const auto rows = observed_rows(domain);
  require(!inputs.empty(), domain.experiment->file,
          ": control: nothing to differentiate by; name states or parameters");
  fmt::print("derivatives of {} at grid point {} ({:.2f} N, {:.2f} E) over {} days from {}: {} rows of {} tiles\n",
             model.traits().name, point.id, point.lat, point.lon, run.weather.size(), format_time(start), rows.size(),
             column.tiles());
  return print_table(domain, point, compare_derivatives(model, run, inputs, rows));
}

}  // namespace

void check_derivatives(const Comm& comm, const CommandLine& line, const Experiment& experiment) {
  const Domain domain = make_domain(comm, experiment);
  require(domain.model->dual() != nullptr, experiment.file, ": model: ", domain.model->traits().name,
          " carries no derivatives along; --derivatives is for land columns");
  require(line.days >= 1 && line.days <= 366, "tilth check: --days ", line.days, "; give 1 to 366");
  Members members(domain, {1, 0, std::uint64_t(experiment.run.seed)});
  const int c = chosen_column(comm, domain, line.point);
  const Time start = experiment.time.start;
  const Weather before = read_weather(domain, c, start + -settling_days * seconds_per_day, settling_days);
  const Weather weather = read_weather(domain, c, start, line.days);
  std::int64_t wrong = 0;
  together(comm, [&] {
    if (c >= 0) wrong = check_column(members, c, before, weather, start);
  });
  ensure(comm.sum(wrong) == 0, "tilth check: derivatives differ from what differences of runs say; see the table");
}

}  // namespace tilth
