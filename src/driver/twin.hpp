#pragma once

#include <span>
#include <string>
#include <vector>

#include "driver/members.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// What a twin experiment compares at the end of a window: the layers of a prognostic variable (cell means over tiles),
/// or an updated parameter (of the first tile, physical units).
struct TwinField {
  std::string name, units;
  bool parameter = false;
  int first = 0;   ///< row, or index of the parameter's definition
  int layers = 1;  ///< 1 for a parameter
};
std::vector<TwinField> twin_fields(const Domain& domain, const ParameterSet& parameters);

/// States and parameters of the nature run at the end of every window, for this rank's columns.
class Trajectory final : public Remembered {
 public:
  Trajectory(const Domain& domain, const Members& nature);
  void record(std::int64_t cycle, Members& nature);
  /// Writes, or reads back, what was recorded. Collective.
  void save(const std::string& path) const;
  void load(const std::string& path);
  /// The same of the windows recorded so far, in the restart files of the nature run.
  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;
  const std::vector<TwinField>& fields() const { return fields_; }
  /// Values of all fields, layer after layer, at column c.
  std::span<const double> at(std::int64_t cycle, int c) const;

 private:
  const Domain* domain_;
  std::vector<TwinField> fields_;
  int width_ = 0;
  std::int64_t recorded_ = 0;   // windows
  std::vector<double> values_;  // [column][window][width]
};

/// Time means of a field's scores. The error of a window is the root of the mean squared error of the ensemble mean
/// over the layers of a column, the spread that of the mean variance; both are averaged over columns, then over
/// windows.
struct TwinScore {
  std::string name, units;
  double rmse_f = 0.0, spread_f = 0.0;  ///< forecast: before the analysis of the window
  double rmse_a = 0.0, spread_a = 0.0;  ///< analysis, after inflation
  double mean = 0.0;                    ///< of the analysis, over layers and columns
};

/// Scores of an ensemble against a nature run, window by window. All numbers are the same for any number of ranks.
class TwinScores {
 public:
  TwinScores(const Domain& domain, const Trajectory& truth) : domain_(&domain), truth_(&truth) {}
  /// Scores the members before, then after the analysis of a window. Collective.
  void forecast(std::int64_t cycle, Members& members);
  void analysis(std::int64_t cycle, Members& members);
  /// Time means over the windows from `first` on.
  std::vector<TwinScore> summary(std::int64_t first) const;
  /// Writes one row per window and field. Collective.
  void write(const std::string& path) const;
  /// All rows as numbers, for a restart file, and back.
  std::vector<double> numbers() const;
  void restore(std::span<const double> numbers);
  /// Drops the rows of a window that is not complete.
  void forget(std::int64_t cycle);

 private:
  struct Row {
    double cycle = 0.0, field = 0.0, rmse_f = 0.0, spread_f = 0.0, rmse_a = 0.0, spread_a = 0.0, mean = 0.0;
  };
  struct Moments {
    double rmse = 0.0, spread = 0.0, mean = 0.0;
  };
  std::vector<Moments> score(std::int64_t cycle, Members& members) const;

  const Domain* domain_;
  const Trajectory* truth_;
  std::vector<Row> rows_;
};

}  // namespace tilth
