#include "driver/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace tilth {

namespace {
constexpr double redraw_s = 0.2;
double seconds(std::chrono::steady_clock::duration d) { return std::chrono::duration<double>(d).count(); }
}  // namespace

Progress::Progress(std::string what, std::int64_t total, bool show)
    : what_(std::move(what)),
      total_(total),
      show_(show && isatty(STDERR_FILENO)),
      start_(std::chrono::steady_clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (drawn_) std::fprintf(stderr, "\r\033[K");
}

void Progress::step(std::int64_t done, const std::string& detail) {
  if (!show_) return;
  const auto now = std::chrono::steady_clock::now();
  if (first_ < 0) first_ = done - 1;
  if (drawn_ && done < total_ && seconds(now - last_) < redraw_s) return;
  last_ = now;
  drawn_ = true;
  const double rate = (done - first_) / std::max(seconds(now - start_), 1e-9);
  const double left = (total_ - done) / std::max(rate, 1e-12);
  std::fprintf(stderr, "\r\033[K%s  %lld/%lld  %s  %.3g/s  %02d:%02d left", what_.c_str(), static_cast<long long>(done),
               static_cast<long long>(total_), detail.c_str(), rate, int(left) / 60, int(left) % 60);
  std::fflush(stderr);
}

}  // namespace tilth
