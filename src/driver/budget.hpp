#pragma once

#include <string>
#include <vector>

#include "driver/members.hpp"
#include "driver/products.hpp"
#include "driver/window_analysis.hpp"
#include "io/table.hpp"

namespace tilth {

/// Fluxes whose sums over a window close the budgets, for `Products` to keep beside the products; the one without terms
/// is the precipitation. Empty for a model without the land's variables.
std::vector<ProductDefinition> budget_fluxes(const StateLayout& layout);

/// Rows of budget.nc, one per window: what was stored before and after, what came and went, what the analysis added and
/// what is left. Ensemble and area means; the same on every rank and for any rank count.
class Budget {
 public:
  explicit Budget(const Domain& domain);

  /// Whether it knows what was stored at the start of the first window.
  bool is_started() const { return started_; }
  /// Takes what is stored now, at the start of the first window. Collective.
  void start(Members& members);
  /// Adds the row of a window at its end: products with the fluxes of its (last) run, what its analysis did, the
  /// largest residuals of its steps. Collective.
  void add(std::int64_t cycle, Time end, Members& members, const Products& products, const AnalysisSummary& summary,
           const StepReport& steps);
  /// Writes `folder/budget.nc`, unless the model has no budget. Collective.
  void write(const std::string& folder) const;

  /// Everything as numbers, for a restart file; none before the start.
  std::vector<double> numbers() const;
  /// Takes over what `numbers` gave; `Failure` when it does not fit.
  void restore(const std::vector<double>& numbers);

 private:
  struct Store {
    std::string name, units;
    std::vector<int> rows;
    double now = 0.0;
  };
  struct Column {
    std::string name, units, about;
  };
  double stored(Members& members, const Store& store) const;
  void describe();

  const Domain* domain_;
  std::vector<double> area_;
  double total_area_ = 0.0;
  bool started_ = false;
  std::vector<Store> stores_;
  std::vector<ProductDefinition> fluxes_;
  std::vector<Column> columns_;
  std::vector<double> values_;  // [window][column]
};

}  // namespace tilth
