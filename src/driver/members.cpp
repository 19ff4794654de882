#include "driver/members.hpp"

#include <algorithm>
#include <optional>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/bias_terms.hpp"
#include "driver/initial_members.hpp"
#include "driver/member_noise.hpp"
#include "driver/timer.hpp"

namespace tilth {

namespace {

int definition_of(const std::vector<ParameterDefinition>& definitions, const std::string& name,
                  const std::string& where) {
  std::vector<std::string> names;
  for (int i = 0; i < int(definitions.size()); ++i) {
    if (definitions[i].name == name) return i;
    names.push_back(definitions[i].name);
  }
  require(false, where, ": the model has no parameter '", name, "'", did_you_mean(name, names),
          "; see 'tilth describe ", "models'");
  return -1;
}

std::vector<UncertainParameter> uncertain_parameters(const Domain& domain) {
  const Experiment& e = *domain.experiment;
  const auto& definitions = domain.model->traits().parameters;
  std::vector<UncertainParameter> out;
  auto add = [&](const ParameterMap& map, const std::string& where, bool updated) {
    for (const auto& [name, options] : map) {
      const int k = definition_of(definitions, name, text(e.file, ": ", where));
      const double sd = options.sd >= 0.0 ? options.sd : definitions[k].prior_sd;
      require(sd > 0.0, e.file, ": ", where, ".", name, ": its prior standard deviation is 0; give sd");
      const Scope scope = options.scope == "global" ? Scope::global
                          : options.scope == "pft"  ? Scope::pft
                                                    : Scope::column;
      out.push_back({k, scope, sd, updated});
    }
  };
  add(e.control.parameters, "control.parameters", true);
  add(e.ensemble.parameters, "ensemble.parameters", false);
  for (const UncertainParameter& bias : uncertain_biases(domain)) out.push_back(bias);
  return out;
}

// Of a day, kg m-2.
double mean_precipitation(const MetMembers& met, int members) {
  const double* rate = met.row(Met::precipitation);
  double sum = 0.0;
  for (int k = 0; k < members; ++k) sum += rate[k];
  return sum * double(seconds_per_day) / members;
}

}  // namespace

Members::Members(const Domain& domain, MemberRole role)
    : state(domain.grid, domain.model->traits().layout.rows(), role.size),
      parameters(domain.parameters, uncertain_parameters(domain), role.size, domain.grid,
                 int(domain.model->traits().parameters.size())),
      domain_(&domain),
      role_(role),
      perturbation_(domain.experiment->forcing.perturbations),
      perturbation_random_(role.seed, role.first < 0 ? Purpose::nature : Purpose::forcing_perturbation),
      weather_(domain.grid.points.size()),
      precipitation_(domain.grid.points.size(), 0.0),
      met_(role.size) {
  if (domain.model->traits().step_s < seconds_per_day && domain.forcing && domain.forcing->steps_per_day() > 0)
    steps_.resize(domain.grid.points.size());
  parameters.sample_prior(Random(role.seed, role.first < 0 ? Purpose::nature : Purpose::prior_parameters), role.first);
  memory.assign(std::size_t(domain.columns()) * memory_rows() * padded(role.size), 0.0);
  if (role.first < 0) set_true_parameters(*this);
  if (!has_weather()) return;
  for (int c = 0; c < domain.columns(); ++c)
    perturbation_.start(perturbation_random_, domain.grid.points[c], role_.first, role_.size, memory_of(c));
}

int Members::memory_rows() const { return has_weather() ? perturbation_.memory_rows() : 0; }

double* Members::memory_of(int c) { return memory.data() + std::size_t(c) * memory_rows() * padded(role_.size); }

std::span<const double* const> Members::column_parameters(int c) {
  parameters.view(c, domain_->grid.points[c].surface.tiles, pointers_);
  return pointers_;
}

void Members::cold_start(int c) {
  domain_->model->cold_start(domain_->grid.points[c], {column_parameters(c)}, state.column(c));
  add_start_noise(*this, c);
}

StepReport Members::spin_up(Time start, const std::function<void(std::int64_t, std::int64_t)>& progress) {
  const SpinupOptions& options = domain_->experiment->spinup;
  const Time warm_begin = start + -options.warmup_s;
  StepReport report;
  if (!has_weather()) {  // no weather, no equilibrium with it
    for (int c = 0; c < domain_->columns(); ++c) cold_start(c);
    for (Time day = warm_begin; day < start; day = day + seconds_per_day) report.merge(advance(day, {}));
    return report;
  }
  const Date first = date_of(warm_begin);
  const Time begin = time_of(first.year - options.cycle_years, first.month, std::min(first.day, 28));
  const std::int64_t days = (time_of(first.year, first.month, std::min(first.day, 28)) - begin) / seconds_per_day;
  std::vector<std::vector<MetDay>> cycle(domain_->columns(), std::vector<MetDay>(days));
  for (std::int64_t d = 0; d < days; ++d) {
    domain_->forcing->read(begin + d * seconds_per_day, domain_->points(), weather_);
    for (int c = 0; c < domain_->columns(); ++c) cycle[c][d] = weather_[c];
  }
  for (int c = 0; c < domain_->columns(); ++c) {
    const GridPoint& point = domain_->grid.points[c];
    const ColumnParameters physical{column_parameters(c)};
    cold_start(c);
    report.merge(domain_->model->equilibrate(point, physical, begin, cycle[c], state.column(c)));
    progress(c + 1, domain_->columns());
  }
  for (Time day = warm_begin; day < start; day = day + seconds_per_day) report.merge(advance(day, {}));
  return report;
}

StepReport Members::advance(Time day, const Visitor& visit) {
  std::optional<Phase> weather("weather");
  domain_->forcing->read(day, domain_->points(), weather_);
  if (!steps_.empty()) domain_->forcing->read_steps(day, domain_->points(), steps_);
  weather.reset();
  const Phase phase("columns");
  StepReport report;
  for (int c = 0; c < domain_->columns(); ++c) {
    const GridPoint& point = domain_->grid.points[c];
    if (has_weather())
      perturbation_.apply(perturbation_random_, day, point, role_.first, weather_[c], memory_of(c), met_);
    if (has_weather()) precipitation_[std::size_t(c)] = mean_precipitation(met_, role_.size);
    const auto physical = column_parameters(c);
    // The end of the day is shown when failed members have been replaced and noise has been added.
    StepSpan last{day, day + seconds_per_day, true};
    const StepSeen seen = [&](const StepSpan& span) {
      if (span.ends_day)
        last = span;
      else if (visit)
        visit(c, span, state.column(c), physical);
    };
    const DayWeather day_weather{met_, weather_[c], steps_.empty() ? nullptr : &steps_[c]};
    StepReport step = domain_->model->advance(point, {physical}, day, day_weather, state.column(c), seen);
    replace_failed(c, day, step.failed);
    step.failed.clear();
    report.merge(step);
    add_model_noise(*this, day, c);
    if (visit) visit(c, last, state.column(c), physical);
  }
  return report;
}

void Members::restore(const Members& earlier) {
  state = earlier.state;
  parameters = earlier.parameters;
  memory = earlier.memory;
}

void Members::replace_failed(int c, Time day, const std::vector<int>& failed) {
  if (failed.empty()) return;
  const GridPoint& point = domain_->grid.points[c];
  ensure(int(failed.size()) * 2 <= role_.size, "column ", point.id, " (", point.lat, " N, ", point.lon, " E) on ",
         format_time(day), ": ", failed.size(), " of ", role_.size,
         " members failed; look at the forcing and the parameters there; the last "
         "checkpoint is good");
  std::vector<char> bad(role_.size, 0);
  for (const int k : failed) bad[k] = 1;
  const ColumnView column = state.column(c);
  for (const int k : failed) {
    int source = k;
    while (bad[source]) source = (source + 1) % role_.size;
    for (int t = 0; t < column.tiles(); ++t)
      for (int r = 0; r < column.rows(); ++r) column.row(t, r)[k] = column.row(t, r)[source];
  }
  for (int t = 0; t < column.tiles(); ++t)
    for (int r = 0; r < column.rows(); ++r)
      for (int k = role_.size; k < column.stride(); ++k) column.row(t, r)[k] = column.row(t, r)[role_.size - 1];
  replaced_ += std::int64_t(failed.size());
}

}  // namespace tilth
