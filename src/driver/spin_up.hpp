#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/members.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// Days whose weather is repeated until equilibrium: whole years before the warm-up.
struct SpinUpCycle {
  Time begin;
  std::int64_t days = 0;
};
SpinUpCycle spin_up_cycle(const Experiment& experiment, std::int64_t warmup_s);

/// The way from a cold start to the members at the start of a run: equilibrium with the weather before it, column by
/// column, then the warm-up with perturbed weather, day by day. What is done can be saved and taken up again.
class SpinUp final : public Remembered {
 public:
  SpinUp(Members& members, Time start);

  /// Called when one more of this rank's columns is in equilibrium.
  using Progress = std::function<void(std::int64_t done, std::int64_t of)>;
  /// Goes on; false when a signal came first. Collective.
  bool run(const Progress& progress);
  const StepReport& report() const { return report_; }

  /// Which columns are in equilibrium and how far the warm-up is; not the members themselves.
  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;

 private:
  bool reach_equilibrium(const Progress& progress);
  Members& members_;
  Time start_, reached_;             // the end and the day of the warm-up
  std::vector<double> equilibrium_;  // of each column: 1 or 0
  StepReport report_;
};

/// Spins the members up to the start of the run. When a signal comes it writes `path` and throws `Stopped`; with
/// `resume` it starts from such a file if it is there and good (else a warning), which stays. Collective.
StepReport spin_up(Members& members, const std::string& path, bool resume, const SpinUp::Progress& progress);

}  // namespace tilth
