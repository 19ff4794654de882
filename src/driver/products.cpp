#include "driver/products.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/quantile.hpp"
#include "driver/packed_members.hpp"

namespace tilth {

std::vector<ProductSlice> product_slices(Time begin, Time end, const std::string& every) {
  if (every == "window") return {{begin, end}};
  std::vector<ProductSlice> out;
  for (Time day = begin; day < end; day = day + seconds_per_day) {
    const bool same = every == "month" && !out.empty() && date_of(out.back().begin).month == date_of(day).month;
    if (!same) out.push_back({day, day});
    out.back().end = day + seconds_per_day;
  }
  return out;
}

void add_cell_mean(const std::vector<std::pair<int, double>>& terms, const GridPoint& point, ColumnView column,
                   std::span<double> sum) {
  for (int t = 0; t < column.tiles(); ++t)
    for (const auto& [r, weight] : terms) {
      const double factor = weight * point.surface.tiles[t].fraction;
      const double* value = column.row(t, r);
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += factor * value[k];
    }
}

Products::Products(std::vector<ProductDefinition> definitions, int columns, int members,
                   std::vector<ProductDefinition> fluxes)
    : definitions_(std::move(definitions)),
      fluxes_(std::move(fluxes)),
      slices_(1),
      columns_(columns),
      members_(members),
      stride_(padded(members)) {
  data_.assign(offset(columns_, 0, 0), 0.0);
}

void Products::clear() { std::fill(data_.begin(), data_.end(), 0.0); }

void Products::clear(std::vector<ProductSlice> slices) {
  slices_ = std::move(slices);
  data_.assign(offset(columns_, 0, 0), 0.0);
}

int Products::slice_of(Time day) const {
  const auto after = std::find_if(slices_.begin(), slices_.end(), [&](const ProductSlice& s) { return day < s.end; });
  ensure(after != slices_.end() && day >= after->begin, "products: ", format_time(day), " is outside the window");
  return int(after - slices_.begin());
}

void Products::add(int c, const GridPoint& point, ColumnView column, int slice, double arriving) {
  const auto add_terms = [&](const ProductDefinition& definition, double* sum) {
    add_cell_mean(definition.terms, point, column, {sum, std::size_t(stride_)});
  };
  const int count = int(definitions_.size());
  for (int p = 0; p < count; ++p) add_terms(definitions_[p], row(c, p, slice));
  for (int f = 0; f < int(fluxes_.size()); ++f) {
    double* sum = row(c, count + f, slice);
    add_terms(fluxes_[f], sum);
    for (int k = 0; k < stride_ && fluxes_[f].terms.empty(); ++k) sum[k] += arriving;
  }
}

void Products::add(const Products& others, int s, double factor) {
  const int n = int(definitions_.size()) * stride_;
  for (int c = 0; c < columns_ && n > 0; ++c) {
    const double* x = others.row(c, 0, s);
    double* sum = row(c, 0);
    for (int i = 0; i < n; ++i) sum[i] += factor * x[i];
  }
}

void Products::finish() {
  const std::size_t n = (definitions_.size() + fluxes_.size()) * std::size_t(stride_);
  for (std::size_t i = 0; i < data_.size(); ++i) data_[i] /= slices_[i / n % slices_.size()].days();
}

void Products::save(CheckpointWriter& file, const BlockExchange& points) const {
  const std::size_t rows = data_.size() / stride_;
  const int width = int(slices_.size() * (definitions_.size() + fluxes_.size())) * members_;
  if (width > 0) file.distributed("window_products", points, width, packed_members(data_.data(), rows, members_));
}

void Products::load(const CheckpointReader& file, const BlockExchange& points) {
  const std::size_t rows = data_.size() / stride_;
  const int width = int(slices_.size() * (definitions_.size() + fluxes_.size())) * members_;
  if (width == 0) return;
  std::vector<double> values(rows * members_);
  file.distributed("window_products", points, width, values);
  unpack_members(values, data_.data(), rows, members_);
}

void Products::clip(int c) {
  for (int s = 0; s < int(slices_.size()); ++s)
    for (int p = 0; p < int(definitions_.size()); ++p) {
      double* x = row(c, p, s);
      for (int k = 0; k < stride_; ++k) x[k] = std::clamp(x[k], definitions_[p].lower, definitions_[p].upper);
    }
}

std::vector<double> Products::mean(int p, int slice) const {
  std::vector<double> out(columns_);
  for (int c = 0; c < columns_; ++c) {
    const double* x = row(c, p, slice);
    double sum = 0.0;
    for (int k = 0; k < members_; ++k) sum += x[k];
    out[c] = sum / members_;
  }
  return out;
}

std::vector<double> Products::sd(int p, int slice) const {
  std::vector<double> out = mean(p, slice);
  for (int c = 0; c < columns_; ++c) {
    const double* x = row(c, p, slice);
    double sum = 0.0;
    for (int k = 0; k < members_; ++k) sum += (x[k] - out[c]) * (x[k] - out[c]);
    out[c] = members_ > 1 ? std::sqrt(sum / (members_ - 1)) : 0.0;
  }
  return out;
}

std::vector<double> Products::quantile(int p, double probability, int slice) const {
  std::vector<double> out(columns_), sorted(members_);
  for (int c = 0; c < columns_; ++c) {
    std::copy_n(row(c, p, slice), members_, sorted.begin());
    std::sort(sorted.begin(), sorted.end());
    out[c] = sorted_quantile(sorted, probability);
  }
  return out;
}

}  // namespace tilth
