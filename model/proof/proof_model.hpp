#pragma once

#include <string>

#include "model/land_model.hpp"

namespace tilth {

/// A model for proofs: one variable `x` of some layers, without weather, budgets, bounds and equilibrium. What is left
/// to the model is its start and its step.
class ProofModel : public LandModel {
 public:
  const ModelTraits& traits() const final { return traits_; }
  void cold_start(const GridPoint& point, ColumnParameters parameters, ColumnView column) const final;
  StepReport advance(const GridPoint& point, ColumnParameters parameters, Time begin, const DayWeather& weather,
                     ColumnView column, const StepSeen& seen) const final;
  /// Puts back values that are not finite; everything finite is in bounds.
  RepairReport repair(const GridPoint& point, ColumnParameters parameters, ColumnView before,
                      ColumnView column) const final;
  StepReport equilibrate(const GridPoint& point, ColumnParameters parameters, Time begin, std::span<const MetDay> cycle,
                         ColumnView column) const final;

 protected:
  explicit ProofModel(ModelTraits traits);
  int layers() const { return traits_.layout.variables()[0].layers; }
  /// Start of a layer of `x`, the same for all members.
  virtual double start(int layer) const = 0;
  /// Advances a tile by a day. `parameter[p]` and rows of `state` hold padded members; `x` is the first rows.
  virtual void step(const double* const* parameter, double* state, int stride) const = 0;
  /// Fills the diagnostic rows of a tile from the state; nothing to do unless the model has some.
  virtual void diagnose(const double* const* /*parameter*/, double* /*state*/, int /*stride*/) const {}

 private:
  ModelTraits traits_;
};

/// The variable `x` of a model for proofs, unbounded.
Variable proof_variable(std::string long_name, int layers, double start_sd, double noise_sd);
/// The same at the end of the last step, as a diagnostic.
Variable proof_diagnostic(std::string name, std::string long_name, int layers);
/// A parameter with the same value for every plant functional type, without transform.
ParameterDefinition proof_parameter(std::string name, std::string about, double value, double limit, double prior_sd);

}  // namespace tilth
