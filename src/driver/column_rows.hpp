#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "driver/members.hpp"
#include "driver/parameter_update.hpp"
#include "driver/products.hpp"

namespace tilth {

/// A state row that the analysis updates, and in which transform.
struct ControlRow {
  int row = 0;  ///< of the model's layout
  std::string variable;
  double level = 0.0;  ///< NaN: none
  Transform transform;
  double lower = 0.0, upper = 0.0;
  bool rank_histogram = false;
};

/// What the analysis did to this rank's columns.
struct ColumnChanges {
  std::vector<double> water_kg, carbon_g;  ///< added, one per column that was stored, in any order
  std::int64_t updated_columns = 0, clipped = 0;
};

/// The rows of this rank's columns as an analysis sees them: control states of every tile (unconstrained), parameters
/// of scope column, products of the window, predictions of the column's own observations. What is stored is relaxed,
/// brought back inside its bounds and repaired.
class ColumnRows final : public FieldRows {
 public:
  ColumnRows(Members& members, const std::vector<ControlRow>& control, PosteriorOptions posterior);
  ~ColumnRows() override;

  /// Products and predictions take part; `posterior_hx` starts as a copy of obs.hx and receives updated predictions.
  void attach(Products& products, const ObsTable& obs, AlignedVector<double>& posterior_hx);
  /// Factor on the anomalies of states, products and predictions of a column when they are loaded (prior inflation).
  void inflate_prior(std::span<const double> factor) { prior_factor_ = factor; }
  /// Spread is relaxed towards these members rather than those loaded.
  void relax_towards(Members& reference) { reference_ = &reference; }

  const std::vector<RowKind>& kinds() const override { return kinds_; }
  std::vector<FieldRow> load(int column) override;
  void store(int column, bool changed) override;
  /// Repairs a column after parameters it shares with others have changed.
  void reconcile(int column);
  const ColumnChanges& changes() const { return changes_; }

  /// The kinds of every experiment with this control: states, parameters, products, streams.
  static std::vector<RowKind> kinds_of(const Domain& domain, const std::vector<ControlRow>& control,
                                       const ParameterSet& parameters, std::span<const ProductDefinition> products);

 private:
  struct Loaded;
  struct Source;
  void gather(Members& members, int column, Loaded& loaded) const;
  void keep_spread(int column, Loaded& loaded) const;
  void add_noise(int column, Loaded& loaded) const;
  std::unique_ptr<Loaded> memory();
  std::unique_ptr<Loaded> unload(int column);
  void write_back(int column, const Loaded& loaded);
  void repair(int column, const Loaded& loaded);

  Members& members_;
  const std::vector<ControlRow>& control_;
  PosteriorOptions posterior_;
  Products* products_ = nullptr;
  const ObsTable* obs_ = nullptr;
  AlignedVector<double>* posterior_hx_ = nullptr;
  std::vector<std::vector<std::int32_t>> own_obs_;  // predicted observations of each column
  std::span<const double> prior_factor_;
  Members* reference_ = nullptr;
  std::vector<RowKind> kinds_;
  std::vector<int> kind_of_control_;
  int first_parameter_ = 0, first_product_ = 0, first_stream_ = 0;
  std::mutex mutex_;  // of what follows: threads load and store different columns
  std::map<int, std::unique_ptr<Loaded>> loaded_;
  std::vector<std::unique_ptr<Loaded>> spare_;
  ColumnChanges changes_;
};

}  // namespace tilth
