#include "driver/members.hpp"

#include <algorithm>
#include <numeric>
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

// Of a day, kg m-2.
double mean_precipitation(const MetMembers& met, int members) {
  const double* rate = met.row(Met::precipitation);
  double sum = 0.0;
  for (int k = 0; k < members; ++k) sum += rate[k];
  return sum * double(seconds_per_day) / members;
}

}  // namespace

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

Members::Members(const Domain& domain, MemberRole role)
    : state(domain.grid, domain.model->traits().layout.rows(), role.size),
      parameters(domain.parameters, uncertain_parameters(domain), role.size, domain.grid,
                 int(domain.model->traits().parameters.size())),
      domain_(&domain),
      role_(role),
      failing_(domain, role.size, role.seed),
      failures_(std::size_t(domain.columns()), 0),
      perturbation_random_(role.seed, role.first < 0 ? Purpose::nature : Purpose::forcing_perturbation),
      weather_(domain.grid.points.size()),
      precipitation_(domain.grid.points.size(), 0.0),
      scratch_(std::size_t(threads()),
               {ForcingPerturbation(domain.experiment->forcing.perturbations), MetMembers(role.size), {}}),
      cost_(domain.columns()) {
  if (domain.model->traits().step_s < seconds_per_day && domain.forcing && domain.forcing->steps_per_day() > 0)
    steps_.resize(domain.grid.points.size());
  parameters.sample_prior(Random(role.seed, role.first < 0 ? Purpose::nature : Purpose::prior_parameters), role.first);
  memory.assign(std::size_t(domain.columns()) * memory_rows() * padded(role.size), 0.0);
  if (role.first < 0) set_true_parameters(*this);
  if (!has_weather()) return;
  for (int c = 0; c < domain.columns(); ++c)
    scratch().perturbation.start(perturbation_random_, domain.grid.points[c], role_.first, role_.size, memory_of(c));
}

int Members::memory_rows() const { return has_weather() ? scratch_[0].perturbation.memory_rows() : 0; }

double* Members::memory_of(int c) { return memory.data() + std::size_t(c) * memory_rows() * padded(role_.size); }

std::span<const double* const> Members::column_parameters(int c) {
  auto& pointers = scratch().pointers;
  parameters.view(c, domain_->grid.points[c].surface.tiles, pointers);
  return pointers;
}

void Members::cold_start(int c) {
  domain_->model->cold_start(domain_->grid.points[c], {column_parameters(c)}, state.column(c));
  add_start_noise(*this, c);
}

StepReport Members::advance(Time day, const Visitor& visit) {
  std::optional<Phase> weather("weather");
  domain_->forcing->read(day, domain_->points(), weather_);
  if (!steps_.empty()) domain_->forcing->read_steps(day, domain_->points(), steps_);
  weather.reset();
  const Phase phase("columns");
  scratch_.resize(std::max(scratch_.size(), std::size_t(threads())), scratch_[0]);
  std::vector<StepReport> reports(weather_.size());
  const std::int64_t before = replaced();
  together(*domain_->comm, [&] {
    for_each_index(domain_->columns(), [&](int c) {
      const double begin = thread_seconds();
      reports[std::size_t(c)] = advance_column(c, day, visit);
      cost_.add(c, thread_seconds() - begin);
    });
  });
  cost_.end_day();
  StepReport report;
  for (const StepReport& column : reports) report.merge(column);
  failing_.require_few(day, replaced() - before);
  return report;
}

StepReport Members::advance_column(int c, Time day, const Visitor& visit) {
  const GridPoint& point = domain_->grid.points[c];
  auto& [perturbation, met, pointers] = scratch();
  if (has_weather()) perturbation.apply(perturbation_random_, day, point, role_.first, weather_[c], memory_of(c), met);
  if (has_weather()) precipitation_[std::size_t(c)] = mean_precipitation(met, role_.size);
  const auto physical = column_parameters(c);
  const ColumnView column = state.column(c);
  const bool within_day = visit && domain_->model->traits().step_s < seconds_per_day;
  const DayWeather weather{met, weather_[c], steps_.empty() ? nullptr : &steps_[c]};
  const std::size_t size = std::size_t(column.tiles()) * column.rows() * column.stride();
  thread_local AlignedVector<double> start;
  if (within_day) start.assign(column.data(), column.data() + size);
  // The end of the day is shown when failed members have been replaced and noise has been added.
  StepSpan last{day, day + seconds_per_day, true};
  const auto run = [&](const std::function<void(const StepSpan&)>& show) {
    return domain_->model->advance(point, {physical}, day, weather, column, [&](const StepSpan& span) {
      if (span.ends_day)
        last = span;
      else if (visit)
        show(span);
    });
  };
  StepReport step = run([&](const StepSpan& span) { visit(c, span, column, physical); });
  const std::vector<Replacement> replacements = failing_.replacements(c, day, failing_.find(column, step.failed));
  if (!replacements.empty() && within_day) {  // once more, and each step with the members that take over
    thread_local AlignedVector<double> shown;
    std::copy_n(start.data(), size, column.data());
    run([&](const StepSpan& span) {
      shown.assign(column.data(), column.data() + size);
      const ColumnView view(shown.data(), column.tiles(), column.rows(), column.members());
      replace(view, replacements);
      visit(c, span, view, physical);
    });
  }
  replace(column, replacements);
  failures_[std::size_t(c)] += std::int64_t(replacements.size());
  step.failed.clear();
  add_model_noise(*this, day, c);
  if (visit) visit(c, last, column, physical);
  return step;
}

StepReport Members::equilibrate(int c, Time begin, std::span<const MetDay> cycle) {
  cold_start(c);
  StepReport report =
      domain_->model->equilibrate(domain_->grid.points[c], {column_parameters(c)}, begin, cycle, state.column(c));
  const auto failed = failing_.replacements(c, begin, failing_.find(state.column(c), report.failed));
  replace(state.column(c), failed);
  failures_[std::size_t(c)] += std::int64_t(failed.size());
  report.failed.clear();
  return report;
}

std::int64_t Members::replaced() const { return std::accumulate(failures_.begin(), failures_.end(), std::int64_t{0}); }

void Members::set_failures(std::span<const double> counts) { failures_.assign(counts.begin(), counts.end()); }

void Members::restore(const Members& earlier) {
  state = earlier.state;
  parameters = earlier.parameters;
  memory = earlier.memory;
  failures_ = earlier.failures_;
}

}  // namespace tilth
