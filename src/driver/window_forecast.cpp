#include "driver/window_forecast.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "driver/bias_terms.hpp"
#include "driver/checkpoint.hpp"
#include "driver/column_records.hpp"
#include "driver/prediction.hpp"

namespace tilth {

// Sums the predictions of one window's observations, observation by observation. A day counts when it ends: what its
// earlier steps gave is kept apart, as a day with failed members is shown again from its start.
class WindowForecast::Predictor {
 public:
  Predictor(Members& members, ObsTable& obs)
      : domain_(members.domain()), obs_(obs), of_column_(domain_.columns()), today_(domain_.columns()) {
    obs.members = members.size();
    obs.hx.assign(obs.size() * obs.stride(), 0.0);
    weight_.assign(obs.size(), 0.0);
    for (std::size_t i = 0; i < obs.size(); ++i)
      if (obs.column[i] >= 0) of_column_[obs.column[i]].push_back(std::int32_t(i));
  }

  void visit(int c, const StepSpan& span, ColumnView column, std::span<const double* const> physical) {
    if (span.begin.seconds % seconds_per_day == 0) today_[c].clear();
    for (const std::int32_t i : of_column_[c]) {
      const SeenAt seen = seen_at(predictand(i), span);
      if (seen.weight > 0.0) predict(i, c, seen, column, physical);
    }
    if (!span.ends_day) return;
    for (const Seen& s : today_[c]) add(s);
    today_[c].clear();
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

  // One record per observation of a column: which it is, its flag and weight, its sums.
  void save(CheckpointWriter& file) const {
    const auto rows = owned_rows();
    std::vector<double> values;
    for (const std::size_t i : rows) {
      values.insert(values.end(), {double(obs_.id[i]), double(obs_.flag[i]), weight_[i]});
      values.insert(values.end(), obs_.predictions(i), obs_.predictions(i) + obs_.members);
    }
    records(rows).save(file, name, width(), std::move(values));
  }

  void load(const CheckpointReader& file) {
    const auto rows = owned_rows();
    const std::vector<double> values = records(rows).load(file, name, width());
    const double* x = values.data();
    together(*domain_.comm, [&] {
      for (std::size_t r = 0; r < rows.size(); ++r, x += width()) {
        const std::size_t i = rows[r];
        require(x[0] == double(obs_.id[i]), file.path(), ": ", name, ": observation ", x[0],
                " stands where the window now has ", obs_.id[i],
                "; restore observations and options, or start anew without --resume");
        obs_.flag[i] = std::uint32_t(x[1]);
        weight_[i] = x[2];
        for (int k = 0; k < obs_.stride(); ++k) obs_.predictions(i)[k] = x[3 + std::min(k, obs_.members - 1)];
      }
    });
  }

 private:
  static constexpr const char* name = "window_predictions";
  struct Seen {
    std::int32_t observation;
    double weight;
    std::uint32_t flag;
    AlignedVector<double> values;
  };

  int width() const { return 3 + obs_.members; }

  // This rank's observations in an order of their own, whatever the order of the table: sorted by stream and id.
  std::vector<std::size_t> owned_rows() const {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < obs_.size(); ++i)
      if (obs_.column[i] >= 0) rows.push_back(i);
    std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(obs_.type[a], obs_.id[a]) < std::pair(obs_.type[b], obs_.id[b]);
    });
    return rows;
  }

  ColumnRecords records(const std::vector<std::size_t>& rows) const {
    std::vector<std::int32_t> columns;
    for (const std::size_t i : rows) columns.push_back(obs_.column[i]);
    return {domain_, columns};
  }

  Predictand predictand(std::int32_t i) const {
    return {&domain_.streams[obs_.type[i]], obs_.begin[i], obs_.end[i], obs_.lon[i], obs_.level[i],
            obs_.view_zenith_deg[i]};
  }

  void predict(std::int32_t i, int c, const SeenAt& seen, ColumnView column, std::span<const double* const> physical) {
    const Stream& stream = domain_.streams[obs_.type[i]];
    thread_local std::vector<const double*> pointers;
    operator_parameters(stream, physical, domain_.model->traits().parameters.size(), pointers);
    const ObservedColumn observed =
        observed_column(*domain_.model, domain_.grid.points[c], predictand(i), seen, column, pointers);
    Seen& s = today_[c].emplace_back(Seen{i, seen.weight, 0, AlignedVector<double>(std::size_t(obs_.stride()))});
    s.flag = stream.op->predict(observed, s.values);
  }

  void add(const Seen& s) {
    obs_.flag[s.observation] |= s.flag;
    double* hx = obs_.predictions(s.observation);
    for (int k = 0; k < obs_.stride(); ++k) hx[k] += s.weight * s.values[k];
    weight_[s.observation] += s.weight;
  }

  const Domain& domain_;
  ObsTable& obs_;
  std::vector<std::vector<std::int32_t>> of_column_;
  std::vector<std::vector<Seen>> today_;  // of each column
  std::vector<double> weight_;
};

WindowForecast::WindowForecast(Members& members, Time begin, Time end, ObsTable& obs, Products& products,
                               StepSeries* steps)
    : members_(members),
      end_(end),
      reached_(begin),
      obs_(obs),
      products_(products),
      steps_(steps),
      predictor_(std::make_unique<Predictor>(members, obs)),
      failures_before_(members.failures().begin(), members.failures().end()) {
  products.clear(product_slices(begin, end, members.domain().experiment->output.products.every));
  if (steps) steps->clear(begin, end);
}
WindowForecast::~WindowForecast() = default;

void WindowForecast::advance_day() {
  const Domain& domain = members_.domain();
  const int slice = products_.slice_of(reached_);
  report_.merge(members_.advance(
      reached_, [&](int c, const StepSpan& span, ColumnView column, std::span<const double* const> physical) {
        if (span.ends_day) products_.add(c, domain.grid.points[c], column, slice, members_.precipitation(c));
        if (steps_) steps_->add(c, domain.grid.points[c], span, column);
        predictor_->visit(c, span, column, physical);
      }));
  reached_ = reached_ + seconds_per_day;
}

StepReport WindowForecast::finish() {
  products_.finish();
  predictor_->finish();
  add_biases(members_, obs_);
  return report_;
}

void WindowForecast::save(CheckpointWriter& file) const {
  file.attribute("window_reached", reached_.seconds);
  save_closure(file, *members_.domain().comm, "window_", report_);
  file.distributed("window_replaced_before", *members_.domain().by_point, 1,
                   std::vector<double>(failures_before_.begin(), failures_before_.end()));
  predictor_->save(file);
  products_.save(file, *members_.domain().by_point);
  if (steps_) steps_->save(file);
}

void WindowForecast::load(const CheckpointReader& file) {
  reached_ = Time{file.integer("window_reached")};
  load_closure(file, "window_", report_);
  std::vector<double> before(failures_before_.size());
  file.distributed("window_replaced_before", *members_.domain().by_point, 1, before);
  failures_before_.assign(before.begin(), before.end());
  predictor_->load(file);
  products_.load(file, *members_.domain().by_point);
  if (steps_) steps_->load(file);
}

StepReport forecast_window(Members& members, Time begin, Time end, ObsTable& obs, Products& products,
                           StepSeries* steps) {
  WindowForecast window(members, begin, end, obs, products, steps);
  while (!window.complete()) window.advance_day();
  return window.finish();
}

}  // namespace tilth
