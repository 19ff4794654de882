#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/error.hpp"
#include "io/grid_forcing_state.hpp"
#include "io/netcdf.hpp"

namespace tilth {

SampleTimes GridForcing::State::sample_times(const MetCatalogue::Variable& v) const {
  if (v.usual == 1) return {seconds_per_day, 0};  // a daily value, wherever in the day its time is
  const std::int64_t length = seconds_per_day / v.usual;
  return {length, v.days.begin()->second.begin_s % length};
}

void GridForcing::State::choose_steps() {
  const int wanted = options.steps_per_day;
  require(wanted == -1 || wanted == 0 || wanted == 24 || wanted == 48, "forcing: steps_per_day is ", wanted,
          ", expected 24, 48, 0 or -1");
  const MetCatalogue::Variable& tair = catalogue.variables[int(Raw::tair)];
  per_day = wanted >= 0 ? wanted : (tair.present() ? natural_steps(sample_times(tair).length_s) : 0);
  if (per_day == 0) return;
  for (int r = 0; r < raw_count; ++r) {
    const MetCatalogue::Variable& v = catalogue.variables[r];
    const bool daily = v.usual <= 1 && r != int(Raw::tair);
    if (v.present() && !daily)
      require_steps(sample_times(v), per_day, catalogue.paths.front() + ": variable '" + v.name + "'");
  }
  require(tair.present(), "forcing ", catalogue.paths.front(),
          ": no air temperature finer than daily, which steps of a day need; set steps_per_day: 0");
}

/// Samples that touch a day, [sample][cell of the box]; a day before that no file has is taken to end as the day
/// begins.
std::vector<double> GridForcing::State::read_touching(const MetCatalogue::Variable& v, Time source) const {
  const std::int64_t number = source.seconds / seconds_per_day;
  std::vector<Samples> runs = {v.days.at(number)};
  if (sample_times(v).phase_s > 0) {
    const auto before = v.days.find(number - 1);
    Samples last = before == v.days.end() ? runs[0] : before->second;
    if (before != v.days.end()) last.first += last.count - 1;
    last.count = 1;
    runs.insert(runs.begin(), last);
  }
  std::vector<double> all;
  for (const Samples& run : runs) {
    const netcdf::File file = netcdf::File::open(*comm, catalogue.paths[std::size_t(run.file)]);
    std::vector<double> values(std::size_t(run.count * box.cells()));
    file.get(file.variable(v.name), std::vector<std::int64_t>{run.first, box.row, box.column},
             std::vector<std::int64_t>{box.cells() > 0 ? run.count : 0, box.rows, box.columns},
             std::span<double>(values));
    netcdf::File::unpack(file.packing(file.variable(v.name)), values);
    for (const double value : values) all.push_back(v.convert[std::size_t(run.file)](value));
  }
  return all;
}

void GridForcing::State::load_steps(Time day) {
  const Time from = source_or_error(day);
  recycled += from != day;
  std::array<std::vector<double>, raw_count> slabs;
  for (int r = 0; r < raw_count; ++r)
    if (catalogue.variables[r].present()) slabs[r] = read_touching(catalogue.variables[r], from);
  const SunDay sun = sun_day(day);
  const std::size_t cells_in_box = std::size_t(box.cells());
  steps.resize(points.size());
  step_days.resize(points.size());
  together(*comm, [&] {
    std::vector<double> samples;
    for (std::size_t p = 0; p < points.size(); ++p) {
      RawSteps raw(per_day);
      for (int r = 0; r < raw_count; ++r) {
        if (slabs[r].empty()) continue;
        samples.clear();
        for (std::size_t at = std::size_t(cells[p]); at < slabs[r].size(); at += cells_in_box)
          samples.push_back(slabs[r][at]);
        const auto [low, high] = std::ranges::minmax(samples);
        const bool given = std::ranges::all_of(samples, [](double v) { return std::isfinite(v); });
        if (usable(Raw(r), p, from, low, high, given))
          to_steps(Raw(r), samples, sample_times(catalogue.variables[r]), sun, points[p], raw.row(Raw(r)));
      }
      steps[p] = derived(raw, points[p], day, options.rules, counts);
      if (!co2.empty()) steps[p].value[int(StepMet::co2)].fill(co2.at(day));
      require_complete(steps[p], text("forcing ", catalogue.paths.front(), ", grid point ", points[p].id), day);
      step_days[p] = day_of(steps[p]);
    }
  });
  steps_day = day;
}

}  // namespace tilth
