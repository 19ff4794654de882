// The commands that run models: how their parts follow one another.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <optional>

#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/commands.hpp"
#include "driver/cycle.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/nature.hpp"
#include "driver/observation_store.hpp"
#include "driver/run_record.hpp"
#include "driver/spin_up.hpp"
#include "driver/timer.hpp"
#include "driver/trial.hpp"
#include "driver/verification.hpp"

namespace tilth {

namespace {

/// What every run command builds first. Nothing is written before all of it is valid.
struct Session {
  Session(const Comm& comm, const CommandLine& l, const std::string& name, const std::vector<std::string>& folders)
      : line(l) {
    together(comm, [&] {
      require(line.arguments.size() == 1, "tilth ", name, ": give one experiment file, e.g. tilth ", name,
              " jobs/experiments/demo.yaml");
      experiment = Experiment::load(line.arguments[0], line.set);
      if (line.trial) shorten(*line.trial, experiment);
      if (name == "osse" || name == "observe") require_instruments(name);
      if (name == "osse") require_scores();
    });
    reset_phases();
    const auto begin = std::chrono::steady_clock::now();
    {
      const Phase phase("set-up");
      domain = make_domain(comm, experiment, line.trial ? line.trial->columns : 0);
      if (line.trial && line.trial->cold) start_cold(domain);
      if (is_fraternal(experiment)) other = std::make_unique<OtherNature>(comm, experiment, line.trial);
    }
    record = std::make_unique<RunRecord>(domain, line, begin);
    record->time("set-up", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    folder = experiment.run.output;
    if (!folders.empty()) make_folders(comm, folder, folders);
  }
  /// What the nature run lives in.
  const Domain& truth() const { return other ? other->domain : domain; }
  MemberRole ensemble() const { return {experiment.ensemble.size, 0, std::uint64_t(experiment.run.seed)}; }
  MemberRole nature() const { return {1, -1, std::uint64_t(experiment.nature.seed)}; }
  CycleOptions options(const std::string& label, const std::string& part, MemberRole role) const {
    return {label, folder + "/" + part, role, false, line.resume, true, line.quiet};
  }

  void require_instruments(const std::string& name) const {
    const auto& all = experiment.observations;
    require(std::any_of(all.begin(), all.end(), [](const ObservationOptions& o) { return o.simulated; }),
            experiment.file, ": observations: tilth ", name,
            " needs a stream with simulate; real observations are for ", "'tilth assimilate'");
  }
  void require_scores() const {
    const VerificationOptions& v = experiment.verification;
    require(v.states || (v.open_loop && experiment.output.products.on), experiment.file,
            ": verification: nothing is compared with the nature run; set states to true, or open_loop and "
            "output.products");
  }
  /// Begins the record and removes what an earlier run left in these parts, unless it is continued: a kill at any later
  /// point must not leave old files that --resume takes for this run's.
  void begin(const std::vector<std::string>& parts) const {
    record->begin();
    if (line.resume) return;
    if (experiment.spinup.restart.empty()) clear_file(*domain.comm, folder + "/restart/initial.nc");
    for (const char* name : {"verification.json", "verification.nc", "site_scores.csv", "site_medians.csv"})
      clear_file(*domain.comm, folder + "/" + name);
    for (const auto& part : parts)
      for (const char* leaf : {"", "/restart", "/feedback"}) clear_folder(*domain.comm, folder + "/" + part + leaf);
  }

  const CommandLine& line;
  Experiment experiment;
  Domain domain;
  std::unique_ptr<OtherNature> other;  ///< null unless a fraternal twin
  std::unique_ptr<RunRecord> record;
  std::string folder;
  bool spun_up = false;
};

std::vector<std::string> folders_of(const std::vector<std::string>& parts) {
  std::vector<std::string> out;
  for (const auto& part : parts)
    for (const char* leaf : {"/restart", "/feedback"}) out.push_back(part + leaf);
  out.push_back("observations");
  out.push_back("restart");
  return out;
}

CycleHooks reading(const ObservationStore& store) {
  CycleHooks hooks;
  hooks.observations = [&store](Time begin, Time end, int members) { return store.window(begin, end, members); };
  return hooks;
}

std::string nature_start(const Session& s) { return s.folder + "/nature/initial.nc"; }
std::string nature_trajectory(const Session& s) { return s.folder + "/nature/trajectory.nc"; }
bool starts_around_nature(const Session& s) { return s.experiment.ensemble.initial.around == "nature"; }

// Whether the nature run is complete with its last checkpoint and all simulated observations. Collective.
bool nature_is_done(const Session& s) {
  std::vector<std::string> files{s.folder + "/nature/restart/restart_" + format_time(s.experiment.time.end) + ".nc"};
  for (const auto& stream : simulated_files(s.experiment, s.folder + "/observations"))
    files.insert(files.end(), stream.begin(), stream.end());
  if (starts_around_nature(s)) files.push_back(nature_start(s));
  if (s.experiment.verification.states) files.push_back(nature_trajectory(s));
  const bool all = std::all_of(files.begin(), files.end(), [](const auto& f) { return std::filesystem::exists(f); });
  return s.domain.comm->all(all);
}

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
  s.record->add("nature", *cycle);
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
  CycleHooks hooks = reading(store);
  hooks.twin = twin;
  auto cycle = std::make_unique<Cycle>(s.domain, options, hooks);
  cycle->run();
  s.record->add(label, *cycle);
  return cycle;
}

ObservationStore read_observations(const Session& s) {
  const Phase phase("observations");
  return ObservationStore::read(s.domain, simulated_files(s.experiment, s.folder + "/observations"));
}

// The members at the end of a finished part of the run. Collective.
Members final_members(const Session& s, const std::string& part, MemberRole role) {
  Members members(role.first < 0 ? s.truth() : s.domain, role);
  const std::string end = format_time(s.experiment.time.end);
  load_members(*s.domain.comm, s.folder + "/" + part + "/restart/restart_" + end + ".nc", members);
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
  Session s(comm, line, "spinup", {"restart"});
  s.record->run([&] { spinup(s); });
}

static void forecast(Session& s) {
  s.begin({"open_loop"});
  run_ensemble(s, ObservationStore{}, "open loop", "open_loop", false);
}

void run_forecast(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "forecast", folders_of({"open_loop"}));
  s.record->run([&] { forecast(s); });
}

static void observe(Session& s) {
  s.begin({"nature"});
  run_nature(s, nullptr);
}

void run_observe(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "observe", folders_of({"nature"}));
  s.record->run([&] { observe(s); });
}

static void assimilate(Session& s) {
  const Comm& comm = *s.domain.comm;
  const auto store = read_observations(s);
  require_all(comm, s.line.trial || comm.sum(store.size()) > 0,
              s.experiment.file + ": no observation lies inside the period and the domain");
  s.begin({"open_loop", "analysis"});
  store.write_bias_statistics(s.domain, s.folder);
  if (s.experiment.verification.open_loop) run_ensemble(s, store, "open loop", "open_loop", false);
  run_ensemble(s, store, "analysis", "analysis", true);
  const Phase phase("verification");
  if (s.experiment.verification.open_loop && s.experiment.output.feedback)
    report(s.domain, s.folder, score_sites(s.domain, s.folder));
}

void run_assimilate(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "assimilate", folders_of({"open_loop", "analysis"}));
  s.record->run([&] { assimilate(s); });
}

static void osse(Session& s) {
  const Comm& comm = *s.domain.comm;
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
  const Phase phase("verification");
  if (open_loop && s.experiment.output.products.on)
    v.variables = score_products(s.domain, s.folder, verification.from_window);
  if (open_loop)
    v.parameters = score_parameters(s.domain, nature->members(), open_loop->members(), analysis->members());
  report(s.domain, s.folder, v);
}

void run_osse(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "osse", folders_of({"nature", "open_loop", "analysis"}));
  s.record->run([&] { osse(s); });
}

void run_verify(const Comm& comm, const CommandLine& line) {
  Session s(comm, line, "verify", {});
  const bool twin = comm.all(std::filesystem::exists(s.folder + "/nature/products.nc") &&
                             std::filesystem::exists(s.folder + "/open_loop/products.nc"));
  const bool real = comm.all(std::filesystem::exists(s.folder + "/analysis/feedback") &&
                             std::filesystem::exists(s.folder + "/open_loop/feedback"));
  require_all(comm, twin || real,
              s.folder +
                  ": holds no finished run with an open loop; run 'tilth osse' or 'tilth assimilate' with this "
                  "experiment first");
  if (!twin) return report(s.domain, s.folder, score_sites(s.domain, s.folder));
  Members nature = final_members(s, "nature", s.nature()), open_loop = final_members(s, "open_loop", s.ensemble()),
          analysis = final_members(s, "analysis", s.ensemble());
  report(s.domain, s.folder,
         Verification{score_products(s.domain, s.folder, s.experiment.verification.from_window),
                      score_parameters(s.domain, nature, open_loop, analysis),
                      {},
                      {}});
}

}  // namespace tilth
