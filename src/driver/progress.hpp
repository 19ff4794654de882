#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace tilth {

/// One line that shows how far long work is: what, step, simulated date, rate, time left. Only on a terminal, only rank
/// 0.
class Progress {
 public:
  Progress(std::string what, std::int64_t total, bool show);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `done` of the total are complete; `detail` is shown after it (e.g. the simulated date).
  void step(std::int64_t done, const std::string& detail = "");

 private:
  std::string what_;
  std::int64_t total_, first_ = -1;
  bool show_, drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

}  // namespace tilth
