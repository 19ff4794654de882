#include "driver/cycle_events.hpp"

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "driver/events.hpp"

namespace tilth {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

namespace {
double between(Clock::time_point a, Clock::time_point b) { return std::chrono::duration<double>(b - a).count(); }
}  // namespace

CycleEvents::CycleEvents(std::string part, std::int64_t first, std::int64_t windows)
    : part_(std::move(part)), first_(first), windows_(windows), begin_(Clock::now()), last_(begin_) {}

void CycleEvents::finished(const Domain& domain, std::int64_t cycle, const Diagnostics& diagnostics,
                           const Members& members) {
  const std::int64_t replaced = domain.comm->sum(members.replaced());
  const auto now = Clock::now();
  const std::int64_t done = cycle + 1;
  const double rate = double(done - first_) / std::max(between(begin_, now), 1e-9);
  std::int64_t used = 0, rejected = 0, withheld = 0;
  Json streams = Json::array();
  for (const StreamSummary& s : diagnostics.of_cycle(cycle)) {
    used += s.used, rejected += s.rejected, withheld += s.withheld;
    streams.push_back({{"stream", s.stream},
                       {"used", s.used},
                       {"rejected", s.rejected},
                       {"withheld", s.withheld},
                       {"bias_prior", s.bias_prior},
                       {"rms_prior", s.rms_prior},
                       {"spread_prior", s.spread_prior},
                       {"rms_posterior", s.rms_posterior},
                       {"chi2", s.chi2}});
  }
  event("cycle_finished", {{"part", part_},
                           {"window", done},
                           {"windows", windows_},
                           {"date", format_time(domain.experiment->window_end(cycle))},
                           {"seconds", between(last_, now)},
                           {"rate_per_s", rate},
                           {"eta_s", double(windows_ - done) / rate},
                           {"observations", used + rejected + withheld},
                           {"used", used},
                           {"rejected", rejected},
                           {"withheld", withheld},
                           {"members_replaced", replaced},
                           {"streams", streams}});
  last_ = now;
}

void checkpoint_written(const std::string& part, const Comm& comm, const std::string& path, double seconds) {
  if (!comm.root()) return;
  std::error_code none;
  const auto bytes = std::filesystem::file_size(path, none);
  event("checkpoint_written", {{"part", part}, {"file", path}, {"bytes", none ? 0 : bytes}, {"seconds", seconds}});
}

}  // namespace tilth
