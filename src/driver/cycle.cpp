#include "driver/cycle.hpp"

#include <chrono>
#include <filesystem>
#include <numeric>
#include <optional>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/bias_correction.hpp"
#include "driver/checkpoint.hpp"
#include "driver/cycle_events.hpp"
#include "driver/events.hpp"
#include "driver/initial_members.hpp"
#include "driver/log.hpp"
#include "driver/observation_errors.hpp"
#include "driver/progress.hpp"
#include "driver/sets/impact_recorder.hpp"
#include "driver/signals.hpp"
#include "driver/spin_up.hpp"
#include "driver/timer.hpp"
#include "driver/window_forecast.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

namespace {

// Round-off of a step is near 1e-12; a residual this large is lost or invented matter or energy.
constexpr double largest_water_residual_kg_m2 = 1e-7, largest_carbon_residual_g_m2 = 1e-6;
constexpr double largest_energy_residual_w_m2 = 1e-6;

void require_closure(const StepReport& r, const std::string& label, Time begin, Time end) {
  ensure(r.water_residual_kg_m2 <= largest_water_residual_kg_m2 &&
             r.carbon_residual_g_m2 <= largest_carbon_residual_g_m2 &&
             r.energy_residual_w_m2 <= largest_energy_residual_w_m2,
         label, ": the budget of a step between ", format_time(begin), " and ", format_time(end),
         " is not closed: water ", r.water_residual_kg_m2, " kg m-2, carbon ", r.carbon_residual_g_m2,
         " g m-2, energy ", r.energy_residual_w_m2,
         " W m-2; the last checkpoint is good, please report this with the experiment file");
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Cycle::Cycle(const Domain& domain, CycleOptions options, CycleHooks hooks)
    : domain_(domain),
      options_(std::move(options)),
      hooks_(std::move(hooks)),
      members_(domain, options_.role),
      products_(experiment_products(domain), domain.columns(), options_.role.size,
                budget_fluxes(domain.model->traits().layout)),
      means_(domain, options_.role.size),
      analysis_(members_, products_.definitions()),
      diagnostics_(domain),
      budget_(domain) {
  if (hooks_.impact) {
    hooks_.memory.push_back(hooks_.impact);
    analysis_.keep_analysed();
  }
  const Phase part(options_.label), phase("start");
  const auto begin = std::chrono::steady_clock::now();
  const bool restored = options_.resume && restore();
  if (!restored) start();
  if (!budget_.is_started()) budget_.start(members_);
  spinup_s_ = seconds_since(begin);
  if (domain.experiment->output.steps)
    steps_ = std::make_unique<StepSeries>(domain, options_.role.size, options_.folder + "/steps.nc", options_.label,
                                          restored && next_ > 0);
  if (domain.experiment->output.products.on)
    product_output_ =
        std::make_unique<ProductOutput>(members_, products_.definitions(), options_.folder, options_.label,
                                        maps_analysis() ? &analysis_ : nullptr, restored && next_ > 0);
}

Cycle::~Cycle() = default;

void Cycle::start() {
  if (!options_.resume) clear_folder(*domain_.comm, restart_folder());
  clear_folder(*domain_.comm, options_.folder + "/feedback");
  const SpinupOptions& spinup = domain_.experiment->spinup;
  const std::string& given = spinup.restart.empty() && options_.read_initial ? options_.initial : spinup.restart;
  if (!given.empty() && members_.size() > 1) {
    log_debug(options_.label + ": starts from " + given);
    load_members(*domain_.comm, given, members_);
    return;
  }
  const InitialOptions& initial = domain_.experiment->ensemble.initial;
  if (members_.size() > 1 && (initial.around == "nature" || !initial.file.empty())) {
    if (initial.around == "nature") start_around_nature(members_, options_.nature);
    if (!initial.file.empty()) read_initial_members(members_, initial.file);
    if (!options_.initial.empty()) save_members(*domain_.comm, options_.initial, members_);
    return;
  }
  spin_up_members();
}

// What a spin-up costs is kept at once: as what a signal leaves of it, or as the restart file of the start.
void Cycle::spin_up_members() {
  log_info(options_.label + ": spin-up");
  event("phase", {{"part", options_.label}, {"phase", "spin-up"}});
  const Phase phase("spin-up");
  Progress progress(options_.label + ": spin-up", domain_.columns(), domain_.comm->root() && !options_.quiet);
  const std::string partial = restart_folder() + "/spinup_partial.nc";
  closure_.merge(spin_up(members_, partial, options_.resume,
                         [&](std::int64_t done, std::int64_t) { progress.step(done, "columns of rank 0"); }));
  spun_up_ = true;
  budget_.start(members_);
  writing([&] {  // first what another ensemble starts from: a run that finds a restart file does not spin up again
    if (!options_.initial.empty()) save_members(*domain_.comm, options_.initial, members_);
    if (options_.checkpoints) save(0);
  });
  clear_file(*domain_.comm, partial);
}

void Cycle::run() {
  const Phase part(options_.label), phase("windows");
  const auto begin = std::chrono::steady_clock::now();
  const std::int64_t windows = domain_.experiment->windows();
  event("phase", {{"part", options_.label}, {"phase", "windows"}, {"window", next_ + 1}, {"windows", windows}});
  CycleEvents events(options_.label, next_, windows);
  log_info(text(options_.label, ": windows ", next_ + 1, " to ", windows, " of ",
                format_duration(domain_.experiment->time.window_s)));
  Progress progress(options_.label, windows, domain_.comm->root() && !options_.quiet);
  while (next_ < windows) {
    const std::int64_t cycle = next_;
    step(cycle);
    next_ = cycle + 1;
    events.finished(domain_, cycle, diagnostics_, members_);
    const bool stop = domain_.comm->any(signal_received()) && next_ < windows;
    if (options_.checkpoints && (stop || is_planned(next_))) writing([&] { save(next_); });
    progress.step(next_, format_time(domain_.experiment->window_end(cycle)));
    if (stop)
      throw Stopped(text(options_.label, ": stopped by a signal after window ", next_, " of ", windows,
                         "; the checkpoint is good, continue with --resume"));
  }
  run_s_ = seconds_since(begin);
}

ObsTable Cycle::observations(Time begin, Time end) const {
  const Phase phase("observations");
  return hooks_.observations ? hooks_.observations(begin, end, members_.size()) : ObsTable{};
}

StepReport Cycle::forecast(std::int64_t cycle, ObsTable& obs) {
  const Phase phase("forecast");
  const Time begin = domain_.experiment->window_begin(cycle), end = domain_.experiment->window_end(cycle);
  WindowForecast window(members_, begin, end, obs, products_, steps_.get());
  if (!unfinished_.empty()) window.load(CheckpointReader(*domain_.comm, unfinished_));
  unfinished_.clear();
  while (!window.complete()) {
    window.advance_day();
    if (options_.checkpoints && !window.complete() && domain_.comm->any(signal_received())) stop_within(cycle, window);
  }
  const StepReport report = window.finish();
  replaced_.clear();
  for (int c = 0; c < domain_.columns(); ++c) replaced_.push_back(window.replaced(c));
  together(*domain_.comm, [&] { require_closure(report, options_.label, begin, end); });
  closure_.merge(report);
  return report;
}

// A forecast goes on where it was; an iterative method runs its window again from the start, which gives the same.
void Cycle::stop_within(std::int64_t cycle, const WindowForecast& window) {
  if (window_start_) {
    members_.restore(window_start_->members);
    if (inflation_memory()) *inflation_memory() = window_start_->inflation;
    if (hooks_.twin) hooks_.twin->forget(cycle);
  }
  writing([&] { save(cycle, window_start_ ? nullptr : &window); });
  const Time kept = window_start_ ? domain_.experiment->window_begin(cycle) : window.reached();
  throw Stopped(text(options_.label, ": stopped by a signal within window ", cycle + 1, " of ",
                     domain_.experiment->windows(), "; the checkpoint of ", format_time(kept),
                     " is good, continue with --resume"));
}

void Cycle::step(std::int64_t cycle) {
  const Experiment& e = *domain_.experiment;
  const Time begin = e.window_begin(cycle), end = e.window_end(cycle);
  const bool ensemble = members_.size() > 1, iterative = ensemble && options_.assimilate && analysis_.iterative();
  if (iterative)
    window_start_.emplace(WindowStart{members_, inflation_memory() ? *inflation_memory() : std::vector<double>{}});
  ObsTable obs = observations(begin, end);
  StepReport report = forecast(cycle, obs);
  if (hooks_.predicted) hooks_.predicted(obs);
  if (hooks_.twin) hooks_.twin->forecast(cycle, members_);

  AnalysisSummary summary;
  if (ensemble) {
    FeedbackColumns feedback = check_observations(domain_, obs);
    diagnostics_.keep_forecast(products_);
    if (hooks_.impact) hooks_.impact->forecasted(cycle, members_, obs, products_);
    if (iterative)
      summary = iterate(cycle, obs, feedback, report);
    else if (options_.assimilate)
      summary = analysis_.update(cycle, obs, products_, feedback);
    if (hooks_.impact) hooks_.impact->analysed(cycle, members_, products_, obs, feedback, analysis_);
    const Phase phase("output");
    summary.members_replaced = domain_.comm->sum(std::accumulate(replaced_.begin(), replaced_.end(), std::int64_t{0}));
    diagnostics_.add(cycle, end, feedback, summary);
    if (e.output.feedback && domain_.comm->sum(std::int64_t(obs.size())) > 0) {
      std::vector<std::string> names;
      for (const Stream& stream : domain_.streams) names.push_back(stream.options->name);
      writing([&] {
        write_feedback(*domain_.comm, text(options_.folder, "/feedback/", format_time(begin), ".nc"), feedback, names,
                       corrected_streams(domain_));
      });
    }
  }
  const Phase phase("output");
  diagnostics_.add_parameters(cycle, end, members_);
  budget_.add(cycle, end, members_, products_, summary, report);
  if (hooks_.trajectory) hooks_.trajectory->record(cycle, members_);
  if (hooks_.twin) hooks_.twin->analysis(cycle, members_);
  if (hooks_.analysed) hooks_.analysed(cycle, members_);
  writing([&] {
    if (product_output_) product_output_->write(begin, end, products_, means_, diagnostics_, replaced_);
    if (steps_) steps_->write();
  });
}

// Updates the members at the start of the window and runs it again, until the method is content; flags are those of the
// first run; `report` becomes that of the last.
AnalysisSummary Cycle::iterate(std::int64_t cycle, ObsTable& obs, FeedbackColumns& feedback, StepReport& report) {
  const Time begin = domain_.experiment->window_begin(cycle), end = domain_.experiment->window_end(cycle);
  const std::vector<std::uint32_t> flags = obs.flag;
  const auto iteration = analysis_.start(cycle);
  Members& prior = window_start_->members;
  Members start = prior;
  AnalysisSummary total;
  for (int pass = 0;; ++pass) {
    members_.restore(iteration->from_prior() ? prior : start);
    const AnalysisSummary summary = analysis_.iterate(*iteration, cycle, pass, obs, feedback);
    total = iteration->from_prior() || pass == 0 ? summary : total + summary;
    const bool more = iteration->more(*domain_.comm);
    if (!more) total = total + analysis_.finish_iteration(cycle, prior, obs);
    start.restore(members_);
    obs = observations(begin, end);
    report = forecast(cycle, obs);
    obs.flag = flags;
    if (!more) break;
  }
  fill_posterior(obs, obs.hx, feedback);
  return total;
}

std::vector<double>* Cycle::inflation_memory() {
  return options_.assimilate && analysis_.inflation().is_on() ? &analysis_.inflation().memory() : nullptr;
}

CycleState Cycle::state(std::int64_t done) {
  return {done,        options_.role.seed, &members_, &diagnostics_, &closure_,
          hooks_.twin, inflation_memory(), &means_,   &budget_,      hooks_.memory};
}

// Whether a restart file of this moment is written without a signal.
bool Cycle::is_planned(std::int64_t done) const {
  return done == 0 ? spun_up_
                   : done == domain_.experiment->windows() || done % domain_.experiment->output.checkpoint_every == 0;
}

void Cycle::save(std::int64_t done, const WindowForecast* window) {
  const Phase phase("checkpoint");
  const auto begin = std::chrono::steady_clock::now();
  if (product_output_) product_output_->sync();
  if (steps_) steps_->sync();
  diagnostics_.write(options_.folder);
  if (done > 0) budget_.write(options_.folder);
  if (hooks_.twin && done > 0) hooks_.twin->write(options_.folder + "/twin.nc");
  const bool planned = !window && is_planned(done);
  const Time reached = window ? window->reached() : domain_.experiment->window_end(done - 1);
  CycleState kept = state(done);
  kept.window = window;
  const std::string path = restart_folder() + "/restart_" + format_time(reached) + (planned ? ".nc" : "_stopped.nc");
  save_cycle(*domain_.comm, path, kept);
  members_.cost().write(domain_, column_cost_file(domain_.experiment->run.output));
  prune_checkpoints(*domain_.comm, restart_folder(), domain_.experiment->output.checkpoint_keep);
  checkpoint_written(options_.label, *domain_.comm, path, seconds_since(begin));
}

bool Cycle::restore() {
  const auto file = CheckpointReader::newest_valid(*domain_.comm, restart_folder(), "restart_", &warnings_);
  for (const std::string& warning : warnings_) log_warning(warning);
  set_damaged_aside(*domain_.comm, restart_folder(), file ? file->path() : "");
  // A run killed just after its last restart file was renamed has not removed the oldest.
  prune_checkpoints(*domain_.comm, restart_folder(), domain_.experiment->output.checkpoint_keep);
  if (!file) return false;
  log_info(options_.label + ": continues from " + file->path());
  const Progressed progressed = load_cycle(*file, state(0));
  next_ = progressed.windows;
  spun_up_ = next_ == 0 && !file->path().ends_with("_stopped.nc");
  if (progressed.within_window) unfinished_ = file->path();
  return true;
}

}  // namespace tilth
