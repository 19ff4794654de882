// Rows between the file and the analysis: transforms, bounds, inflation, writing.
#include <algorithm>
#include <cstring>

#include "assim/inflation.hpp"
#include "driver/analyse/file_rows.hpp"
#include "driver/parameter_update.hpp"

namespace tilth {

FileRows::Loaded FileRows::transformed(bool shared, const double* physical) const {
  Loaded out;
  out.given.assign(physical, physical + std::size_t(shared ? shared_rows_ : column_rows_) * stride_);
  for (const Variable& v : variables_) {
    if (v.shared != shared || v.transform.kind == Transform::Kind::identity) continue;
    double* x = out.given.data() + std::size_t(v.first) * stride_;
    for (std::size_t k = 0; k < std::size_t(v.file->layers) * stride_; ++k) x[k] = v.transform.to_unconstrained(x[k]);
  }
  out.now = out.given;
  return out;
}

std::vector<FieldRow> FileRows::rows_of(bool shared, Loaded& loaded) const {
  std::vector<FieldRow> out;
  for (std::size_t kind = 0; kind < variables_.size(); ++kind) {
    const Variable& v = variables_[kind];
    if (v.shared != shared) continue;
    for (int k = 0; k < int(v.file->layers); ++k) {
      FieldRow row{loaded.now.data() + std::size_t(v.first + k) * stride_, int(kind)};
      if (!v.file->level.empty()) row.level = v.file->level[k];
      out.push_back(row);
    }
  }
  return out;
}

void FileRows::put_back(bool shared, const Loaded& loaded, double* physical) const {
  for (const Variable& v : variables_) {
    if (v.shared != shared) continue;
    for (int k = v.first; k < v.first + int(v.file->layers); ++k) {
      const double *now = loaded.now.data() + std::size_t(k) * stride_,
                   *given = loaded.given.data() + std::size_t(k) * stride_;
      if (std::memcmp(now, given, members_ * sizeof(double)) == 0) continue;  // keeps its bits through the transform
      double* x = physical + std::size_t(k) * stride_;
      for (int m = 0; m < members_; ++m) x[m] = std::clamp(v.transform.to_physical(now[m]), v.lower, v.upper);
      std::fill(x + members_, x + stride_, x[members_ - 1]);
    }
  }
}

std::vector<FieldRow> FileRows::load(int c) {
  loaded_[c] = transformed(false, column_row(c, 0));
  return rows_of(false, loaded_[c]);
}

void FileRows::store(int c, bool changed) {
  if (changed) put_back(false, loaded_[c], column_row(c, 0));
  loaded_[c] = {};
}

std::vector<FieldRow> FileRows::load_shared() {
  loaded_shared_ = transformed(true, shared_.data());
  return rows_of(true, loaded_shared_);
}

void FileRows::store_shared() { put_back(true, loaded_shared_, shared_.data()); }

void FileRows::restore() {
  data_ = prior_;
  shared_ = shared_prior_;
}

void FileRows::relax_rows(const AnalysisOptions& options, bool shared, const double* prior, double* physical) const {
  Loaded rows = transformed(shared, physical);
  const Loaded before = transformed(shared, prior);
  const std::size_t N = members_;
  for (const Variable& v : variables_) {
    if (v.shared != shared) continue;
    for (int k = v.first; k < v.first + int(v.file->layers); ++k) {
      const std::size_t at = std::size_t(k) * stride_;
      const std::span<double> row(rows.now.data() + at, N);
      const std::span<const double> given(before.now.data() + at, N);
      if (std::memcmp(row.data(), given.data(), N * sizeof(double)) == 0) continue;
      if (v.parameter) {
        keep_parameter_spread(options, given, row, member_spread(given));
        continue;
      }
      if (options.inflation.rtps > 0.0) relax_to_prior_spread(given, row, options.inflation.rtps);
      if (options.inflation.rtpp > 0.0) relax_to_prior_perturbations(given, row, options.inflation.rtpp);
    }
  }
  put_back(shared, rows, physical);
}

void FileRows::relax(const AnalysisOptions& options) {
  const std::size_t width = std::size_t(column_rows_) * stride_;
  for (int c = 0; c < columns_; ++c) relax_rows(options, false, prior_.data() + c * width, column_row(c, 0));
  relax_rows(options, true, shared_prior_.data(), shared_.data());
}

void FileRows::write(EnsembleWriter& writer) const {
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    const Variable& v = variables_[i];
    const int layers = int(v.file->layers), width = layers * members_;
    const int records = v.shared ? 1 : columns_;
    const double* rows = v.shared ? shared_.data() : data_.data();
    std::vector<double> owned(std::size_t(records) * width);
    for (int c = 0; c < records; ++c)
      for (int k = 0; k < layers; ++k)
        std::copy_n(rows + (std::size_t(c) * column_rows_ + v.first + k) * stride_, members_,
                    owned.data() + std::size_t(c) * width + std::size_t(k) * members_);
    if (v.file->shared()) {
      writer.put(i, 0, 1, owned);
      continue;
    }
    std::vector<double> block(std::size_t(exchange_.block_size()) * width);
    exchange_.to_block(owned, block, width);
    writer.put(i, exchange_.block_begin(), exchange_.block_end(), block);
  }
}

}  // namespace tilth
