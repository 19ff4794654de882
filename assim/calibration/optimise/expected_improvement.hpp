#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/emulator/emulator.hpp"
#include "assim/calibration/search.hpp"

namespace tilth::calibration {

/// Expected amount by which a normal value of this mean and variance lies below `least` (Jones et al. 1998, eq. 15).
double expected_improvement(double least, double mean, double variance);

struct BayesOptions {
  Index first = 0;  ///< runs of the first design; 0: 5 per parameter
  Index batch = 4;  ///< runs per step
  int steps = 20;
  Index candidates = 2000;  ///< points at which the improvement is compared
  EmulatorOptions emulator = {};
  std::uint64_t seed = 1;
};

/// Bayesian optimisation: an emulator of the value, and batches of points with the largest expected improvement, where
/// the prediction stands for the values of the batch that are not known yet (kriging believer, Ginsbourger et al.
/// 2010).
class BayesSearch final : public Search {
 public:
  BayesSearch(const Box& box, const Vector& start, const BayesOptions& options = {});

  Matrix ask() const override { return asked_; }
  void tell(const Vector& values) override;
  bool finished() const override { return step_ > options_.steps; }
  std::vector<double> numbers() const override { return numbers_of(*this); }
  void restore(std::span<const double> numbers) override { restore_from(numbers, *this); }
  const Record& record() const { return record_; }
  /// All runs so far.
  const Matrix& points() const { return points_; }
  const Vector& values() const { return values_; }

  template <class A>
  void fields(A& archive) {
    archive(points_, values_, asked_, step_, record_);
  }

 private:
  void choose();
  Matrix candidates() const;

  Box box_;
  BayesOptions options_;
  Matrix points_, asked_;
  Vector values_;
  int step_ = 0;
  Record record_;
};

}  // namespace tilth::calibration
