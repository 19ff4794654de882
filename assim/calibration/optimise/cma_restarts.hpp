#pragma once

#include "assim/calibration/optimise/cma_es.hpp"

namespace tilth::calibration {

/// How the population of restarts is chosen.
enum class Restarts {
  none,
  ipop,  ///< doubled every time (Auger & Hansen 2005)
  bipop  ///< doubled, or small with a small step: whichever has used fewer evaluations so far (Hansen 2009)
};

struct CmaRestartOptions {
  Restarts restarts = Restarts::bipop;
  int most_doublings = 9;  ///< of the population
  double sigma = 0.3;      ///< first step, in widths of the box
  CmaOptions search = {};  ///< of the first run; `most_evaluations` and `target` are for all runs together
};

/// CMA-ES within bounds, started again where it has come to an end: first from `start`, then from random points.
class CmaRestarts final : public Search {
 public:
  CmaRestarts(const Box& box, const Vector& start, const CmaRestartOptions& options = {});

  Matrix ask() const override;
  void tell(const Vector& values) override;
  bool finished() const override { return finished_; }
  std::vector<double> numbers() const override;
  void restore(std::span<const double> numbers) override;

  const Record& record() const { return record_; }
  int restarts() const { return run_; }
  /// Best parameter set and value of every run so far: how far optima spread.
  const Matrix& optima() const { return optima_; }
  const std::vector<double>& optimum_values() const { return optimum_values_; }

 private:
  template <class A>
  void fields(A& archive) {
    archive(run_, doublings_, large_spent_, small_spent_, spent_before_, small_, finished_, start_, sigma_, population_,
            record_, optima_, optimum_values_);
  }
  CmaEs made() const;
  void next_run();

  Box box_;
  CmaRestartOptions options_;
  Index default_population_;
  int run_ = 0, doublings_ = 0;
  std::int64_t large_spent_ = 0, small_spent_ = 0, spent_before_ = 0;  // evaluations
  bool small_ = false, finished_ = false;
  Vector start_;  // in unbounded coordinates
  double sigma_;
  Index population_;
  Record record_;
  Matrix optima_;
  std::vector<double> optimum_values_;
  CmaEs search_;
};

}  // namespace tilth::calibration
