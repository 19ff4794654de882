#pragma once

#include <memory>

#include "core/obs/obs_table.hpp"
#include "driver/members.hpp"
#include "driver/products.hpp"
#include "driver/step_series.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// The forecast of one window, day by day: advances the members, fills the predictions of `obs` (owned by this rank) at
/// their times and the window means of the products. Predictions of interval observations are means over the days of
/// the interval that lie in the window. Flags raised by the operators are added to `obs.flag`. Between two days its
/// partial sums can be written to a restart file and taken back by the same window on any number of ranks.
class WindowForecast final : public Remembered {
 public:
  /// `steps`, unless null, takes the values of every step. All arguments must outlive this.
  WindowForecast(Members& members, Time begin, Time end, ObsTable& obs, Products& products, StepSeries* steps);
  ~WindowForecast() override;

  /// Where the members are.
  Time reached() const { return reached_; }
  bool complete() const { return !(reached_ < end_); }
  /// One more day. Collective.
  void advance_day();
  /// Divides the sums; closure and health of all days. Collective.
  StepReport finish();

  /// Member days of column c that failed in this window so far.
  std::int64_t replaced(int c) const { return members_.failures(c) - failures_before_[std::size_t(c)]; }

  /// Everything but the members.
  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;

 private:
  class Predictor;
  Members& members_;
  Time end_, reached_;
  ObsTable& obs_;
  Products& products_;
  StepSeries* steps_;
  std::unique_ptr<Predictor> predictor_;
  StepReport report_;
  std::vector<std::int64_t> failures_before_;  // of each column
};

/// A whole window at once. Collective.
StepReport forecast_window(Members& members, Time begin, Time end, ObsTable& obs, Products& products,
                           StepSeries* steps = nullptr);

}  // namespace tilth
