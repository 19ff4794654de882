#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/state/ensemble.hpp"
#include "core/state/parameter_set.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// Who the members are: the ensemble, or the single member of a nature run.
struct MemberRole {
  int size = 1;
  std::int64_t first = 0;  ///< key of the first member; -1 is the nature run
  std::uint64_t seed = 1;
};

/// Model columns of all members with their parameters and the memory of their weather perturbations.
class Members {
 public:
  Members(const Domain& domain, MemberRole role);

  /// Called for every column after each model step: column number, the step, its state, its parameter pointers.
  using Visitor = std::function<void(int, const StepSpan&, ColumnView, std::span<const double* const>)>;

  /// Equilibrium with the weather before `start`, then the warm-up with perturbed weather. Collective.
  StepReport spin_up(Time start, const std::function<void(std::int64_t done, std::int64_t of)>& progress);
  /// Advances all columns over the day that starts at `day`. Collective.
  StepReport advance(Time day, const Visitor& visit);

  /// Takes over state, parameters and memory of a copy of these members made earlier.
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
  /// Pointers to the physical parameters of column c: [tile * definitions + parameter].
  std::span<const double* const> column_parameters(int c);
  int memory_rows() const;
  /// Members of this rank's columns that failed a step so far and took over the state of the next good member.
  std::int64_t replaced() const { return replaced_; }

 private:
  void replace_failed(int c, Time day, const std::vector<int>& failed);
  std::int64_t replaced_ = 0;
  double* memory_of(int c);
  void cold_start(int c);
  bool has_weather() const { return domain_->model->traits().needs_forcing; }
  const Domain* domain_;
  MemberRole role_;
  ForcingPerturbation perturbation_;
  Random perturbation_random_;
  std::vector<MetDay> weather_;
  std::vector<double> precipitation_;
  std::vector<MetSteps> steps_;  // course of the day; empty where forcing or model know none
  MetMembers met_;
  std::vector<const double*> pointers_;
};

}  // namespace tilth
