#include "driver/sets/set_run.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/events.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/log.hpp"
#include "driver/sets/impact_recorder.hpp"
#include "driver/sets/variant.hpp"
#include "driver/signals.hpp"
#include "driver/timer.hpp"
#include "driver/trial.hpp"
#include "driver/verify/forecast_recorder.hpp"

namespace tilth {

using Json = nlohmann::json;

namespace {

bool shared_is_done(const Session& s) {
  const std::string open_loop = s.folder + "/open_loop/restart/restart_" + format_time(s.experiment.time.end) + ".nc";
  const std::string& given = s.experiment.spinup.restart;
  const bool members = std::filesystem::exists(given.empty() ? s.folder + "/restart/initial.nc" : given);
  const bool all = s.domain.comm->all(members && std::filesystem::exists(open_loop));
  return (!s.twin || nature_is_done(s)) && all;
}

Json as_json(const RunPart& p) {
  return {{"name", p.name},       {"water", p.water},         {"carbon", p.carbon},
          {"energy", p.energy},   {"replaced", p.replaced},   {"used", p.used},
          {"start_s", p.start_s}, {"windows_s", p.windows_s}, {"warnings", p.warnings}};
}

RunPart part_of(const Json& j) {
  return {j["name"], j["water"],   j["carbon"],    j["energy"],  j["replaced"],
          j["used"], j["start_s"], j["windows_s"], j["warnings"]};
}

/// The ranks that run one experiment together.
struct Group {
  const Comm& comm;
  int number = 0, groups = 1;
};

// One experiment of the set from its start, or its last checkpoint, to its end.
RunPart run_experiment(const Session& s, const Group& group, const std::string& name) {
  const Comm& comm = group.comm;
  Experiment e;
  together(comm, [&] {
    e = variant(s.experiment, name);
    if (s.line.trial) shorten(*s.line.trial, e);
  });
  Domain domain = make_domain(comm, e, s.line.trial ? s.line.trial->columns : 0);
  if (s.line.trial && s.line.trial->cold) start_cold(domain);
  const auto store = ObservationStore::read(domain, simulated_files(e, s.folder + "/observations"));
  store.write_bias_statistics(domain, e.run.output);
  std::optional<Trajectory> truth;
  std::optional<TwinScores> scores;
  if (s.twin && e.verification.states) {
    truth.emplace(domain, Members(domain, s.nature()));
    truth->load(nature_trajectory(s));
    scores.emplace(domain, *truth);
  }
  CycleOptions options = s.options(name, "experiments/" + name, s.ensemble());
  options.assimilate = true;
  options.initial = s.folder + "/restart/initial.nc";
  options.read_initial = true;
  options.nature = nature_start(s);
  options.quiet = s.line.quiet || group.number > 0;
  CycleHooks hooks;
  hooks.observations = reading(store);
  hooks.twin = scores ? &*scores : nullptr;
  const auto impact = impact_recorder(domain, s.folder, s.twin);
  hooks.impact = impact.get();
  const auto forecasts = forecast_recorder(domain, options, hooks);
  Cycle cycle(domain, options, hooks);
  cycle.run();
  if (impact) writing([&] { impact->write(e.run.output + "/impact.nc", name); });
  return run_part(comm, name, cycle);
}

// This group's share of the experiments, dealt in turn; what stopped it, or nothing.
std::string run_share(const Session& s, const Group& group, std::vector<RunPart>& parts) {
  for (std::size_t i = 0; i < s.chosen.size(); ++i) {
    if (int(i % std::size_t(group.groups)) != group.number) continue;
    event("phase", {{"part", s.chosen[i]}, {"phase", "experiment"}, {"group", group.number}});
    try {
      parts.push_back(run_experiment(s, group, s.chosen[i]));
    } catch (const Stopped& stopped) {  // on all ranks of the group together
      return stopped.what();
    }
  }
  return "";
}

// Every group's parts, in the order of the file. Collective.
void collect(Session& s, const Comm& group, const std::vector<RunPart>& mine) {
  Json list = Json::array();
  for (const RunPart& part : mine)
    if (group.root()) list.push_back(as_json(part));
  std::vector<RunPart> all;
  for (const std::string& text : s.domain.comm->all_gather(list.dump()))
    for (const Json& part : Json::parse(text)) all.push_back(part_of(part));
  for (const std::string& name : s.chosen)
    for (const RunPart& part : all)
      if (part.name == name) s.record->add(part);
}

}  // namespace

void require_shared(const Session& s) {
  constexpr auto pause = std::chrono::seconds(2);
  const std::string& first = s.experiment.set.front().first;
  const std::string how = text("what the experiments of the set share (", s.twin ? "nature run, observations, " : "",
                               "initial members, open loop) is not in ", s.folder, ": 'tilth ", s.line.command, " ",
                               s.experiment.file, " --only ", first, "' makes it, and so does a start without --only");
  if (shared_is_done(s)) return;
  require_all(*s.domain.comm, s.line.wait, how + "; --wait waits for it");
  log_info(how + "; waiting for it");
  event("phase", {{"part", s.chosen.front()}, {"phase", "waiting for the shared parts"}});
  while (!shared_is_done(s)) {
    if (s.domain.comm->any(signal_received()))
      throw Stopped("stopped by a signal while waiting for what the set shares; continue with --resume");
    std::this_thread::sleep_for(pause);
  }
}

void run_set(Session& s) {
  const Comm& world = *s.domain.comm;
  const int groups = s.line.groups, most = int(s.chosen.size());
  require_all(world, groups <= world.size() && groups <= most,
              text("command line: --groups=", groups, ": there are ", world.size(), " ranks and ", most,
                   " experiments to run; give at most the smaller of both"));
  const int number = int(std::int64_t(world.rank()) * groups / world.size());
  std::optional<Comm> own;
  if (groups > 1) own.emplace(world.split(number));
  const Group group{own ? *own : world, number, groups};
  std::vector<RunPart> parts;
  share_events(group.comm);
  const std::string stop = run_share(s, group, parts);
  share_events(world);
  collect(s, group.comm, parts);
  for (const std::string& one : world.all_gather(stop))
    if (!one.empty()) throw Stopped(one);
}

}  // namespace tilth
