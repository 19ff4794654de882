#pragma once

#include <span>
#include <vector>

#include "driver/domain.hpp"

namespace tilth {

/// One column on its way through a run: a member per set of parameters. A member that fails stays behind.
class SiteColumn {
 public:
  /// `parameters` of this column alone, as many members as sets. `model` and `point` must outlive this.
  SiteColumn(const LandModel& model, const GridPoint& point, ParameterSet parameters);
  SiteColumn(const SiteColumn&) = delete;

  ColumnView view() { return {state_.data(), tiles_, model_->traits().layout.rows(), parameters_.members()}; }
  const ParameterSet& parameters() const { return parameters_; }
  /// Physical parameters, as in ColumnParameters.
  std::span<const double* const> physical() const { return pointers_; }
  const GridPoint& point() const { return *point_; }

  /// From a cold start to the equilibrium with a weather cycle; an empty one: the cold start alone.
  void equilibrate(Time begin, std::span<const MetDay> cycle);
  /// From an equilibrium [tile * rows + row] of disequilibrium factors 1.
  void start_from(std::span<const double> equilibrium);
  void advance(Time day, const MetDay& weather, const MetSteps* steps, const StepSeen& seen);
  /// Counts members as failed that have a value which is not finite. Such a value stays, so once at the end will do.
  void check_finite();
  /// Whether a member failed so far.
  bool failed(int member) const { return failed_[std::size_t(member)] != 0; }
  bool all_failed() const;
  /// Values of a member: [tile * rows + row].
  std::vector<double> state(int member);

 private:
  void note(const StepReport& report) {
    for (const int m : report.failed) failed_[std::size_t(m)] = 1;
  }
  const LandModel* model_;
  const GridPoint* point_;
  int tiles_;
  ParameterSet parameters_;
  std::vector<const double*> pointers_;
  AlignedVector<double> state_;
  MetMembers met_;
  std::vector<char> failed_;
};

}  // namespace tilth
