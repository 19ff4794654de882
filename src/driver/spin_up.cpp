#include "driver/spin_up.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "core/base/error.hpp"
#include "core/parallel/threads.hpp"
#include "driver/checkpoint.hpp"
#include "driver/log.hpp"
#include "driver/signals.hpp"

namespace tilth {

SpinUp::SpinUp(Members& members, Time start)
    : members_(members),
      start_(start),
      reached_(start + -members.domain().experiment->spinup.warmup_s),
      equilibrium_(std::size_t(members.domain().columns()), 0.0) {}

SpinUpCycle spin_up_cycle(const Experiment& experiment, std::int64_t warmup_s) {
  const Date first = date_of(experiment.time.start + -warmup_s);
  const int day_of_month = std::min(first.day, 28);
  const Time begin = time_of(first.year - experiment.spinup.cycle_years, first.month, day_of_month);
  return {begin, (time_of(first.year, first.month, day_of_month) - begin) / seconds_per_day};
}

// Each rank stops at its own signal: a launcher sends it to all.
bool SpinUp::reach_equilibrium(const Progress& progress) {
  const Domain& domain = members_.domain();
  const auto [begin, days] = spin_up_cycle(*domain.experiment, domain.experiment->spinup.warmup_s);
  std::vector<std::vector<MetDay>> cycle(domain.columns(), std::vector<MetDay>(std::size_t(days)));
  std::vector<MetDay> weather(domain.grid.points.size());
  for (std::int64_t d = 0; d < days; ++d) {
    domain.forcing->read(begin + d * seconds_per_day, domain.points(), weather);
    for (int c = 0; c < domain.columns(); ++c) cycle[c][d] = weather[c];
  }
  std::vector<StepReport> reports(equilibrium_.size());
  std::atomic<std::int64_t> done = 0;
  together(*domain.comm, [&] {
    for_each_index(domain.columns(), [&](int c) {
      if (signal_received()) return;
      if (equilibrium_[std::size_t(c)] == 0.0) reports[std::size_t(c)] = members_.equilibrate(c, begin, cycle[c]);
      equilibrium_[std::size_t(c)] = 1.0;
      const std::int64_t now = ++done;
      if (thread_number() == 0) progress(now, domain.columns());
    });
  });
  for (const StepReport& column : reports) report_.merge(column);
  return domain.comm->all(std::ranges::find(equilibrium_, 0.0) == equilibrium_.end());
}

bool SpinUp::run(const Progress& progress) {
  const Comm& comm = *members_.domain().comm;
  if (members_.has_weather()) {
    if (!comm.all(std::ranges::find(equilibrium_, 0.0) == equilibrium_.end()) && !reach_equilibrium(progress))
      return false;
  } else if (reached_ == start_ + -members_.domain().experiment->spinup.warmup_s) {
    for (int c = 0; c < members_.domain().columns(); ++c) members_.cold_start(c);  // no weather, no equilibrium with it
  }
  for (; reached_ < start_; reached_ = reached_ + seconds_per_day) {
    if (comm.any(signal_received())) return false;
    report_.merge(members_.advance(reached_, {}));
  }
  return true;
}

void SpinUp::save(CheckpointWriter& file) const {
  file.attribute("spinup_reached", reached_.seconds);
  file.distributed("in_equilibrium", *members_.domain().by_point, 1, equilibrium_);
  save_closure(file, *members_.domain().comm, "spinup_", report_);
}

void SpinUp::load(const CheckpointReader& file) {
  reached_ = Time{file.integer("spinup_reached")};
  file.distributed("in_equilibrium", *members_.domain().by_point, 1, equilibrium_);
  load_closure(file, "spinup_", report_);
}

StepReport spin_up(Members& members, const std::string& path, bool resume, const SpinUp::Progress& progress) {
  const Comm& comm = *members.domain().comm;
  const Time start = members.domain().experiment->time.start;
  SpinUp way(members, start);
  if (resume && comm.any(comm.root() && std::filesystem::exists(path))) {
    try {
      load_spin_up(comm, path, members, way);
      log_info("the spin-up continues from " + path);
    } catch (const Error& error) {  // on all ranks alike
      log_warning(text(error.what(), "; the spin-up starts anew"));
      return tilth::spin_up(members, path, false, progress);
    }
  }
  if (way.run(progress)) return way.report();
  writing([&] { save_spin_up(comm, path, members, way); });
  throw Stopped("stopped by a signal during the spin-up; " + path + " holds what is done, continue with --resume");
}

}  // namespace tilth
