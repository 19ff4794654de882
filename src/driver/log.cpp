#include "driver/log.hpp"

#include <algorithm>
#include <array>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/events.hpp"

namespace tilth {

void start_log(const Comm& comm, const std::string& level, bool quiet) {
  const std::array<std::string, 4> words{"debug", "info", "warning", "error"};
  require(std::find(words.begin(), words.end(), level) != words.end(), "command line: --log-level ", level,
          did_you_mean(level, words), "; must be one of ", joined(words));
  auto log = std::make_shared<spdlog::logger>("tilth", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("%H:%M:%S %l: %v");
  log->set_level(!comm.root() ? spdlog::level::off : quiet ? spdlog::level::err : spdlog::level::from_str(level));
  spdlog::set_default_logger(log);
}

void log_debug(const std::string& message) { spdlog::debug(message); }
void log_info(const std::string& message) { spdlog::info(message); }

namespace {
std::vector<std::string>& warnings() {
  static std::vector<std::string> list;
  return list;
}
}  // namespace

void log_warning(const std::string& message) {
  spdlog::warn(message);
  event("warning", {{"message", message}});
  warnings().push_back(message);
}

const std::vector<std::string>& logged_warnings() { return warnings(); }

}  // namespace tilth
