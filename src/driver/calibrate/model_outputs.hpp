#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assim/operators/observation_operator.hpp"
#include "core/base/aligned.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// A variable of the model with name, sign and units of CMIP: a value per day, of the cell.
struct ModelOutput {
  std::string name, standard_name, long_name, units;
  std::string comment = {};                        ///< what it holds, where the name does not say
  std::vector<std::pair<int, double>> terms = {};  ///< row and weight; tiles weighted by fraction
  bool mean = true;                                ///< over the day; false: the value at its end
  std::string op = {};                             ///< operator that makes it where rows do not
};

/// Those that the rows of a model allow.
std::vector<ModelOutput> model_outputs(const StateLayout& layout);

/// Daily series of outputs in a run of one column, for all members.
class RunOutputs {
 public:
  /// `begin`: of the first day. All references must outlive this.
  RunOutputs(const LandModel& model, const GridPoint& point, const std::vector<ModelOutput>& outputs, Time begin,
             int days, int members);

  /// Takes the column after a step.
  void see(const StepSpan& span, ColumnView column);
  /// Padded members.
  std::span<const double> of(int output, int day) const { return {sums_.data() + at(output, day), stride_}; }

 private:
  std::size_t at(int output, int day) const {
    return (std::size_t(output) * std::size_t(days_) + std::size_t(day)) * stride_;
  }
  const LandModel* model_;
  const GridPoint* point_;
  const std::vector<ModelOutput>* outputs_;
  std::vector<std::unique_ptr<ObservationOperator>> operators_;  // null where rows make it
  Time begin_;
  int days_;
  std::size_t stride_;
  AlignedVector<double> sums_, values_;
};

}  // namespace tilth
