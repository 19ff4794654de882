#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/problem_costs.hpp"
#include "driver/calibrate/run_pool.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth {

/// Stream of a metric that another program made.
inline constexpr int foreign_stream = -2;

/// A number by which runs are judged.
struct SiteMetric {
  int stream = -1;          ///< -1: of all streams together; or foreign_stream
  std::string name, units;  ///< such as gpp.rmse
  std::string word, needs;  ///< such as rmse; what a site needs for it
  std::vector<bool> known;  ///< per site: it has that
  bool anywhere() const;    ///< known at some site
};

/// What metrics are made with.
struct MetricRules {
  std::vector<std::string> units;  ///< of the streams
  std::vector<StreamRule> streams;
  PriorRule prior;
  int smoothing_days = 15;  ///< running mean of the seasonal cycle, odd
};

/// The metrics of every stream: rmse, bias and cost against its training observations; mean, annual sum and features of
/// the mean seasonal cycle (peak, peak_day, trough, trough_day, amplitude, spring_slope, autumn_slope) of its daily
/// series; and J, the cost of all streams with the prior term.
class SiteMetrics {
 public:
  /// `runs` must outlive it.
  SiteMetrics(const SiteRuns& runs, MetricRules rules);

  const std::vector<SiteMetric>& all() const { return all_; }
  /// Of one run, all of them but J; not-a-number where the site does not know a metric or the series does not yield it.
  calibration::Vector of(const RunTask& task, const calibration::Vector& predictions,
                         const std::vector<calibration::Vector>& series) const;
  /// J of a run from these.
  double J(const RunTask& task, const calibration::Vector& metrics) const;
  /// Names what `of` makes, for the journal.
  std::string kind() const;

 private:
  void add(int stream, const std::string& word, const std::string& units, const std::string& needs,
           std::vector<bool> known);
  void add_stream(int stream, const std::string& units);

  const SiteRuns& runs_;
  MetricRules rules_;
  std::vector<SiteCost> costs_;
  std::vector<int> year_, day_;  // of the series
  bool season_ = false, whole_year_ = false;
  std::vector<SiteMetric> all_;
};

/// Numbers of the metrics that `words` name: `gpp.rmse`, `rmse` (of all streams), `gpp.all`, `J`, `all`; each once, in
/// the order of the list. Words with `all` leave out what no site knows. @throws Error for a word that names none, and
/// for one that no site knows; `where` starts the message
std::vector<int> chosen_metrics(const std::vector<SiteMetric>& all, const std::vector<std::string>& words,
                                const std::string& where);

}  // namespace tilth
