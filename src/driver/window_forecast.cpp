#include "driver/window_forecast.hpp"

#include <algorithm>
#include <cmath>

#include "driver/bias_terms.hpp"
#include "driver/observation_time.hpp"

namespace tilth {

namespace {

// Sums the predictions of one window's observations, observation by observation.
class Predictor {
 public:
  Predictor(Members& members, ObsTable& obs) : domain_(members.domain()), obs_(obs), of_column_(domain_.columns()) {
    obs.members = members.size();
    obs.hx.assign(obs.size() * obs.stride(), 0.0);
    weight_.assign(obs.size(), 0.0);
    for (std::size_t i = 0; i < obs.size(); ++i)
      if (obs.column[i] >= 0) of_column_[obs.column[i]].push_back(std::int32_t(i));
    step_.resize(obs.stride());
  }

  void visit(int c, const StepSpan& span, ColumnView column, std::span<const double* const> physical) {
    for (const std::int32_t i : of_column_[c]) {
      const Stream& stream = domain_.streams[obs_.type[i]];
      const SeenAt seen = seen_at(
          {obs_.begin[i], obs_.end[i], stream.op->traits().daily_mean, stream.op->traits().overpass_h, obs_.lon[i]},
          span);
      if (seen.weight > 0.0) predict(i, c, seen, column, physical);
    }
  }

  void finish() {
    for (std::size_t i = 0; i < obs_.size(); ++i) {
      double* hx = obs_.predictions(i);
      if (!(weight_[i] > 0.0)) obs_.flag[i] |= qc_no_prediction;
      bool finite = true;
      for (int k = 0; k < obs_.stride(); ++k) {
        hx[k] /= weight_[i] > 0.0 ? weight_[i] : 1.0;
        finite = finite && std::isfinite(hx[k]);
      }
      if (!finite) {
        obs_.flag[i] |= qc_no_prediction;
        std::fill_n(hx, obs_.stride(), 0.0);
      }
    }
  }

 private:
  void predict(std::int32_t i, int c, const SeenAt& seen, ColumnView column, std::span<const double* const> physical) {
    const Stream& stream = domain_.streams[obs_.type[i]];
    const std::size_t n = domain_.model->traits().parameters.size();
    pointers_.clear();
    for (int t = 0; t < column.tiles(); ++t)
      for (const int p : stream.parameters) pointers_.push_back(physical[t * n + p]);
    const ObservedColumn observed{
        domain_.grid.points[c], domain_.model->traits().layout, column,    pointers_, obs_.level[i], seen.at,
        seen.whole_day,         obs_.view_zenith_deg[i],        seen.timed};
    obs_.flag[i] |= stream.op->predict(observed, step_);
    double* hx = obs_.predictions(i);
    for (int k = 0; k < obs_.stride(); ++k) hx[k] += seen.weight * step_[k];
    weight_[i] += seen.weight;
  }

  const Domain& domain_;
  ObsTable& obs_;
  std::vector<std::vector<std::int32_t>> of_column_;
  std::vector<double> weight_;
  AlignedVector<double> step_;
  std::vector<const double*> pointers_;
};

}  // namespace

StepReport forecast_window(Members& members, Time begin, Time end, ObsTable& obs, Products& products,
                           StepSeries* steps) {
  const Domain& domain = members.domain();
  Predictor predictor(members, obs);
  products.clear(product_slices(begin, end, domain.experiment->output.products.every));
  if (steps) steps->clear(begin, end);
  StepReport report;
  for (Time day = begin; day < end; day = day + seconds_per_day) {
    const int slice = products.slice_of(day);
    report.merge(members.advance(
        day, [&](int c, const StepSpan& span, ColumnView column, std::span<const double* const> physical) {
          if (span.ends_day) products.add(c, domain.grid.points[c], column, slice, members.precipitation(c));
          if (steps) steps->add(c, domain.grid.points[c], span, column);
          predictor.visit(c, span, column, physical);
        }));
  }
  products.finish();
  predictor.finish();
  add_biases(members, obs);
  return report;
}

}  // namespace tilth
