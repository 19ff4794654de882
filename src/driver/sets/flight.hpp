#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "driver/sets/impact_field.hpp"
#include "driver/sets/impact_norm.hpp"
#include "driver/window_analysis.hpp"

namespace tilth {

/// A quantity that a forecast is judged by: of one product at one column, or one withheld observation.
struct Verified {
  int kind = 0;                ///< of LocalisationRules
  double weight = 0.0;         ///< in the norm
  double with = 0.0;           ///< error of the mean of the run's forecast
  double without = 0.0;        ///< the same of the forecast that lacks the analysis
  std::vector<double> prior;   ///< anomalies of the members that lack the analysis, from what analyses move
  std::vector<double> shared;  ///< what of them comes from shared parameters; empty: not known
};

/// Members that go on beside a run as if one of its analyses had not been made.
class Flight {
 public:
  /// From the members before the analysis of `cycle`. Where they differ in states that no analysis moves, or in errors
  /// of the weather that persist, a second set of them has the mean of these: what it spreads is moved by the weights.
  /// `splits`: a third one has the mean of all per-PFT and global parameters that analyses update, too; `keeps`: they
  /// are compared over more than one window, so the members after the analysis go on, too.
  Flight(std::int64_t cycle, const Members& prior, bool splits, bool keeps);
  /// What the analysis took, and the members after it.
  void analysed(const AnalysedWindow& window, const Members& members);

  std::int64_t cycle() const { return cycle_; }
  const ObsTable& seen() const { return seen_; }
  std::span<const double> factors() const { return factors_; }
  bool splits() const { return fixed_.has_value(); }
  Members& prior() { return prior_; }

  /// The forecast of a later window. `obs` and `products` are the run's own forecast of it, before its analysis, and
  /// stand for that of the members after the analysis where these are not carried on. Collective.
  void advance(std::int64_t cycle, const ObsTable& obs, const Products& products, const ImpactNorm& norm);
  /// The quantities of a column by the last window. `reference`: [product of the norm][column]; with withheld
  /// observations it is not looked at. Good once per window.
  std::vector<Verified> verified(int column, const ImpactNorm& norm, const std::vector<std::vector<double>>& reference,
                                 std::span<const RowKind> kinds, std::int64_t withheld) const;
  /// Withheld observations of this rank in the last window.
  std::int64_t withheld() const;

  /// In a restart file, under names that begin with `prefix`. Collective.
  void save(CheckpointWriter& file, const std::string& prefix);
  Flight(const Domain& domain, const CheckpointReader& file, const std::string& prefix);

 private:
  /// Products and predictions of a set of members over the last window.
  struct Forecast {
    std::optional<Products> products;
    ObsTable obs;
  };
  Forecast forecast(Members& members, std::int64_t cycle, const ObsTable& obs, bool predicts) const;

  std::int64_t cycle_ = 0;
  Members prior_;
  std::optional<Members> moved_, fixed_, posterior_;
  bool keeps_ = false;
  ObsTable seen_;
  std::vector<double> factors_;
  Forecast of_prior_, of_moved_, of_fixed_;
  std::vector<std::vector<double>> mean_with_;  // [product of the norm][column]
  std::vector<double> predicted_with_;          // of each observation of the window
};

/// Members' means of product p over all slices of a window at a column.
std::vector<double> window_members(const Products& products, int column, int p);

}  // namespace tilth
