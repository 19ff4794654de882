// Files of a run from those of two short ones.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "driver/cost_forecast.hpp"
#include "driver/sets/variant.hpp"
#include "driver/verify/forecast_recorder.hpp"

namespace tilth {

namespace {

using Sizes = std::map<std::string, std::int64_t>;

// Files below a folder, in the order of their names.
std::vector<std::int64_t> sizes_below(const Sizes& all, const std::string& folder) {
  std::vector<std::int64_t> out;
  for (const auto& [path, bytes] : all)
    if (path.starts_with(folder)) out.push_back(bytes);
  return out;
}

// A straight line through points: value at x.
double line_at(double x, const std::vector<double>& xs, const std::vector<double>& ys) {
  double mx = 0.0, my = 0.0, xy = 0.0, xx = 0.0;
  for (std::size_t i = 0; i < xs.size(); ++i) mx += xs[i] / double(xs.size()), my += ys[i] / double(xs.size());
  for (std::size_t i = 0; i < xs.size(); ++i) xy += (xs[i] - mx) * (ys[i] - my), xx += (xs[i] - mx) * (xs[i] - mx);
  return xx > 0.0 ? my + xy / xx * (x - mx) : my;
}

// One file a window, whose size goes with its observations.
std::int64_t feedback(const TrialCost& one, const TrialCost& two, const std::string& folder, double seen,
                      std::int64_t windows) {
  std::vector<double> count, bytes;
  for (const TrialCost* trial : {&one, &two}) {
    const auto sizes = sizes_below(trial->bytes, folder);
    for (std::size_t i = 0; i < std::min(sizes.size(), trial->seen.size()); ++i) {
      count.push_back(trial->seen[i]);
      bytes.push_back(double(sizes[i]));
    }
  }
  return bytes.empty() ? 0 : std::llround(line_at(seen, count, bytes)) * windows;
}

// What a restart file grows by in a window. Where forecasts for the impact go on beside the run, the first file holds
// one and the second does not: then that of the open loop.
std::int64_t growth(const TrialCost& two, const std::string& folder) {
  const auto sizes = sizes_below(two.bytes, folder + "/restart/restart_");
  if (sizes.size() < 2) return 0;
  return sizes[1] >= sizes[0] || folder == "open_loop" ? sizes[1] - sizes[0] : growth(two, "open_loop");
}

// Windows after which the restart files that are left at the end were written, the last first.
std::vector<std::int64_t> kept(const Experiment& e) {
  std::vector<std::int64_t> out;
  for (std::int64_t w = e.windows(); w > 0 && std::int64_t(out.size()) < e.output.checkpoint_keep; --w)
    if (w % e.output.checkpoint_every == 0 || w == e.windows()) out.push_back(w);
  return out;
}

// Bytes of the forecasts, for the impact or to be scored, that go on beside all experiments, in the restart files that
// are left. The trial's first file holds one of each kind, its second none; the kind that there are more of counts.
std::int64_t flights(const TrialCost& two, const std::string& folder, const Experiment& e) {
  const auto sizes = sizes_below(two.bytes, folder + "/restart/restart_");
  if (sizes.size() < 2 || sizes[1] >= sizes[0]) return 0;
  const auto going_on = [&e](std::int64_t lead, std::int64_t every, std::int64_t from) {
    std::int64_t count = 0;
    for (const std::int64_t done : kept(e))
      for (std::int64_t c = std::max(done - lead, from); c < done; ++c)
        count += (c - from) % every == 0 && c + lead < e.windows() ? 1 : 0;
    return count;
  };
  const ForecastOptions& ahead = e.verification.forecasts;
  const std::int64_t scored =
      forecasting_experiments(e) * going_on(ahead.lead, ahead.every, e.verification.from_window);
  const std::int64_t judged = judging_experiments(e) * going_on(e.impact.lead, e.impact.every, e.impact.from_window);
  return (sizes[0] + growth(two, folder) - sizes[1]) * std::max(scored, judged);
}

// The last files that are kept; each grows with the windows before it.
std::int64_t restart(const TrialCost& two, const std::string& folder, const Experiment& e) {
  const auto sizes = sizes_below(two.bytes, folder + "/restart/restart_");
  if (sizes.size() < 2) return 0;
  std::int64_t sum = 0;
  for (const std::int64_t w : kept(e)) sum += sizes[1] + growth(two, folder) * (w - 2);
  return sum;
}

double sum(const std::vector<double>& values) {
  double s = 0.0;
  for (const double v : values) s += v;
  return s;
}

// The trial ran the first experiment of a set; the others have the same files, but for what only some compute.
Sizes of_all_experiments(const Sizes& sizes, const Experiment& e) {
  if (e.set.empty()) return sizes;
  const std::string first = "experiments/" + e.set.front().first + "/";
  Sizes out;
  for (const auto& [path, bytes] : sizes) {
    if (!path.starts_with(first)) {
      out[path] = bytes;
      continue;
    }
    const std::string leaf = path.substr(first.size());
    out["experiments/*/" + leaf] = bytes * (leaf == "impact.nc"              ? judging_experiments(e)
                                            : leaf.starts_with("forecasts/") ? forecasting_experiments(e)
                                                                             : std::int64_t(e.set.size()));
  }
  if (out.contains("impact.nc")) out["impact.nc"] *= judging_experiments(e);
  return out;
}

}  // namespace

Sizes grown_files(const TrialCost& one, const TrialCost& two, const Experiment& e, const FileScales& scales) {
  Sizes out;
  const double seen = scales.observations;
  const std::int64_t windows = e.windows();
  for (const auto& [path, bytes] : two.bytes) {
    const std::string set = "experiments/";  // each experiment of one is a part
    const std::size_t slash = path.find('/', path.starts_with(set) ? set.size() : 0);
    const std::string part = path.substr(0, slash), leaf = slash == std::string::npos ? "" : path.substr(slash + 1);
    if (leaf.starts_with("forecasts/")) {  // the trial's go on for one window
      const ForecastOptions& ahead = e.verification.forecasts;
      out[part + "/forecasts/*"] += bytes * windows * ahead.lead / ahead.every;
    } else if (leaf.starts_with("feedback/")) {
      out[part + "/feedback/*.nc"] = feedback(one, two, part + "/feedback/", seen, windows);
    } else if (leaf.starts_with("restart/restart_")) {
      out[part + "/restart/restart_*.nc"] = restart(two, part, e);
    } else if (path == "verification.nc") {
      out[path] = std::llround(double(bytes) * scales.scores);  // however many windows are compared
    } else if (leaf == "impact.nc" || path == "impact.nc") {
      out[path] = bytes;  // of streams, regions and types
    } else if (path == "scorecard.nc") {
      // The open loop against the first experiment; in the run, the other experiments too.
      out[path] = bytes * std::max<std::int64_t>(std::int64_t(e.set.size()), 1);
    } else if (one.bytes.contains(path)) {
      const double before = double(one.bytes.at(path));
      // Observation files grow with their observations, others with the windows.
      const bool observed = part == "observations";
      const std::vector<double> x =
          observed ? std::vector<double>{sum(one.seen), sum(two.seen)} : std::vector<double>{1.0, 2.0};
      out[path] =
          std::llround(line_at(observed ? seen * double(windows) : double(windows), x, {before, double(bytes)}));
    } else {
      out[path] = bytes;
    }
  }
  Sizes all = of_all_experiments(out, e);
  for (const auto& [path, bytes] : out)
    if (path.ends_with("/restart/restart_*.nc")) {
      const std::string part = path.substr(0, path.rfind("/restart/"));
      all[part.starts_with("experiments/") ? "experiments/*/restart/restart_*.nc" : path] += flights(two, part, e);
    }
  return all;
}

std::int64_t CostForecast::bytes_total() const {
  std::int64_t total = 0;
  for (const auto& [path, n] : bytes) total += n;
  return total;
}

}  // namespace tilth
