#include "driver/timer.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <limits>
#include <sstream>

#include <fmt/format.h>

namespace tilth {

namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

// A profile is of the process, as its log is.
struct Profile {
  std::vector<PhaseTotal> totals;
  std::size_t open = none;  // innermost phase
};

Profile& profile() {
  static Profile p;
  return p;
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::int64_t cpu_now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::size_t entry_of(const std::string& path) {
  auto& totals = profile().totals;
  for (std::size_t i = 0; i < totals.size(); ++i)
    if (totals[i].path == path) return i;
  totals.push_back({.path = path});
  return totals.size() - 1;
}

}  // namespace

Phase::Phase(const std::string& name) : outer_(profile().open) {
  entry_ = entry_of(outer_ == none ? name : profile().totals[outer_].path + "/" + name);
  profile().open = entry_;
  begin_ns_ = now_ns();
  begin_cpu_ns_ = cpu_now_ns();
}

Phase::~Phase() {
  PhaseTotal& total = profile().totals[entry_];
  total.nanoseconds += now_ns() - begin_ns_;
  total.cpu_ns += cpu_now_ns() - begin_cpu_ns_;
  ++total.calls;
  profile().open = outer_;
}

std::vector<PhaseTotal> phase_totals() { return profile().totals; }

void reset_phases() { profile() = {}; }

std::vector<PhaseRow> phase_table(const Comm& comm) {
  std::string paths;
  for (const PhaseTotal& total : profile().totals) paths += total.path + "\n";
  comm.broadcast(paths);
  std::vector<PhaseRow> rows;
  std::istringstream in(paths);
  for (std::string line; std::getline(in, line);) rows.push_back({.path = line});
  std::vector<std::int64_t> calls, ns, cpu;
  for (const PhaseRow& row : rows) {
    const auto& totals = profile().totals;
    const auto found =
        std::find_if(totals.begin(), totals.end(), [&](const PhaseTotal& total) { return total.path == row.path; });
    calls.push_back(comm.root() ? found->calls : 0);
    ns.push_back(found == totals.end() ? 0 : found->nanoseconds);
    cpu.push_back(found == totals.end() ? 0 : found->cpu_ns);
  }
  std::vector<std::int64_t> most = ns;
  comm.max(std::span(most));
  comm.sum(std::span(ns));
  comm.sum(std::span(cpu));
  comm.sum(std::span(calls));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].calls = calls[i];
    rows[i].max_s = double(most[i]) * 1e-9;
    rows[i].mean_s = double(ns[i]) * 1e-9 / comm.size();
    rows[i].cpu_s = double(cpu[i]) * 1e-9 / comm.size();
  }
  return rows;
}

namespace {

// Phases inside a phase follow it, in the order of first entry.
void append(const std::vector<PhaseRow>& rows, const std::string& outer, double total_s, std::string& out) {
  for (const PhaseRow& row : rows) {
    const bool inside = row.path.size() > outer.size() && row.path.starts_with(outer) &&
                        row.path.find('/', outer.size()) == std::string::npos;
    if (!inside) continue;
    const auto depth = std::count(row.path.begin(), row.path.end(), '/');
    const std::string name = std::string(std::size_t(2 * depth), ' ') + row.path.substr(outer.size());
    out += fmt::format("{:<40}{:>9}{:>11.2f}{:>11.2f}{:>11.2f}{:>8.1f} %{:>10.2f}\n", name, row.calls, row.max_s,
                       row.mean_s, row.cpu_s, total_s > 0.0 ? 100.0 * row.mean_s / total_s : 0.0, row.imbalance());
    append(rows, row.path + "/", total_s, out);
  }
}

}  // namespace

std::string phase_text(const std::vector<PhaseRow>& rows, double total_s) {
  std::string out = fmt::format("{:<40}{:>9}{:>11}{:>11}{:>11}{:>10}{:>10}\n", "phase", "calls", "max s", "mean s",
                                "cpu s", "share", "max/mean");
  append(rows, "", total_s, out);
  return out;
}

}  // namespace tilth
