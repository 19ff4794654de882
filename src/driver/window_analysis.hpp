#pragma once

#include <string>
#include <vector>

#include "assim/field/any_method.hpp"
#include "assim/field/localisation_rules.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/column_rows.hpp"
#include "driver/inflation_field.hpp"
#include "driver/members.hpp"
#include "driver/products.hpp"
#include "io/feedback.hpp"

namespace tilth {

/// What one analysis did, over all ranks: identical on every rank and for any rank count.
struct AnalysisSummary {
  double water_increment_kg_m2 = 0.0;  ///< area-mean water added by the analysis
  double carbon_increment_g_m2 = 0.0;  ///< area-mean carbon added by the analysis
  std::int64_t updated_columns = 0;
  std::int64_t clipped = 0;
  int passes = 1;                     ///< of an iterative method
  std::int64_t members_replaced = 0;  ///< member days of the forecast of the window
  /// One after the other: increments add up, columns and passes are those of the longer one.
  AnalysisSummary operator+(const AnalysisSummary& later) const;
};

/// The observations as the last analysis took them, and its factors on the anomalies of the columns (empty: none).
struct AnalysedWindow {
  ObsTable seen;
  std::vector<double> factors;
};

/// Which rows of a tile the analysis updates, and in which transform.
std::vector<ControlRow> control_rows(const Experiment& experiment, const ModelTraits& traits);

/// Flags observations that cannot be used and fills prior mean and spread of the feedback.
FeedbackColumns check_observations(const Domain& domain, ObsTable& obs);

/// Posterior mean and spread of the feedback from updated predictions.
void fill_posterior(const ObsTable& obs, const AlignedVector<double>& posterior_hx, FeedbackColumns& feedback);

/// Spread of every (uncertain parameter, unit) row, for the spread floor.
std::vector<double> parameter_spreads(ParameterSet& parameters);

/// The analysis of the windows of a run: method, localisation, what is updated, and the memory it keeps (inflation).
class WindowAnalysis {
 public:
  /// Reads and checks the options. The initial spread of the parameters is that of `members`.
  WindowAnalysis(Members& members, std::span<const ProductDefinition> products);

  bool iterative() const { return method_.iterative != nullptr; }
  /// Updates states, products of the window and parameters of all members with the observations whose flag is 0; fills
  /// the posterior statistics of the feedback. Collective. @pre not iterative
  AnalysisSummary update(std::int64_t cycle, const ObsTable& obs, Products& products, FeedbackColumns& feedback);

  /// From now on `update` keeps what it took.
  void keep_analysed() { keeps_ = true; }
  const AnalysedWindow& analysed() const { return kept_; }
  const LocalisationRules& rules() const { return rules_; }
  const AnyMethod& method() const { return method_; }
  /// The kinds of rows that the rules know.
  std::vector<RowKind> kinds(std::span<const ProductDefinition> products) const {
    return ColumnRows::kinds_of(members_.domain(), control_, members_.parameters, products);
  }

  /// Starts the iteration of a window. @pre iterative
  std::unique_ptr<Iteration> start(std::int64_t cycle) const;
  /// One pass: updates states and parameters at the start of the window from the predictions of the last run.
  /// Collective.
  AnalysisSummary iterate(Iteration& iteration, std::int64_t cycle, int pass, const ObsTable& obs,
                          const FeedbackColumns& feedback);
  /// After the last pass: spread of the start-of-window members relative to those the window began with. Collective.
  AnalysisSummary finish_iteration(std::int64_t cycle, Members& prior, const ObsTable& obs);

  /// Adaptive inflation, a part of the run's memory.
  InflationField& inflation() { return inflation_; }
  /// Number of observations that moved each of this rank's columns in the last analysis.
  const std::vector<int>& local_observations() const { return record_.local_observations; }

 private:
  PosteriorOptions posterior(std::int64_t cycle, bool observed);
  AnalysisSummary summary(const ColumnRows& rows) const;
  AnalysisKey key(std::int64_t cycle) const;

  Members& members_;
  std::vector<ControlRow> control_;
  AnyMethod method_;
  LocalisationRules rules_;
  std::vector<double> initial_parameter_sd_;
  std::vector<double> rotation_;
  InflationField inflation_;
  FieldRecord record_;
  bool keeps_ = false;
  AnalysedWindow kept_;
};

}  // namespace tilth
