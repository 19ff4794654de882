#include "driver/calibrate/site_weather.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace tilth {

namespace {

constexpr std::int64_t most_bytes = std::int64_t{4} << 30;

/// The course of a day as it is kept: [variable][step].
void keep(const MetSteps& day, int steps_per_day, const std::string& file, std::vector<double>& out) {
  require(day.per_day == steps_per_day, file, ": forcing: ", day.per_day, " steps on a day, ", steps_per_day,
          " on others; give files with one step");
  for (const auto& row : day.value) out.insert(out.end(), row.begin(), row.begin() + steps_per_day);
}

}  // namespace

SiteWeather::SiteWeather(const Domain& domain, const SpinUpCycle& cycle, Time begin, Time end)
    : cycle_begin_(cycle.begin), begin_(begin), days_(int((end - begin) / seconds_per_day)) {
  const auto columns = std::size_t(domain.columns());
  const bool weather = domain.model->traits().needs_forcing;
  const bool steps = weather && domain.model->traits().step_s < seconds_per_day;
  if (steps) steps_per_day_ = domain.forcing->steps_per_day();
  const std::int64_t of_day = step_met_count * std::int64_t(steps_per_day_) * 8 + std::int64_t(sizeof(MetDay));
  bytes_ = std::int64_t(columns) * (of_day * days_ + cycle.days * std::int64_t(sizeof(MetDay)));
  require(bytes_ <= most_bytes, domain.experiment->file, ": the weather of ", columns, " sites over ", days_,
          " days takes ", bytes_ >> 20, " MB of every rank, more than ", most_bytes >> 20,
          "; take fewer sites or a shorter time, or the daily model");
  cycle_.assign(columns, std::vector<MetDay>(weather ? std::size_t(cycle.days) : 0));
  run_.assign(columns, std::vector<MetDay>(std::size_t(days_)));
  if (!weather) return;
  std::vector<MetDay> today(columns);
  for (std::int64_t d = 0; d < cycle.days; ++d) {
    domain.forcing->read(cycle.begin + d * seconds_per_day, domain.points(), today);
    for (std::size_t c = 0; c < columns; ++c) cycle_[c][std::size_t(d)] = today[c];
  }
  std::vector<MetSteps> course(steps_per_day_ > 0 ? columns : 0);
  course_.resize(course.size());
  for (int d = 0; d < days_; ++d) {
    const Time day = begin + d * seconds_per_day;
    domain.forcing->read(day, domain.points(), today);
    for (std::size_t c = 0; c < columns; ++c) run_[c][std::size_t(d)] = today[c];
    if (course.empty()) continue;
    domain.forcing->read_steps(day, domain.points(), course);
    for (std::size_t c = 0; c < columns; ++c) keep(course[c], steps_per_day_, domain.experiment->file, course_[c]);
  }
}

const MetSteps* SiteWeather::steps(int column, int d) const {
  if (steps_per_day_ == 0) return nullptr;
  thread_local MetSteps day;
  day.per_day = steps_per_day_;
  const double* from =
      course_[std::size_t(column)].data() + std::size_t(d) * step_met_count * std::size_t(steps_per_day_);
  for (int m = 0; m < step_met_count; ++m, from += steps_per_day_)
    std::copy_n(from, steps_per_day_, day.value[std::size_t(m)].begin());
  return &day;
}

}  // namespace tilth
