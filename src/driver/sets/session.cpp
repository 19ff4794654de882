#include "driver/sets/session.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "core/base/error.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/sets/impact_norm.hpp"
#include "driver/sets/variant.hpp"
#include "driver/timer.hpp"
#include "driver/trial.hpp"

namespace tilth {

namespace {

std::vector<std::string> folders_of(const std::vector<std::string>& parts) {
  std::vector<std::string> out;
  for (const auto& part : parts)
    for (const char* leaf : {"/restart", "/feedback"}) out.push_back(part + leaf);
  if (!parts.empty()) out.push_back("observations");
  out.push_back("restart");
  return out;
}

}  // namespace

Session::Session(const Comm& comm, const CommandLine& l, const std::string& name, const std::vector<std::string>& p)
    : line(l) {
  together(comm, [&] {
    require(line.arguments.size() == 1, "tilth ", name, ": give one experiment file, e.g. tilth ", name,
            " jobs/experiments/demo.yaml");
    experiment = Experiment::load(line.arguments[0], line.set);
    if (line.trial) shorten(*line.trial, experiment);
    if (name == "osse" || name == "observe") require_instruments(name);
    if (name == "osse") require_scores();
    twin = name == "osse";
    choose(name);
  });
  reset_phases();
  const auto begin = std::chrono::steady_clock::now();
  {
    const Phase phase("set-up");
    domain = make_domain(comm, experiment, line.trial ? line.trial->columns : 0);
    if (line.trial && line.trial->cold) start_cold(domain);
    if (is_fraternal(experiment)) other = std::make_unique<OtherNature>(comm, experiment, line.trial);
  }
  if (name != "verify") check_impact_variables(domain);
  folder = experiment.run.output;
  record = std::make_unique<RunRecord>(domain, line, begin, line.only.empty() ? folder : set_folder(folder, chosen[0]));
  record->time("set-up", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  std::vector<std::string> made = p;
  if (is_set()) std::erase(made, "analysis");
  if (name != "verify") make_folders(comm, folder, folders_of(is_set() ? parts(made) : made));
}

void Session::require_instruments(const std::string& name) const {
  const auto& all = experiment.observations;
  require(std::any_of(all.begin(), all.end(), [](const ObservationOptions& o) { return o.simulated; }), experiment.file,
          ": observations: tilth ", name, " needs a stream with simulate; real observations are for ",
          "'tilth assimilate'");
}

void Session::require_scores() const {
  const VerificationOptions& v = experiment.verification;
  require(v.states || (v.open_loop && experiment.output.products.on), experiment.file,
          ": verification: nothing is compared with the nature run; set states to true, or open_loop and "
          "output.products");
}

// The experiments of a set that this start runs.
void Session::choose(const std::string& name) {
  if (name != "osse" && name != "assimilate") return;
  const bool set = !experiment.set.empty();
  if (!set) check_impact(experiment, twin);
  require(set || line.only.empty(), experiment.file, ": --only names experiments of a set, but there is no section ",
          "'experiments'; leave it out");
  require(set || line.groups == 1, experiment.file, ": --groups runs the experiments of a set side by side, but there ",
          "is no section 'experiments'; leave it out");
  if (!set) return;
  require(
      experiment.verification.open_loop, experiment.file,
      ": verification.open_loop is false, but the experiments of a set start from its members and are compared with "
      "it; set it to true");
  for (const Experiment& one : variants(experiment)) check_impact(one, twin);  // before anything runs
  chosen = set_names(experiment);
  if (!line.only.empty()) {
    for (const std::string& one : line.only) variant(experiment, one);
    std::erase_if(chosen, [&](const std::string& one) { return std::ranges::find(line.only, one) == line.only.end(); });
  }
  if (line.trial) {  // a set of one, so that it ends with its scores
    chosen.resize(1);
    experiment.set.resize(1);
  }
}

bool Session::makes_shared() const { return line.only.empty() || chosen.front() == experiment.set.front().first; }

std::vector<std::string> Session::parts(const std::vector<std::string>& shared) const {
  std::vector<std::string> out;
  if (makes_shared()) out = shared;
  for (const std::string& name : chosen) out.push_back("experiments/" + name);
  return out;
}

void Session::begin(const std::vector<std::string>& cleared) const {
  record->begin();
  if (line.resume) return;
  if (!is_set() || makes_shared()) {
    if (experiment.spinup.restart.empty()) clear_file(*domain.comm, folder + "/restart/initial.nc");
    for (const char* name :
         {"verification.json", "verification.nc", "scorecard.nc", "impact.nc", "site_scores.csv", "site_medians.csv"})
      clear_file(*domain.comm, folder + "/" + name);
  }
  for (const auto& part : cleared)
    for (const char* leaf : {"", "/restart", "/feedback"}) clear_folder(*domain.comm, folder + "/" + part + leaf);
}

std::function<ObsTable(Time, Time, int)> reading(const ObservationStore& store) {
  return [&store](Time begin, Time end, int members) { return store.window(begin, end, members); };
}

std::string nature_start(const Session& s) { return s.folder + "/nature/initial.nc"; }
std::string nature_trajectory(const Session& s) { return s.folder + "/nature/trajectory.nc"; }
bool starts_around_nature(const Session& s) { return s.experiment.ensemble.initial.around == "nature"; }

bool nature_is_done(const Session& s) {
  std::vector<std::string> files{s.folder + "/nature/restart/restart_" + format_time(s.experiment.time.end) + ".nc"};
  for (const auto& stream : simulated_files(s.experiment, s.folder + "/observations"))
    files.insert(files.end(), stream.begin(), stream.end());
  if (starts_around_nature(s)) files.push_back(nature_start(s));
  if (s.experiment.verification.states) files.push_back(nature_trajectory(s));
  const bool all = std::all_of(files.begin(), files.end(), [](const auto& f) { return std::filesystem::exists(f); });
  return s.domain.comm->all(all);
}

}  // namespace tilth
