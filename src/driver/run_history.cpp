#include "driver/run_history.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/events.hpp"

namespace tilth {

using Json = nlohmann::ordered_json;

namespace {

std::string& current() {
  static std::string folder;
  return folder;
}

// Events since the last start.
std::vector<Json> last_start(const std::string& folder) {
  std::vector<Json> events = read_events(folder + "/events.jsonl");
  const auto is_start = [](const Json& event) { return event.value("event", "") == "run_started"; };
  const auto start = std::find_if(events.rbegin(), events.rend(), is_start);
  if (start != events.rend()) events.erase(events.begin(), start.base() - 1);
  return events;
}

}  // namespace

Json read_run(const std::string& folder) {
  std::ifstream in(folder + "/run.json");
  Json run = Json::parse(in, nullptr, false);
  return run.is_object() ? run : Json::object();
}

void write_run(const std::string& folder, const Json& run) {
  const std::string path = folder + "/run.json";
  std::ofstream out(path + ".tmp");
  out << run.dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  out.close();
  ensure(bool(out), path, ": cannot be written; is the disk full?");
  std::filesystem::rename(path + ".tmp", path);
}

Json windows_of_last_start(const std::string& folder) {
  Json windows = Json::object();
  for (const Json& event : last_start(folder)) {
    if (event.value("event", "") != "cycle_finished") continue;
    const std::string part = event.value("part", "");
    const auto window = event.value("window", std::int64_t{0});
    if (!windows.contains(part)) windows[part] = {{"from", window}, {"to", window}};
    windows[part]["to"] = window;
  }
  return windows;
}

Json earlier_stretches(const std::string& folder) {
  const Json run = read_run(folder);
  Json stretches = run.contains("runs") && run["runs"].is_array() ? run["runs"] : Json::array();
  if (stretches.empty() || stretches.back().value("status", "") != "running") return stretches;
  Json& last = stretches.back();
  last["status"] = "killed";
  last["windows"] = windows_of_last_start(folder);
  const auto events = last_start(folder);
  if (!events.empty()) last["ended"] = events.back().value("time", "");
  return stretches;
}

void set_current_run(const std::string& folder) { current() = folder; }

// Whether a run that was not continued wrote nothing but its record.
static bool only_recorded(const std::string& folder, const Json& run) {
  if (!run.contains("runs") || run["runs"].size() != 1) return false;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name != "run.json" && name != "events.jsonl") return false;
  }
  return true;
}

void note_failure(const std::string& message, int exit_status) {
  constexpr int bad_input = 2;
  const std::string folder = current();
  if (folder.empty()) return;
  set_current_run("");
  try {
    if (exit_status == bad_input && only_recorded(folder, read_run(folder))) {  // bad input leaves nothing behind
      stop_events();
      for (const char* name : {"run.json", "events.jsonl"})
        std::filesystem::remove(std::filesystem::path(folder) / name);
      return;
    }
    event_from_here("run_finished", {{"status", "failed"}, {"exit_status", exit_status}, {"message", message}});
    Json run = read_run(folder);
    run["status"] = "failed";
    run["message"] = message;
    if (run.contains("runs") && !run["runs"].empty()) {
      Json& last = run["runs"].back();
      last["status"] = "failed";
      last["message"] = message;
      last["ended"] = utc_now();
      last["windows"] = windows_of_last_start(folder);
    }
    write_run(folder, run);
  } catch (const std::exception&) {  // a full disk: the message goes to standard error all the same
  }
}

}  // namespace tilth
