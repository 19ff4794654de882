#include "driver/events.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

namespace tilth {

namespace {

struct Stream {
  std::string path;
  bool root = false, warned = false;
};

// The event stream is of the process, as its log is.
Stream& stream() {
  static Stream s;
  return s;
}

void warn_once(const char* what) {
  if (stream().warned) return;
  stream().warned = true;
  spdlog::warn("{}: {}: {}; the run goes on without these events", stream().path, what, std::strerror(errno));
}

// One write call, so that a kill leaves the line whole or absent; a line cut short by a full disk is taken back.
void append(const std::string& line) {
  const int file = ::open(stream().path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return warn_once("cannot be opened");
  struct stat before {};
  const bool known = ::fstat(file, &before) == 0;
  const ssize_t written = ::write(file, line.data(), line.size());
  if (written != ssize_t(line.size())) {
    warn_once("cannot be written");
    if (written > 0 && known && ::ftruncate(file, before.st_size) != 0) warn_once("cannot be cut");
  }
  ::close(file);
}

// A file system that went down with the machine may have kept a part of the last line.
void cut_unfinished_line(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  const std::size_t end = content.rfind('\n') == std::string::npos ? 0 : content.rfind('\n') + 1;
  if (end < content.size() && ::truncate(path.c_str(), off_t(end)) != 0) warn_once("cannot be cut");
}

}  // namespace

void start_events(const Comm& comm, const std::string& path, bool append) {
  stream() = {path, comm.root()};
  if (!comm.root()) return;
  if (append)
    cut_unfinished_line(path);
  else if (std::remove(path.c_str()) != 0 && errno != ENOENT)
    warn_once("cannot be removed");
}

void share_events(const Comm& comm) { stream().root = comm.root(); }

void stop_events() { stream() = {}; }

void event(const std::string& name, const nlohmann::ordered_json& fields) {
  if (stream().root) event_from_here(name, fields);
}

void event_from_here(const std::string& name, const nlohmann::ordered_json& fields) {
  if (stream().path.empty()) return;
  nlohmann::ordered_json line{{"time", utc_now()}, {"event", name}};
  line.update(fields);
  append(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

std::vector<nlohmann::ordered_json> read_events(const std::string& path) {
  std::vector<nlohmann::ordered_json> out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    auto object = nlohmann::ordered_json::parse(line, nullptr, false);
    if (object.is_object()) out.push_back(std::move(object));
  }
  return out;
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const std::time_t seconds = std::time_t(ms / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, ms % 1000);
}

}  // namespace tilth
