#include "driver/calibrate/run_pool.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "core/base/aligned.hpp"
#include "core/base/error.hpp"
#include "core/parallel/threads.hpp"
#include "driver/progress.hpp"
#include "driver/signals.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

constexpr std::size_t largest_pack = 32;
constexpr double chunk_s = 2.0;  // wall-clock between two looks at signals, where single runs are shorter
constexpr int most_per_worker = 64;

std::span<const double> span_of(const Vector& v) { return {v.data(), std::size_t(v.size())}; }

double cost_of(const SiteRuns& runs, int site, std::size_t rows) {
  return double(runs.point(site).surface.tiles.size()) * double(padded(int(rows)));
}

}  // namespace

/// Runs of one site that go together; numbers of tasks.
struct RunPool::Pack {
  int site = 0;
  std::vector<std::size_t> tasks;
  double cost = 0.0;
};

RunPool::RunPool(const Comm& comm, const SiteRuns& runs, Journal& journal, bool quiet)
    : comm_(comm), runs_(runs), journal_(journal), quiet_(quiet) {}

// First of the tasks with the same site and parameters that are not in the journal.
std::vector<std::size_t> RunPool::missing(const std::string& kind, std::span<const RunTask> tasks) const {
  std::vector<std::size_t> out;
  std::map<std::pair<int, std::vector<double>>, bool> seen;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const RunTask& t = tasks[i];
    require(t.site >= 0 && t.site < runs_.sites() && t.z.size() == Index(runs_.parameters().size()) && t.z.allFinite(),
            "run ", i, " of ", kind, ": site ", t.site, " with ", t.z.size(), " parameters; there are ", runs_.sites(),
            " sites and ", runs_.parameters().size(), " parameters, all finite");
    if (journal_.find(kind, t.site, span_of(t.z))) continue;
    if (seen.emplace(std::pair{t.site, std::vector<double>(t.z.begin(), t.z.end())}, true).second) out.push_back(i);
  }
  return out;
}

// Packs small enough that all workers have something to do, large enough for the lanes of the processor.
std::vector<RunPool::Pack> RunPool::packs(std::span<const RunTask> tasks, std::span<const std::size_t> which,
                                          std::size_t most) const {
  const std::size_t share = (which.size() + std::size_t(workers()) - 1) / std::size_t(workers());
  const std::size_t size = std::min(most, std::size_t(padded(int(std::max<std::size_t>(share, 1)))));
  std::map<int, std::vector<std::size_t>> by_site;
  for (const std::size_t i : which) by_site[tasks[i].site].push_back(i);
  std::vector<Pack> out;
  for (const auto& [site, all] : by_site)
    for (std::size_t first = 0; first < all.size(); first += size) {
      const std::size_t last = std::min(all.size(), first + size);
      out.push_back({site, {all.begin() + std::ptrdiff_t(first), all.begin() + std::ptrdiff_t(last)}, 0.0});
      out.back().cost = cost_of(runs_, site, last - first);
    }
  std::ranges::stable_sort(out, [](const Pack& a, const Pack& b) { return a.cost > b.cost; });
  return out;
}

int RunPool::workers() const { return comm_.size() * threads(); }

// Packs of this rank: in order of falling cost each to the rank that has least to do.
std::vector<RunPool::Pack> RunPool::mine(std::span<const Pack> all) const {
  std::vector<double> load(std::size_t(comm_.size()), 0.0);
  std::vector<Pack> out;
  for (const Pack& pack : all) {
    const auto least = std::ranges::min_element(load);
    *least += pack.cost;
    if (least - load.begin() == comm_.rank()) out.push_back(pack);
  }
  return out;
}

// Numbers of the runs of all ranks go into the journal, in the order of tasks.
void RunPool::remember(const std::string& kind, std::span<const RunTask> tasks,
                       const std::vector<std::pair<std::size_t, Vector>>& results) {
  std::vector<double> sent;
  for (const auto& [task, numbers] : results) {
    sent.push_back(double(task));
    sent.push_back(double(numbers.size()));
    sent.insert(sent.end(), numbers.begin(), numbers.end());
  }
  const std::vector<double> all = comm_.all_gather(std::span<const double>(sent));
  std::map<std::size_t, std::vector<double>> sorted;
  for (std::size_t i = 0; i < all.size();) {
    const auto task = std::size_t(all[i]), count = std::size_t(all[i + 1]);
    const auto first = all.begin() + std::ptrdiff_t(i + 2);
    sorted[task] = {first, first + std::ptrdiff_t(count)};
    i += 2 + count;
  }
  for (auto& [task, numbers] : sorted) journal_.add(kind, tasks[task].site, span_of(tasks[task].z), std::move(numbers));
  journal_.sync();
}

std::vector<Vector> RunPool::evaluate_all(const std::string& kind, std::span<const RunTask> tasks, std::size_t most,
                                          const RunPack& run) {
  evaluations_ += std::int64_t(tasks.size());
  const std::vector<Pack> todo = packs(tasks, missing(kind, tasks), most);
  Progress progress(kind, std::int64_t(todo.size()), comm_.root() && !quiet_);
  int per_worker = 1;
  for (std::size_t first = 0; first < todo.size();) {
    const std::size_t last = std::min(todo.size(), first + std::size_t(per_worker) * std::size_t(workers()));
    const auto begin = std::chrono::steady_clock::now();
    const std::vector<Pack> own = mine(std::span(todo).subspan(first, last - first));
    std::vector<std::vector<std::pair<std::size_t, Vector>>> parts(own.size());
    together(comm_, [&] {
      for_each_index(int(own.size()), [&](int p) { parts[std::size_t(p)] = run(own[std::size_t(p)]); });
    });
    std::vector<std::pair<std::size_t, Vector>> results;
    for (auto& part : parts) results.insert(results.end(), part.begin(), part.end());
    remember(kind, tasks, results);
    first = last;
    progress.step(std::int64_t(last), text(evaluations_, " runs asked for, ", failed_.size(), " failed"));
    if (comm_.any(signal_received()))
      throw Stopped(text("stopped by a signal; ", journal_.size(), " results are in ", journal_.path(),
                         ", continue with --resume"));
    const double s = comm_.max(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    per_worker = std::clamp(int(double(per_worker) * chunk_s / std::max(s, 1e-3)), 1, most_per_worker);
  }
  std::vector<Vector> out;
  for (const RunTask& task : tasks) out.push_back(recalled(kind, task));
  return out;
}

// From the journal; takes note of a run that failed.
Vector RunPool::recalled(const std::string& kind, const RunTask& task) {
  const std::vector<double>& numbers = *journal_.find(kind, task.site, span_of(task.z));
  if (numbers.size() == 1 && std::isnan(numbers[0])) {
    const auto same = [&](const FailedRun& f) {
      return f.kind == kind && f.task.site == task.site && f.task.z == task.z;
    };
    if (std::ranges::none_of(failed_, same)) failed_.push_back({kind, task});
  }
  return Eigen::Map<const Vector>(numbers.data(), Index(numbers.size()));
}

std::vector<Vector> RunPool::evaluate(const std::string& kind, std::span<const RunTask> tasks, RunReach reach,
                                      const Reduce& reduce) {
  return evaluate_all(kind, tasks, largest_pack, [&](const Pack& pack) {
    Matrix z(Index(pack.tasks.size()), Index(runs_.parameters().size()));
    for (Index k = 0; k < z.rows(); ++k) z.row(k) = tasks[pack.tasks[std::size_t(k)]].z.transpose();
    const SiteRun run = runs_.run(pack.site, z, reach);
    std::vector<std::pair<std::size_t, Vector>> out;
    for (Index k = 0; k < z.rows(); ++k) {
      const std::size_t i = pack.tasks[std::size_t(k)];
      const Vector predictions = run.predictions.row(k).transpose();
      std::vector<Vector> days;
      for (const Matrix& stream : run.series) days.emplace_back(stream.row(k).transpose());
      out.emplace_back(i, predictions.allFinite() ? reduce(tasks[i], predictions, days) : failure());
    }
    return out;
  });
}

std::vector<Vector> RunPool::evaluate_each(const std::string& kind, std::span<const RunTask> tasks, const Work& work) {
  return evaluate_all(kind, tasks, 1, [&](const Pack& pack) {
    const std::size_t i = pack.tasks[0];
    return std::vector<std::pair<std::size_t, Vector>>{{i, work(tasks[i])}};
  });
}

Vector RunPool::failure() { return Vector::Constant(1, std::numeric_limits<double>::quiet_NaN()); }

}  // namespace tilth
