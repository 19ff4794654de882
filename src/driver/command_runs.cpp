// The commands that run models: how their parts follow one another.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/commands.hpp"
#include "driver/cycle.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/nature.hpp"
#include "driver/observation_store.hpp"
#include "driver/sets/impact_recorder.hpp"
#include "driver/sets/impact_summary.hpp"
#include "driver/sets/session.hpp"
#include "driver/sets/set_run.hpp"
#include "driver/sets/variant.hpp"
#include "driver/spin_up.hpp"
#include "driver/timer.hpp"
#include "driver/verify/forecast_recorder.hpp"
#include "driver/verify/verification.hpp"
#include "driver/verify/verify.hpp"

namespace tilth {

namespace {

// The nature run and what the instruments make of it.
std::unique_ptr<Cycle> run_nature(Session& s, Trajectory* trajectory) {
  Simulator simulator(s.truth());
  CycleHooks hooks;
  hooks.observations = [&](Time begin, Time end, int members) { return simulator.visits(begin, end, members); };
  hooks.predicted = [&](const ObsTable& predicted) { simulator.observe(predicted); };
  hooks.trajectory = trajectory;
  hooks.memory = {&simulator};
  if (trajectory) hooks.memory.push_back(trajectory);
  const bool done = s.line.resume && nature_is_done(s);
  if (!s.line.resume) {
    for (const auto& stream : simulated_files(s.experiment, s.folder + "/observations"))
      for (const std::string& file : stream) clear_file(*s.domain.comm, file);
  }
  CycleOptions options = s.options("nature", "nature", s.nature());
  if (starts_around_nature(s)) options.initial = nature_start(s);
  auto cycle = std::make_unique<Cycle>(s.truth(), options, hooks);
  cycle->run();
  if (!done)
    writing([&] {
      simulator.write(s.folder + "/observations");
      if (trajectory) trajectory->save(nature_trajectory(s));
    });
  s.record->add(run_part(*s.domain.comm, "nature", *cycle));
  return cycle;
}

std::unique_ptr<Cycle> run_ensemble(Session& s, const ObservationStore& store, const std::string& label,
                                    const std::string& part, bool assimilate, TwinScores* twin = nullptr) {
  CycleOptions options = s.options(label, part, s.ensemble());
  options.assimilate = assimilate;
  options.initial = s.folder + "/restart/initial.nc";
  s.record->add_inputs(store.files());
  options.read_initial = s.spun_up;
  options.nature = nature_start(s);
  s.spun_up = true;  // a second ensemble of the same run starts from the members of the first
  CycleHooks hooks;
  hooks.observations = reading(store);
  hooks.twin = twin;
  std::unique_ptr<ImpactRecorder> impact;
  if (assimilate) impact = impact_recorder(s.domain, s.folder, s.twin);
  hooks.impact = impact.get();
  const auto forecasts = forecast_recorder(s.domain, options, hooks);
  auto cycle = std::make_unique<Cycle>(s.domain, options, hooks);
  cycle->run();
  if (impact) writing([&] { impact->write(s.folder + "/" + part + "/impact.nc", label); });
  s.record->add(run_part(*s.domain.comm, label, *cycle));
  return cycle;
}

ObservationStore read_observations(const Session& s) {
  const Phase phase("observations");
  return ObservationStore::read(s.domain, simulated_files(s.experiment, s.folder + "/observations"));
}

std::string final_restart(const Session& s, const std::string& part) {
  return s.folder + "/" + part + "/restart/restart_" + format_time(s.experiment.time.end) + ".nc";
}

// Whether a part of the run has come to its end. Collective.
bool is_complete(const Session& s, const std::string& part) {
  return s.domain.comm->all(std::filesystem::exists(final_restart(s, part)));
}

// The members at the end of a finished part of the run. Collective.
Members final_members(const Session& s, const std::string& part, MemberRole role) {
  Members members(role.first < 0 ? s.truth() : s.domain, role);
  load_members(*s.domain.comm, final_restart(s, part), members);
  return members;
}

}  // namespace

static void spinup(Session& s) {
  const Comm& comm = *s.domain.comm;
  const InitialOptions& initial = s.experiment.ensemble.initial;
  require(initial.around == "spinup" && initial.file.empty(), s.experiment.file,
          ": ensemble.initial: the members are not spun up, tilth spinup has nothing to do; run the experiment itself");
  s.record->begin();
  Members members(s.domain, s.ensemble());
  const Phase phase("spin-up");
  const std::string partial = s.folder + "/restart/spinup_partial.nc";
  if (!s.line.resume) clear_file(comm, partial);
  spin_up(members, partial, s.line.resume, [](std::int64_t, std::int64_t) {});
  save_members(comm, s.folder + "/restart/spinup.nc", members);
  clear_file(comm, partial);
  if (comm.root() && !s.line.quiet) std::printf("restart file: %s/restart/spinup.nc\n", s.folder.c_str());
}

void run_spinup(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "spinup", {});
  s.record->run([&] { spinup(s); });
}

static void forecast(Session& s) {
  s.begin({"open_loop"});
  run_ensemble(s, ObservationStore{}, "open loop", "open_loop", false);
}

void run_forecast(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "forecast", {"open_loop"});
  s.record->run([&] { forecast(s); });
}

static void observe(Session& s) {
  s.begin({"nature"});
  run_nature(s, nullptr);
}

void run_observe(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "observe", {"nature"});
  s.record->run([&] { observe(s); });
}

// Makes a file that is not there yet, as the only one of all starts. Collective.
static bool takes(const Comm& comm, const std::string& lock) {
  std::FILE* file = comm.root() ? std::fopen(lock.c_str(), "wx") : nullptr;
  if (file) std::fclose(file);
  return comm.any(file != nullptr);
}

// Scores of every experiment of a set that is complete. Collective.
static void verify_set(const Session& s) {
  const Phase phase("verification");
  if (!is_complete(s, "nature")) return verify_run(s.domain, s.folder, {});
  Members nature = final_members(s, "nature", s.nature()), open_loop = final_members(s, "open_loop", s.ensemble());
  std::vector<ParameterScores> parameters;
  for (const std::string& name : set_names(s.experiment)) {
    if (!is_complete(s, "experiments/" + name)) continue;
    Members analysis = final_members(s, "experiments/" + name, s.ensemble());
    parameters.push_back({name, score_parameters(s.domain, nature, open_loop, analysis)});
  }
  verify_run(s.domain, s.folder, parameters);
}

// Scores of a set at the end of the last of its starts. Collective.
static void verify_when_complete(const Session& s) {
  const auto names = set_names(s.experiment);
  if (!std::ranges::all_of(names, [&](const auto& name) { return is_complete(s, "experiments/" + name); })) return;
  const std::string lock = s.folder + "/verification.lock";
  if (!s.line.only.empty() && !takes(*s.domain.comm, lock)) return;  // another start, which ended at the same time
  verify_set(s);
  clear_file(*s.domain.comm, lock);
}

// The experiments of a set with real observations.
static void assimilate_set(Session& s, const ObservationStore& store) {
  s.begin(s.parts({"open_loop"}));
  if (s.makes_shared()) {
    store.write_bias_statistics(s.domain, s.folder);
    run_ensemble(s, store, "open loop", "open_loop", false);
  } else {
    require_shared(s);
  }
  run_set(s);
  summarise_impact(s.domain, s.folder, s.twin, s.line.quiet);
  verify_when_complete(s);
}

static void assimilate(Session& s) {
  const Comm& comm = *s.domain.comm;
  const auto store = read_observations(s);
  require_all(comm, s.line.trial || comm.sum(store.size()) > 0,
              s.experiment.file + ": no observation lies inside the period and the domain");
  if (s.is_set()) return assimilate_set(s, store);
  s.begin({"open_loop", "analysis"});
  store.write_bias_statistics(s.domain, s.folder);
  if (s.experiment.verification.open_loop) run_ensemble(s, store, "open loop", "open_loop", false);
  run_ensemble(s, store, "analysis", "analysis", true);
  summarise_impact(s.domain, s.folder, s.twin, s.line.quiet);
  const Phase phase("verification");
  if (s.experiment.verification.open_loop && s.experiment.output.feedback)
    report(s.domain, s.folder, score_sites(s.domain, s.folder));
  if (s.experiment.output.feedback) verify_run(s.domain, s.folder, {});
}

void run_assimilate(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "assimilate", {"open_loop", "analysis"});
  s.record->run([&] { assimilate(s); });
}

// The experiments of a set of twin experiments.
static void osse_set(Session& s) {
  s.begin(s.parts({"nature", "open_loop"}));
  if (s.makes_shared()) {
    std::optional<Trajectory> truth;
    if (s.experiment.verification.states) truth.emplace(s.truth(), Members(s.truth(), s.nature()));
    run_nature(s, truth ? &*truth : nullptr);
    const auto store = read_observations(s);
    require_all(*s.domain.comm, s.line.trial || s.domain.comm->sum(store.size()) > 0,
                s.experiment.file + ": the observing system saw nothing; check observations[].simulate");
    store.write_bias_statistics(s.domain, s.folder);
    std::optional<TwinScores> twin;
    if (truth) twin.emplace(s.domain, *truth);
    run_ensemble(s, store, "open loop", "open_loop", false, twin ? &*twin : nullptr);
  } else {
    require_shared(s);
  }
  run_set(s);
  summarise_impact(s.domain, s.folder, s.twin, s.line.quiet);
  verify_when_complete(s);
}

static void osse(Session& s) {
  const Comm& comm = *s.domain.comm;
  if (s.is_set()) return osse_set(s);
  s.begin({"nature", "open_loop", "analysis"});
  const VerificationOptions& verification = s.experiment.verification;
  std::optional<Trajectory> truth;
  if (verification.states) truth.emplace(s.truth(), Members(s.truth(), s.nature()));
  const auto nature = run_nature(s, truth ? &*truth : nullptr);
  const auto store = read_observations(s);
  require_all(comm, s.line.trial || comm.sum(store.size()) > 0,
              s.experiment.file + ": the observing system saw nothing; check observations[].simulate");
  store.write_bias_statistics(s.domain, s.folder);
  Verification v;
  const auto run = [&](const char* label, const char* part, bool assimilate, std::vector<TwinScore>& scores) {
    std::optional<TwinScores> twin;
    if (truth) twin.emplace(s.domain, *truth);
    auto cycle = run_ensemble(s, store, label, part, assimilate, twin ? &*twin : nullptr);
    if (twin) scores = twin->summary(verification.from_window);
    return cycle;
  };
  std::unique_ptr<Cycle> open_loop;
  if (verification.open_loop) open_loop = run("open loop", "open_loop", false, v.open_loop_states);
  const auto analysis = run("analysis", "analysis", true, v.analysis_states);
  summarise_impact(s.domain, s.folder, s.twin, s.line.quiet);
  const Phase phase("verification");
  if (open_loop && s.experiment.output.products.on)
    v.variables = score_products(s.domain, s.folder, verification.from_window);
  if (open_loop)
    v.parameters = score_parameters(s.domain, nature->members(), open_loop->members(), analysis->members());
  report(s.domain, s.folder, v);
}

void run_osse(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "osse", {"nature", "open_loop", "analysis"});
  s.record->run([&] { osse(s); });
}

void run_verify(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "verify", {});
  const bool twin = comm.all(std::filesystem::exists(s.folder + "/nature/products.nc") &&
                             std::filesystem::exists(s.folder + "/open_loop/products.nc"));
  const std::string set = s.experiment.set.empty() ? "" : set_folder(s.folder, s.experiment.set.front().first);
  if (!set.empty() && (twin || comm.all(std::filesystem::exists(set + "/feedback")))) return verify_set(s);
  const bool real = comm.all(std::filesystem::exists(s.folder + "/analysis/feedback") &&
                             std::filesystem::exists(s.folder + "/open_loop/feedback"));
  require_all(comm, twin || real,
              s.folder +
                  ": holds no finished run with an open loop; run 'tilth osse' or 'tilth assimilate' with this "
                  "experiment first");
  if (!twin) {
    report(s.domain, s.folder, score_sites(s.domain, s.folder));
    return verify_run(s.domain, s.folder, {});
  }
  Members nature = final_members(s, "nature", s.nature()), open_loop = final_members(s, "open_loop", s.ensemble()),
          analysis = final_members(s, "analysis", s.ensemble());
  report(s.domain, s.folder,
         Verification{score_products(s.domain, s.folder, s.experiment.verification.from_window),
                      score_parameters(s.domain, nature, open_loop, analysis),
                      {},
                      {}});
}

}  // namespace tilth
