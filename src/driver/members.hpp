#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/parallel/threads.hpp"
#include "core/state/ensemble.hpp"
#include "core/state/parameter_set.hpp"
#include "driver/column_cost.hpp"
#include "driver/domain.hpp"
#include "driver/failures.hpp"

namespace tilth {

/// Who the members are: the ensemble, or the single member of a nature run.
struct MemberRole {
  int size = 1;
  std::int64_t first = 0;  ///< key of the first member; -1 is the nature run
  std::uint64_t seed = 1;
};

/// Parameters that differ between members: those of `control`, then those of `ensemble`, then biases of streams.
/// `Error` for a name that the model does not have.
std::vector<UncertainParameter> uncertain_parameters(const Domain& domain);

/// Model columns of all members with their parameters and the memory of their weather perturbations.
class Members {
 public:
  Members(const Domain& domain, MemberRole role);

  /// Called for every column after each model step: column number, the step, its state, its parameter pointers. Threads
  /// call it for different columns at once.
  using Visitor = std::function<void(int, const StepSpan&, ColumnView, std::span<const double* const>)>;

  /// A start without history.
  void cold_start(int c);
  /// The same, then equilibrium with the repeated weather `cycle` (whole years of days, the first at `begin`).
  StepReport equilibrate(int c, Time begin, std::span<const MetDay> cycle);
  /// Advances all columns over the day that starts at `day`. When members fail within a day of several steps, the
  /// visitor sees the column's day a second time from its start, with their replacements. `Failure` on all ranks when
  /// too many fail. Collective.
  StepReport advance(Time day, const Visitor& visit);

  /// Takes over state, parameters, memory and counts of a copy of these members made earlier.
  void restore(const Members& earlier);

  Ensemble state;
  ParameterSet parameters;
  /// AR(1) memory of the weather perturbations, [column][row][padded members].
  AlignedVector<double> memory;

  const Domain& domain() const { return *domain_; }
  const MemberRole& role() const { return role_; }
  int size() const { return role_.size; }
  /// Weather of the last day read, unperturbed.
  std::span<const MetDay> weather() const { return weather_; }
  /// Precipitation of the last day at column c, mean over the members, kg m-2.
  double precipitation(int c) const { return precipitation_[std::size_t(c)]; }
  /// Pointers to the physical parameters of column c: [tile * definitions + parameter], good until the next call by the
  /// same thread.
  std::span<const double* const> column_parameters(int c);
  int memory_rows() const;
  /// Members of this rank's columns that failed a step so far and took over the state of another: member days.
  std::int64_t replaced() const;
  /// The same for column c: member days, spin-up included.
  std::int64_t failures(int c) const { return failures_[std::size_t(c)]; }
  std::span<const std::int64_t> failures() const { return failures_; }
  void set_failures(std::span<const double> counts);
  bool has_weather() const { return domain_->model->traits().needs_forcing; }
  /// What this rank's columns cost so far.
  const ColumnCost& cost() const { return cost_; }

 private:
  StepReport advance_column(int c, Time day, const Visitor& visit);
  double* memory_of(int c);
  const Domain* domain_;
  MemberRole role_;
  Failures failing_;
  std::vector<std::int64_t> failures_;  // of each column
  Random perturbation_random_;
  std::vector<MetDay> weather_;
  std::vector<double> precipitation_;
  std::vector<MetSteps> steps_;  // course of the day; empty where forcing or model know none
  struct Scratch {
    ForcingPerturbation perturbation;
    MetMembers met;
    std::vector<const double*> pointers;
  };
  Scratch& scratch() { return scratch_[std::size_t(thread_number())]; }
  std::vector<Scratch> scratch_;  // of each thread
  ColumnCost cost_;
};

}  // namespace tilth
