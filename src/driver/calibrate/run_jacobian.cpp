#include "driver/calibrate/run_jacobian.hpp"

#include <algorithm>

namespace tilth {

RunJacobian::RunJacobian(const Domain& domain, const GridPoint& point, const SiteObservations& observations,
                         std::span<const double* const> parameters, std::span<const DerivativeInput> inputs)
    : domain_(&domain),
      point_(&point),
      observations_(&observations),
      values_(domain, point, observations, 1, false),
      inputs_(int(inputs.size())),
      tiles_(int(point.surface.tiles.size())),
      rows_(domain.model->traits().layout.rows()),
      stride_(std::size_t(padded(inputs_))),
      parameters_(parameters),
      filled_(std::size_t(rows_)),
      sums_(std::size_t(observations.count()) * stride_, 0.0),
      slopes_(stride_, 0.0),
      weight_(std::size_t(observations.count()), 0.0) {
  const std::size_t all = std::size_t(tiles_) * std::size_t(rows_);
  member_.assign(all * member_padding, 0.0);
  members_.assign(all * stride_, 0.0);
  changes_.assign(all * stride_, 0.0);
  for (const Stream& stream : domain.streams) read_.push_back(rows_of(stream));
  fill_parameters(parameters, inputs);
}

std::vector<int> RunJacobian::rows_of(const Stream& stream) const {
  const StateLayout& layout = domain_->model->traits().layout;
  const OperatorTraits& op = stream.op->traits();
  std::vector<std::string> names = op.needs;
  for (const auto& name : op.optional)
    if (layout.has(name)) names.push_back(name);
  std::vector<int> rows;
  for (const auto& name : names)
    for (int k = 0; k < layout.variable(name).layers; ++k) rows.push_back(layout.row(name) + k);
  return rows;
}

void RunJacobian::fill_parameters(std::span<const double* const> parameters, std::span<const DerivativeInput> inputs) {
  const std::size_t per_tile = domain_->model->traits().parameters.size();
  parameter_values_.assign(parameters.size() * stride_, 0.0);
  parameter_changes_.assign(parameters.size() * stride_, 0.0);
  change_pointers_.assign(parameters.size(), nullptr);
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    std::fill_n(parameter_values_.begin() + std::ptrdiff_t(p * stride_), stride_, *parameters[p]);
    value_pointers_.push_back(parameter_values_.data() + p * stride_);
  }
  for (int t = 0; t < tiles_; ++t)
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].kind != DerivativeInput::Kind::parameter) continue;
      const std::size_t p = std::size_t(t) * per_tile + std::size_t(inputs[i].index);
      parameter_changes_[p * stride_ + i] = inputs[i].slope[std::size_t(t)];
      change_pointers_[p] = parameter_changes_.data() + p * stride_;
    }
}

void RunJacobian::fill(int stream, const DualRows& rows) {
  for (const int r : read_[std::size_t(stream)]) {
    if (filled_[std::size_t(r)]) continue;
    filled_[std::size_t(r)] = 1;
    for (int t = 0; t < tiles_; ++t) {
      const std::size_t at = std::size_t(t) * std::size_t(rows_) + std::size_t(r);
      std::fill_n(member_.data() + at * member_padding, member_padding, rows.value(t, r));
      std::fill_n(members_.data() + at * stride_, stride_, rows.value(t, r));
      rows.derivatives(t, r, changes_.data() + at * stride_);
    }
  }
}

void RunJacobian::see(const StepSpan& span, const DualRows& rows) {
  const auto touched = observations_->of_day(midnight(span.begin));
  if (touched.empty()) return;
  std::ranges::fill(filled_, 0);
  for (const int i : touched) {
    const Predictand wanted = observations_->predictand(i);
    const SeenAt seen = seen_at(wanted, span);
    if (!(seen.weight > 0.0)) continue;
    fill(observations_->stream(i), rows);
    if (inputs_ == 0) continue;
    const std::size_t per_tile = domain_->model->traits().parameters.size();
    operator_parameters(*wanted.stream, value_pointers_, per_tile, seen_);
    operator_parameters(*wanted.stream, change_pointers_, per_tile, changed_);
    const ColumnView members(members_.data(), tiles_, rows_, inputs_), changes(changes_.data(), tiles_, rows_, inputs_);
    wanted.stream->op->tangent(observed_column(*domain_->model, *point_, wanted, seen, members, seen_),
                               {changes, changed_}, slopes_);
    double* sum = sums_.data() + std::size_t(i) * stride_;
    for (std::size_t k = 0; k < stride_; ++k) sum[k] += seen.weight * slopes_[k];
    weight_[std::size_t(i)] += seen.weight;
  }
  values_.see(span, ColumnView(member_.data(), tiles_, rows_, 1), parameters_);
}

void RunJacobian::finish(const ParameterSet& parameters) {
  values_.finish(parameters);
  for (std::size_t i = 0; i < weight_.size(); ++i)
    for (std::size_t k = 0; weight_[i] > 0.0 && k < stride_; ++k) sums_[i * stride_ + k] /= weight_[i];
}

}  // namespace tilth
