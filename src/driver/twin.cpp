#include "driver/twin.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "io/table.hpp"

namespace tilth {

std::vector<TwinField> twin_fields(const Domain& domain, const ParameterSet& parameters) {
  std::vector<TwinField> fields;
  const StateLayout& layout = domain.model->traits().layout;
  for (int v = 0; v < int(layout.variables().size()); ++v) {
    const Variable& variable = layout.variables()[v];
    if (variable.kind == Variable::Kind::prognostic)
      fields.push_back({variable.name, variable.units, false, layout.row(v), variable.layers});
  }
  for (const UncertainParameter& u : parameters.uncertain()) {
    const ParameterDefinition& d = parameters.definitions()[u.definition];
    if (u.updated) fields.push_back({d.name, d.units, true, u.definition, 1});
  }
  return fields;
}

namespace {

int width_of(const std::vector<TwinField>& fields) {
  int width = 0;
  for (const TwinField& f : fields) width += f.layers;
  return width;
}

// Members of one layer of a field at column c.
void gather(Members& members, int c, const TwinField& field, int layer, std::span<double> out) {
  if (field.parameter) {
    // Not by the model's view: biases of streams are parameters that the model does not see.
    const int pft = members.domain().grid.points[c].surface.tiles.front().pft;
    std::copy_n(members.parameters.physical(field.first, pft, c), out.size(), out.begin());
    return;
  }
  std::fill(out.begin(), out.end(), 0.0);
  const ColumnView column = members.state.column(c);
  for (int t = 0; t < column.tiles(); ++t) {
    const double fraction = members.domain().grid.points[c].surface.tiles[t].fraction;
    const double* x = column.row(t, field.first + layer);
    for (std::size_t k = 0; k < out.size(); ++k) out[k] += fraction * x[k];
  }
}

}  // namespace

Trajectory::Trajectory(const Domain& domain, const Members& nature)
    : domain_(&domain), fields_(twin_fields(domain, nature.parameters)), width_(width_of(fields_)) {
  values_.assign(std::size_t(domain.columns()) * std::size_t(domain.experiment->windows()) * width_, 0.0);
}

std::span<const double> Trajectory::at(std::int64_t cycle, int c) const {
  return {values_.data() + (c * domain_->experiment->windows() + cycle) * width_, std::size_t(width_)};
}

void Trajectory::record(std::int64_t cycle, Members& nature) {
  for (int c = 0; c < domain_->columns(); ++c) {
    double* out = values_.data() + (c * domain_->experiment->windows() + cycle) * width_;
    for (const TwinField& field : fields_)
      for (int layer = 0; layer < field.layers; ++layer) gather(nature, c, field, layer, {out++, 1});
  }
  recorded_ = cycle + 1;
}

void Trajectory::save(const std::string& path) const {
  CheckpointWriter file(*domain_->comm, path);
  file.distributed("truth", *domain_->by_point, int(domain_->experiment->windows()) * width_, values_);
  file.commit();
}

void Trajectory::load(const std::string& path) {
  const CheckpointReader file(*domain_->comm, path);
  file.distributed("truth", *domain_->by_point, int(domain_->experiment->windows()) * width_, values_);
}

void Trajectory::save(CheckpointWriter& file) const {
  file.attribute("truth_windows", recorded_);
  if (recorded_ == 0) return;
  const std::size_t all = std::size_t(domain_->experiment->windows()) * width_, some = std::size_t(recorded_) * width_;
  std::vector<double> values;
  for (std::size_t c = 0; c < std::size_t(domain_->columns()); ++c)
    values.insert(values.end(), values_.begin() + c * all, values_.begin() + c * all + some);
  file.distributed("truth", *domain_->by_point, int(some), std::move(values));
}

void Trajectory::load(const CheckpointReader& file) {
  require(file.has("truth_windows"), file.path(),
          ": is of a run without verification.states; restore the option, or start anew without --resume");
  recorded_ = file.integer("truth_windows");
  if (recorded_ == 0) return;
  const std::size_t all = std::size_t(domain_->experiment->windows()) * width_, some = std::size_t(recorded_) * width_;
  std::vector<double> values(std::size_t(domain_->columns()) * some);
  file.distributed("truth", *domain_->by_point, int(some), values);
  for (std::size_t c = 0; c < std::size_t(domain_->columns()); ++c)
    std::copy_n(values.begin() + c * some, some, values_.begin() + c * all);
}

std::vector<TwinScores::Moments> TwinScores::score(std::int64_t cycle, Members& members) const {
  const auto& fields = truth_->fields();
  const int columns = domain_->columns();
  std::vector<std::vector<double>> rmse(fields.size()), spread(fields.size()), mean(fields.size());
  std::vector<double> x(members.size());
  for (int c = 0; c < columns; ++c) {
    const double* truth = truth_->at(cycle, c).data();
    for (std::size_t f = 0; f < fields.size(); ++f) {
      double error2 = 0.0, variance = 0.0, sum = 0.0;
      for (int layer = 0; layer < fields[f].layers; ++layer, ++truth) {
        gather(members, c, fields[f], layer, x);
        const double centre = member_mean(x), sd = member_spread(x);
        error2 += (centre - *truth) * (centre - *truth);
        variance += sd * sd;
        sum += centre;
      }
      rmse[f].push_back(std::sqrt(error2 / fields[f].layers));
      spread[f].push_back(std::sqrt(variance / fields[f].layers));
      mean[f].push_back(sum / fields[f].layers);
    }
  }
  std::vector<Moments> out;
  const auto average = [&](const std::vector<double>& values) {
    return reproducible_sum(*domain_->comm, values) / double(domain_->grid.global_count);
  };
  for (std::size_t f = 0; f < fields.size(); ++f)
    out.push_back({average(rmse[f]), average(spread[f]), average(mean[f])});
  return out;
}

void TwinScores::forecast(std::int64_t cycle, Members& members) {
  const auto scores = score(cycle, members);
  for (std::size_t f = 0; f < scores.size(); ++f)
    rows_.push_back({double(cycle), double(f), scores[f].rmse, scores[f].spread, 0.0, 0.0, 0.0});
}

void TwinScores::analysis(std::int64_t cycle, Members& members) {
  const auto scores = score(cycle, members);
  for (std::size_t f = 0; f < scores.size(); ++f) {
    Row& row = rows_[rows_.size() - scores.size() + f];
    row.rmse_a = scores[f].rmse;
    row.spread_a = scores[f].spread;
    row.mean = scores[f].mean;
  }
}

std::vector<TwinScore> TwinScores::summary(std::int64_t first) const {
  std::vector<TwinScore> out;
  for (const TwinField& field : truth_->fields()) out.push_back({.name = field.name, .units = field.units});
  double count = 0.0;
  for (const Row& row : rows_) {
    if (row.cycle < double(first)) continue;
    TwinScore& s = out[std::size_t(row.field)];
    s.rmse_f += row.rmse_f;
    s.spread_f += row.spread_f;
    s.rmse_a += row.rmse_a;
    s.spread_a += row.spread_a;
    s.mean += row.mean;
    count += row.field == 0.0 ? 1.0 : 0.0;
  }
  for (TwinScore& s : out)
    for (double* sum : {&s.rmse_f, &s.spread_f, &s.rmse_a, &s.spread_a, &s.mean}) *sum /= count;
  return out;
}

void TwinScores::write(const std::string& path) const {
  std::vector<std::string> names;
  std::vector<std::vector<double>> values(6);
  for (const Row& r : rows_) {
    names.push_back(truth_->fields()[std::size_t(r.field)].name);
    const double row[] = {r.cycle, r.rmse_f, r.spread_f, r.rmse_a, r.spread_a, r.mean};
    for (std::size_t i = 0; i < values.size(); ++i) values[i].push_back(row[i]);
  }
  write_table(*domain_->comm, path, "row",
              std::vector<TableColumn>{
                  {"cycle", "1", "number of the window", values[0]},
                  {"name", "", "variable or parameter", names},
                  {"rmse_forecast", "", "error of the forecast mean over layers, mean of columns", values[1]},
                  {"spread_forecast", "", "spread of the forecast over layers, mean of columns", values[2]},
                  {"rmse_analysis", "", "error of the analysis mean over layers, mean of columns", values[3]},
                  {"spread_analysis", "", "spread of the analysis over layers, mean of columns", values[4]},
                  {"mean", "", "mean of the analysis over layers and columns", values[5]}});
}

void TwinScores::forget(std::int64_t cycle) {
  std::erase_if(rows_, [cycle](const Row& row) { return row.cycle == double(cycle); });
}

std::vector<double> TwinScores::numbers() const {
  std::vector<double> out(rows_.size() * sizeof(Row) / sizeof(double));
  if (!out.empty()) std::memcpy(out.data(), rows_.data(), out.size() * sizeof(double));
  return out;
}

void TwinScores::restore(std::span<const double> numbers) {
  ensure(numbers.size_bytes() % sizeof(Row) == 0, "restart: the scores against the nature run have another size");
  rows_.resize(numbers.size_bytes() / sizeof(Row));
  if (!rows_.empty()) std::memcpy(static_cast<void*>(rows_.data()), numbers.data(), numbers.size_bytes());
}

}  // namespace tilth
