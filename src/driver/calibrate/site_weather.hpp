#pragma once

#include <span>
#include <vector>

#include "core/base/time.hpp"
#include "core/state/forcing.hpp"
#include "driver/domain.hpp"
#include "driver/spin_up.hpp"

namespace tilth {

/// Weather of all columns over the days of a spin-up cycle and of a run, read once and kept.
class SiteWeather {
 public:
  /// Days of the run from `begin` to `end`. `Error` before anything is read when it would take absurdly much memory.
  SiteWeather(const Domain& domain, const SpinUpCycle& cycle, Time begin, Time end);

  Time begin() const { return begin_; }
  int days() const { return days_; }
  /// Days of a year that is repeated until equilibrium; empty for a model that takes no weather.
  std::span<const MetDay> cycle(int column) const { return cycle_[std::size_t(column)]; }
  Time cycle_begin() const { return cycle_begin_; }
  const MetDay& day(int column, int d) const { return run_[std::size_t(column)][std::size_t(d)]; }
  /// Course of the day, or null where it is not known; good until the next call by the same thread.
  const MetSteps* steps(int column, int d) const;
  std::int64_t bytes() const { return bytes_; }

 private:
  Time cycle_begin_, begin_;
  int days_ = 0, steps_per_day_ = 0;
  std::int64_t bytes_ = 0;
  std::vector<std::vector<MetDay>> cycle_, run_;  // [column][day]
  std::vector<std::vector<double>> course_;       // [column][day][variable][step]
};

}  // namespace tilth
