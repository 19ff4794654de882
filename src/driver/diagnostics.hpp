#pragma once

#include <array>
#include <string>
#include <vector>

#include "driver/members.hpp"
#include "driver/products.hpp"
#include "driver/window_analysis.hpp"
#include "io/feedback.hpp"
#include "io/table.hpp"

namespace tilth {

/// The PFT whose physical value stands for row `unit` of uncertain parameter k: for a global one the first that varies,
/// as others may keep a structural value in all members. @pre the scope is not column
int reported_pft(const ParameterSet& set, int k, int unit);

/// What a cycle made of a stream, for the log; NaN where nothing was used.
struct StreamSummary {
  std::string stream;
  std::int64_t used = 0, rejected = 0, withheld = 0;
  double bias_prior = 0.0, rms_prior = 0.0, spread_prior = 0.0, rms_posterior = 0.0, chi2 = 0.0;
};

/// Rows of diagnostics.nc (one per cycle and stream) and parameters.nc (one per cycle, parameter and unit). All numbers
/// are the same on every rank and for any rank count.
class Diagnostics {
 public:
  explicit Diagnostics(const Domain& domain);

  /// Remembers the forecast means of the products, for the increments.
  void keep_forecast(const Products& products);
  /// Analysis minus forecast of product p, per owned column.
  std::vector<double> increment(int p, const Products& products, int slice = 0) const;
  /// Adds the rows of a cycle. Collective.
  void add(std::int64_t cycle, Time end, const FeedbackColumns& feedback, const AnalysisSummary& summary);
  /// Adds the state of the per-PFT and global parameters at the end of a cycle.
  void add_parameters(std::int64_t cycle, Time end, Members& members);
  /// Writes both files into `folder`. Collective.
  void write(const std::string& folder) const;

  /// All rows as numbers, for a restart file.
  std::vector<double> numbers() const;
  /// Replaces all rows by those that `numbers` gave; `Failure` when they do not fit.
  void restore(const std::vector<double>& numbers);
  /// The streams of a cycle.
  std::vector<StreamSummary> of_cycle(std::int64_t cycle) const;
  /// Observations used so far, all streams and ranks.
  std::int64_t used() const;

 private:
  struct StreamRow {
    double cycle = 0, time = 0, type = 0, total = 0, used = 0, rejected = 0, withheld = 0;
    double bias_prior = 0, rms_prior = 0, spread_prior = 0, bias_posterior = 0, rms_posterior = 0, spread_posterior = 0,
           error_sd = 0, chi2 = 0, water = 0, carbon = 0;
    double spread_skill = 0, crps = 0, error_variance = 0, prior_variance = 0, signal = 0, passes = 0, replaced = 0;
    std::array<double, 10> rank{};  ///< share of the observations in each tenth of the rank histogram
  };
  struct ParameterRow {
    double cycle = 0, time = 0, definition = 0, unit = 0, mean = 0, sd = 0, q05 = 0, q95 = 0;
  };
  std::vector<TableColumn> stream_table() const;
  std::vector<TableColumn> parameter_table() const;
  const Domain* domain_;
  std::vector<std::vector<double>> forecast_;  // [slice * products + product][column]
  std::vector<StreamRow> streams_;
  std::vector<ParameterRow> parameters_;
};

}  // namespace tilth
