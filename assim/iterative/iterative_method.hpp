#pragma once

#include <memory>
#include <span>

#include "assim/field/field_problem.hpp"
#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// One window's iteration of a method that runs the model again: predictions of the last run in, members of the next
/// run out. Rows are always those of the *start* of the window.
class Iteration {
 public:
  virtual ~Iteration() = default;
  /// True: before each update the rows hold the members the window began with (the iterate is kept inside);
  /// false: the members of the last run.
  virtual bool from_prior() const = 0;
  /// Starts pass `pass` = 0, 1, ... of the window; the updates of the pass follow.
  virtual void begin(int pass) = 0;
  /// Updates the rows of all columns from `problem.obs` (hx of the last run). Collective.
  virtual void update(FieldProblem& problem) = 0;
  /// The same for rows that columns share, from statistics of the last run; `unit` numbers the sets of rows. The gram
  /// holds R^-1 at full weight.
  virtual void update(int unit, const ObsGram& gram, int members, std::span<double* const> rows) = 0;
  /// After a pass: whether the model is to be run again before another pass. (In any case it runs once more at the end,
  /// from the final members.) Collective.
  virtual bool more(const Comm& comm) = 0;
};

/// A method that iterates a window (strong constraint: the same draws of weather errors in every run).
class IterativeMethod {
 public:
  virtual ~IterativeMethod() = default;
  virtual std::unique_ptr<Iteration> start(AnalysisKey key) const = 0;
  /// Whether statistics must hold perturbations of the observations (ObsGram::YtRE), drawn with the pass in their key.
  virtual bool perturbs() const = 0;
};

/// The registered iterative methods, in the order of assim/iterative/list.hpp.
const Registry<IterativeMethod>& iterative_methods();

}  // namespace tilth
