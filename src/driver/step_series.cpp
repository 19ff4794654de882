#include "driver/step_series.hpp"

#include "core/base/error.hpp"
#include "core/parallel/threads.hpp"

namespace tilth {

namespace {

std::vector<ProductVariable> step_variables(std::span<const ProductDefinition> definitions) {
  std::vector<ProductVariable> out;
  for (const ProductDefinition& d : definitions)
    out.push_back({d.name, d.standard_name, d.long_name, d.units, "area: mean where land time: mean"});
  return out;
}

}  // namespace

StepSeries::StepSeries(const Domain& domain, int members, const std::string& path, const std::string& label,
                       bool append)
    : definitions_(step_definitions(domain.model->traits().layout)),
      one_(std::size_t(threads()), Products(definitions_, 1, members)),
      domain_(&domain) {
  require(!definitions_.empty(), "output.steps: model '", domain.model->traits().name,
          "' has one step a day; leave it out, or take a model with several");
  file_ = std::make_unique<ProductFile>(*domain.comm, path, domain.grid, step_variables(definitions_),
                                        domain.experiment->run.name + ": steps of " + label, append);
}

void StepSeries::clear(Time begin, Time end) {
  begin_ = begin;
  const std::vector<double> columns(std::size_t(domain_->columns()));
  values_.assign(std::size_t((end - begin) / step_s()), std::vector<std::vector<double>>(definitions_.size(), columns));
}

void StepSeries::add(int c, const GridPoint& point, const StepSpan& span, ColumnView column) {
  Products& one = one_[std::size_t(thread_number())];
  one.clear();
  one.add(0, point, column);
  auto& step = values_[std::size_t((span.begin - begin_) / step_s())];
  for (int p = 0; p < int(definitions_.size()); ++p) step[std::size_t(p)][std::size_t(c)] = one.mean(p)[0];
}

void StepSeries::save(CheckpointWriter& file) const {
  std::vector<double> values;
  for (std::size_t c = 0; c < std::size_t(domain_->columns()); ++c)
    for (const auto& step : values_)
      for (const auto& product : step) values.push_back(product[c]);
  file.distributed("window_steps", *domain_->by_point, int(values_.size() * definitions_.size()), std::move(values));
}

void StepSeries::load(const CheckpointReader& file) {
  const std::size_t width = values_.size() * definitions_.size();
  std::vector<double> values(std::size_t(domain_->columns()) * width);
  file.distributed("window_steps", *domain_->by_point, int(width), values);
  const double* x = values.data();
  for (std::size_t c = 0; c < std::size_t(domain_->columns()); ++c)
    for (auto& step : values_)
      for (auto& product : step) product[c] = *x++;
}

void StepSeries::write() {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const Time begin = begin_ + std::int64_t(i) * step_s();
    file_->write(begin, begin + step_s(), values_[i]);
  }
}

std::int64_t StepSeries::step_s() const { return domain_->model->traits().step_s; }

}  // namespace tilth
