#include "driver/cost_forecast.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/commands.hpp"
#include "driver/events.hpp"
#include "driver/log.hpp"
#include "driver/observation_store.hpp"
#include "driver/sets/variant.hpp"
#include "driver/verify/forecast_recorder.hpp"
#include "driver/verify/record_sums.hpp"
#include "driver/verify/regions.hpp"

namespace tilth {

namespace {

constexpr std::int64_t year_s = 365 * seconds_per_day;
constexpr int least_columns = 24;                // of the trial with the real model
constexpr double column_share = 0.02;            // of all columns, when that is more
constexpr double bytes_per_observation = 300.0;  // series of the simulator, store, and the writing of the file

/// Sends standard output nowhere for its life: a trial's scores are nobody's.
class Silence {
 public:
  Silence() : kept_(::dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    ::dup2(nowhere, STDOUT_FILENO);
    ::close(nowhere);
  }
  ~Silence() {
    std::fflush(stdout);
    if (kept_ < 0) return;
    ::dup2(kept_, STDOUT_FILENO);
    ::close(kept_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int kept_;
};

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024.0;
}

std::string command_of(const Experiment& e) {
  const auto& all = e.observations;
  if (std::any_of(all.begin(), all.end(), [](const auto& o) { return o.simulated; })) return "osse";
  return all.empty() ? "forecast" : "assimilate";
}

std::map<std::string, std::int64_t> sizes(const std::string& folder) {
  std::map<std::string, std::int64_t> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      out[std::filesystem::relative(entry.path(), folder).string()] = std::int64_t(entry.file_size());
  return out;
}

TrialCost run_trial(const Comm& comm, CommandLine line, const Trial& trial) {
  const Silence silence;
  line.trial = &trial;
  find_command(line.command)->run(comm, line);
  TrialCost cost{phase_table(comm), {}, {}, {}, comm.max(peak_mib())};
  if (!comm.root()) return cost;
  const std::string folder = line.output;
  cost.bytes = sizes(folder);
  std::string last;
  for (const auto& event : read_events(folder + "/events.jsonl")) {
    if (event.value("event", "") != "cycle_finished") continue;
    if (event.value("part", "") != last) cost.used.clear(), cost.seen.clear();
    last = event.value("part", "");
    cost.used.push_back(event.value("used", 0.0));
    cost.seen.push_back(event.value("observations", 0.0));
  }
  return cost;
}

double mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double v : values) sum += v;
  return values.empty() ? 0.0 : sum / double(values.size());
}

// What the trials are scaled by.
struct Scales {
  double windows = 1.0, checkpoints = 1.0;  ///< of the run
  double sample_windows = 1.0;              ///< of the trial with few columns
  double tiles = 1.0;                       ///< most of a rank over the mean of that trial
  double used = 0.0;                        ///< observations per window
  bool spins_up = true;
  std::string first = {};    ///< experiment of a set that the trials ran; empty: no set
  double experiments = 1.0;  ///< that run like it
  double judged = 0.0;       ///< forecasts beside the run, in windows of the trial
  double forecasts = 0.0;    ///< of `verification.forecasts`, the same
};

using Clock = double (*)(const PhaseRow&);
double own(const PhaseRow& row) { return row.cpu_s; }
double now(const PhaseRow& row) { return row.max_s; }

// Seconds of a phase without those inside it.
double self(const std::vector<PhaseRow>& rows, const PhaseRow& row, Clock clock) {
  double s = clock(row);
  for (const PhaseRow& other : rows)
    if (other.path.starts_with(row.path + "/") && other.path.find('/', row.path.size() + 1) == std::string::npos)
      s -= clock(other);
  return std::max(s, 0.0);
}

std::string leaf(const std::string& path) { return path.substr(path.rfind('/') + 1); }
bool inside(const std::string& path, const std::string& phase) {
  return ("/" + path + "/").find("/" + phase + "/") != std::string::npos;
}

double analysis_seconds(const std::vector<PhaseRow>& rows, Clock clock) {
  double s = 0.0;
  for (const PhaseRow& row : rows)
    if (leaf(row.path) == "analysis" && inside(row.path, "windows")) s += clock(row);
  return s;
}

// How often the run does what a phase of the trial's windows does once: every experiment of a set runs like the first,
// but few go on with forecasts beside them.
double times(const Scales& scale, const PhaseRow& row) {
  if (inside(row.path, "impact")) return scale.judged;
  if (inside(row.path, "forecasts")) return scale.forecasts;
  return !scale.first.empty() && row.path.starts_with(scale.first + "/") ? scale.experiments : 1.0;
}

// Seconds of the run by kind of phase.
std::map<std::string, double> seconds(const TrialCost& one, const TrialCost& two, const TrialCost& sample,
                                      const Scales& scale, Clock clock) {
  std::map<std::string, double> out;
  for (const PhaseRow& row : sample.phases) {
    if (leaf(row.path) == "spin-up" && scale.spins_up) out["spin-up"] += clock(row) * scale.tiles;
    if (leaf(row.path) == "columns" && inside(row.path, "windows"))
      out["model"] += clock(row) * times(scale, row) * scale.tiles * scale.windows / scale.sample_windows;
  }
  const double first = analysis_seconds(one.phases, clock), each = analysis_seconds(two.phases, clock) / 2.0;
  const double fewer = mean(one.used), more = mean(two.used);
  const double slope = more > 1.1 * fewer ? std::clamp((each - first) / (more - fewer), 0.0, each / more) : 0.0;
  if (each > 0.0) out["analysis"] = scale.experiments * scale.windows * (each + slope * (scale.used - more));
  for (const PhaseRow& row : two.phases) {
    const std::string name = leaf(row.path);
    if (name == "columns" || inside(row.path, "spin-up") || inside(row.path, "analysis/analysis") ||
        (name == "analysis" && inside(row.path, "windows")))
      continue;
    const double s = times(scale, row) * self(two.phases, row, clock);
    if (name == "checkpoint")
      out["checkpoints"] += s / double(row.calls) * scale.checkpoints;
    else if (inside(row.path, "windows"))
      out[name == "windows" ? "other" : name] += s / 2.0 * scale.windows;
    else
      out[name == "set-up" || name == "verification" ? name : "other"] += s;
  }
  return out;
}

struct Tiles {
  double most = 1.0, mean = 1.0;
  std::int64_t columns = 1;
  double regions = 0.0, types = 0.0;  // regions with a column, types that are dominant somewhere
};

Tiles tiles_of(const Comm& comm, const Experiment& e, int columns) {
  Grid grid = make_grid(comm, e);
  thin(comm, columns, grid);
  std::int64_t tiles = 0;
  const std::vector<Region> regions = regions_of(e);
  std::vector<double> regional(regions.size(), 0.0), dominant(pft_count, 0.0);
  for (const GridPoint& point : grid.points) {
    tiles += std::int64_t(point.surface.tiles.size());
    dominant[std::size_t(dominant_pft(point))] = 1.0;
    for (std::size_t r = 0; r < regions.size(); ++r)
      if (regions[r].contains(point.lon, point.lat)) regional[r] = 1.0;
  }
  comm.max(regional);
  comm.max(dominant);
  return {double(comm.max(tiles)), double(comm.sum(tiles)) / comm.size(), grid.global_count,
          std::accumulate(regional.begin(), regional.end(), 0.0),
          std::accumulate(dominant.begin(), dominant.end(), 0.0)};
}

// Seasons of windows `from` ... `to` - 1 by their middles.
double seasons(const Experiment& e, std::int64_t from, std::int64_t to) {
  std::set<int> found;
  for (std::int64_t w = from; w < to; ++w)
    found.insert(season_of(Time{(e.window_begin(w).seconds + e.window_end(w).seconds) / 2}));
  return double(found.size());
}

// Rows of scores of the run over those of the trial: sources, and seasons of each region.
double score_rows_grown(const Experiment& e, const Trial& trial, const Tiles& all) {
  const auto groups = [&all](double seasons) { return all.regions * (1.0 + seasons) + all.types; };
  const double sources = e.set.empty() ? 1.0 : (double(e.set.size()) + 2.0) / 3.0;  // open loop and climatology
  return sources * groups(seasons(e, e.verification.from_window, e.windows())) /
         groups(seasons(e, trial.first, trial.first + trial.windows));
}

}  // namespace

CostForecast forecast_cost(const Comm& comm, const CommandLine& check, const Experiment& e,
                           const WindowCounts& counts) {
  CommandLine line = check;
  line.command = command_of(e);
  line.quiet = true;
  line.output = e.run.output + ".check";
  line.set.push_back("experiment.output=" + line.output);
  const auto most = counts.empty() ? 0 : std::max_element(counts.begin(), counts.end()) - counts.begin();
  const std::int64_t year = std::min(e.windows(), std::max<std::int64_t>(1, year_s / e.time.window_s));
  const std::int64_t two_from = std::min<std::int64_t>(most, std::max<std::int64_t>(0, e.windows() - 2));
  const int columns = std::max(least_columns, int(column_share * double(tiles_of(comm, e, 0).columns)));
  const Tiles all = tiles_of(comm, e, 0), some = tiles_of(comm, e, columns);
  start_log(comm, "error", true);
  const Trial pair{two_from, std::min<std::int64_t>(2, e.windows()), 1.0, 0, true};
  const TrialCost two = run_trial(comm, line, pair);
  const TrialCost one = run_trial(comm, line, {std::int64_t(most), 1, 0.5, 0, true});
  const TrialCost sample = run_trial(comm, line, {0, year, 1.0, columns, false});
  start_log(comm, check.log_level, check.quiet);
  together(comm, [&] {
    if (comm.root()) std::filesystem::remove_all(line.output);
  });
  CostForecast cost;
  cost.command = line.command;
  cost.experiments = std::int64_t(e.set.size());
  if (!comm.root()) return cost;
  Scales scale{double(e.windows()), 1.0, double(year), all.most / some.mean, 0.0, e.spinup.restart.empty()};
  scale.checkpoints = double((e.windows() + e.output.checkpoint_every - 1) / e.output.checkpoint_every);
  if (!e.set.empty()) scale.first = e.set.front().first;
  scale.experiments = std::max(1.0, double(e.set.size()));
  const ForecastOptions& ahead = e.verification.forecasts;
  scale.forecasts = double(forecasting_experiments(e) * ahead.lead) / double(ahead.every);
  scale.judged = double(judging_experiments(e) * e.impact.lead);
  const double wider = double(all.columns) / double(some.columns);
  double known = 0.0;
  for (const std::int64_t n : counts) known += double(n) / double(counts.size());
  cost.observations = counts.empty() ? mean(sample.seen) * wider : known;
  scale.used = counts.empty() ? mean(sample.used) * wider : known * mean(two.used) / std::max(mean(two.seen), 1.0);
  cost.own_s = seconds(one, two, sample, scale, own);
  cost.now_s = seconds(one, two, sample, scale, now);
  cost.bytes = grown_files(one, two, e, {cost.observations, score_rows_grown(e, pair, all)});
  cost.memory_mib = two.peak_mib + (cost.observations * scale.windows - 2.0 * mean(two.seen)) * bytes_per_observation /
                                       comm.size() / 1048576.0;
  return cost;
}

void print_cost(const CostForecast& cost, const Comm& comm) {
  fmt::print("\nforecast of tilth {} on {} ranks, from trial runs\n", cost.command, comm.size());
  fmt::print("  memory      {:.0f} MiB on the fullest rank\n", cost.memory_mib);
  fmt::print("  files       {:.1f} MB\n", double(cost.bytes_total()) * 1e-6);
  for (const auto& [path, bytes] : cost.bytes) fmt::print("    {:<40}{:>16} bytes\n", path, bytes);
  double own_s = 0.0, now_s = 0.0;
  for (const auto& [phase, s] : cost.own_s) own_s += s;
  for (const auto& [phase, s] : cost.now_s) now_s += s;
  fmt::print("  time        {:.1f} s on processors of its own, {:.1f} s at the load of now\n", own_s, now_s);
  for (const auto& [phase, s] : cost.own_s)
    fmt::print("    {:<40}{:>16.1f} s{:>16.1f} s\n", phase, s, cost.now_s.at(phase));
  if (cost.experiments > 1)
    fmt::print("  experiments {} share nature run, observations, start and open loop\n", cost.experiments);
  if (cost.command != "forecast") fmt::print("  observations {:.0f} a window\n", cost.observations);
}

}  // namespace tilth
