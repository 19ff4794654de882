#pragma once

#include <memory>

#include "assim/calibration/archive.hpp"
#include "assim/calibration/emulator/emulator.hpp"
#include "assim/calibration/history/implausibility.hpp"
#include "assim/calibration/history/region_sampler.hpp"

namespace tilth::calibration {

struct HistoryOptions {
  double cutoff = 3.0;  ///< of the implausibility (three-sigma rule, Pukelsheim 1994)
  int nth = 1;          ///< 1: the largest implausibility of the metrics decides, 2: the second largest
  Index runs = 60;      ///< per wave
  bool pool = false;    ///< emulators see the runs of earlier waves too
  double least_q2 = 0.0, least_coverage = 0.0;  ///< a metric whose emulator is worse rules nothing out in its wave
  EmulatorOptions emulator = {};
  RegionOptions region = {};
  std::uint64_t seed = 1;
};

/// What a wave left.
struct WaveReport {
  double volume = 0.0;                   ///< part of the original box not ruled out yet (NROY), all waves together
  double relative_error = 0.0;           ///< of the volume
  double kept = 0.0;                     ///< part of the volume before the wave
  int levels = 0;                        ///< of the sampler; 0: by rejection
  std::vector<EmulatorCheck> emulators;  ///< per metric
  std::vector<bool> used;                ///< metrics that rule out in this wave
  std::vector<Index> failed;             ///< rows of the wave whose runs failed
};

/// History matching in waves (Vernon et al. 2010; Williamson et al. 2013): each wave runs the model at points not ruled
/// out yet, fits emulators to its metrics, and rules out where the implausibility exceeds the cutoff.
class HistoryMatching {
 public:
  HistoryMatching(const Box& box, std::vector<Target> targets, const HistoryOptions& options = {});

  /// Parameter sets of the next wave, in the box: a Latin hypercube first, then points of the NROY space far from each
  /// other. Empty when nothing is left.
  const Matrix& ask() const { return design_; }
  /// Metrics of the runs of `ask()`, one per column; ends the wave.
  const WaveReport& tell(const Matrix& metrics) { return add_wave(design_, metrics); }
  /// A wave from any runs in the box, e.g. ones read from a file.
  const WaveReport& add_wave(const Matrix& X, const Matrix& metrics);

  /// Largest ratio of the implausibility to the cutoff over the waves so far, per row of the box. Rows above `enough`
  /// in an early wave are not looked at in later ones.
  Vector ratio(const Matrix& X, double enough = INFINITY) const;
  /// Uniform points of the NROY space, in the box.
  RegionSample sample(Index count) const;
  const std::vector<WaveReport>& waves() const { return reports_; }

  /// Designs and metrics of all waves; restoring fits them again.
  std::vector<double> numbers() const;
  void restore(std::span<const double> numbers);

 private:
  struct Wave {
    Matrix X, metrics;
    std::vector<std::shared_ptr<const Emulator>> emulators;  // none where the metric is not used
    template <class A>
    void fields(A& archive) {
      archive(X, metrics);
    }
  };
  std::pair<Matrix, Matrix> runs_for(const Matrix& X, const Matrix& metrics) const;
  Vector wave_ratio(const Wave& wave, const Matrix& X) const;
  void choose_design(const Matrix& candidates);

  Box box_;
  std::vector<Target> targets_;
  HistoryOptions options_;
  std::vector<Wave> waves_;
  std::vector<WaveReport> reports_;
  Matrix design_;
  Matrix draws_;   // uniform points of the unit cube
  Vector ratios_;  // of them
};

}  // namespace tilth::calibration
