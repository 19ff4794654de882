#include "driver/calibrate/run_predictions.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {

RunPredictions::RunPredictions(const Domain& domain, const GridPoint& point, const SiteObservations& observations,
                               int members, bool daily)
    : domain_(&domain),
      point_(&point),
      observations_(&observations),
      stride_(std::size_t(padded(members))),
      count_(daily ? observations.all() : observations.count()),
      sums_(std::size_t(count_) * stride_, 0.0),
      values_(stride_, 0.0),
      weight_(std::size_t(count_), 0.0),
      flag_(std::size_t(count_), qc_used) {}

void RunPredictions::see(const StepSpan& span, ColumnView column, std::span<const double* const> physical) {
  const Time day = midnight(span.begin);
  for (const int i : observations_->of_day(day)) see(i, span, column, physical);
  if (count_ == observations_->count()) return;
  const auto d = int((day - observations_->begin()) / seconds_per_day);
  for (int s = 0; s < observations_->streams(); ++s) see(observations_->daily(s, d), span, column, physical);
}

void RunPredictions::see(int i, const StepSpan& span, ColumnView column, std::span<const double* const> physical) {
  const Predictand wanted = observations_->predictand(i);
  const SeenAt seen = seen_at(wanted, span);
  if (!(seen.weight > 0.0)) return;
  operator_parameters(*wanted.stream, physical, domain_->model->traits().parameters.size(), pointers_);
  flag_[std::size_t(i)] |=
      wanted.stream->op->predict(observed_column(*domain_->model, *point_, wanted, seen, column, pointers_), values_);
  double* sum = sums_.data() + std::size_t(i) * stride_;
  for (std::size_t k = 0; k < stride_; ++k) sum[k] += seen.weight * values_[k];
  weight_[std::size_t(i)] += seen.weight;
}

void RunPredictions::finish(const ParameterSet& parameters) {
  const int pft = point_->surface.tiles.front().pft;  // any: a bias belongs to no PFT
  for (int i = 0; i < count_; ++i) {
    double* x = sums_.data() + std::size_t(i) * stride_;
    const double weight = weight_[std::size_t(i)];
    for (std::size_t k = 0; k < stride_; ++k) x[k] = weight > 0.0 ? x[k] / weight : std::nan("");
    const Predictand wanted = observations_->predictand(i);
    for (const BiasTerm& term : wanted.stream->biases) {
      const double predictor = bias_predictor(term.predictor, middle(wanted.begin, wanted.end));
      const double* beta = parameters.physical(term.definition, pft, 0);
      for (std::size_t k = 0; k < stride_; ++k) x[k] += predictor * beta[k];
    }
    if (!std::all_of(x, x + stride_, [](double v) { return std::isfinite(v); }))
      flag_[std::size_t(i)] |= qc_no_prediction;
  }
}

}  // namespace tilth
