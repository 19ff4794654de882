// Rows between the file and the analysis: transforms, bounds, inflation, writing.
#include <algorithm>
#include <cstring>

#include "assim/inflation.hpp"
#include "assim/rotation.hpp"
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
  std::vector<FieldRow> rows = rows_of(false, loaded_[c]);
  if (c == 0) rows.insert(rows.end(), passengers_.begin(), passengers_.end());
  return rows;
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

/// What happens to spread after the update.
struct FileRows::Relaxation {
  const AnalysisOptions& options;
  AnalysisKey key;
  std::vector<double> rotation;  // N x N, empty: none
};

namespace {

void add_noise(const AnalysisKey& key, double sd, std::int64_t id, std::int64_t row, std::span<double> x) {
  constexpr std::int64_t first_draw = 1000;  // apart from the perturbations of observations
  std::vector<double> noise(x.size());
  for (std::size_t k = 0; k < x.size(); ++k)
    noise[k] = sd * key.random().normal({key.cycle, std::int64_t(k), id, first_draw + row});
  const double mean = member_mean(noise);
  for (std::size_t k = 0; k < x.size(); ++k) x[k] += noise[k] - mean;
}

}  // namespace

void FileRows::relax_rows(const Relaxation& how, bool shared, std::int64_t id, const double* prior,
                          double* physical) const {
  Loaded rows = transformed(shared, physical);
  const Loaded before = transformed(shared, prior);
  const InflationOptions& inflation = how.options.inflation;
  const std::size_t N = members_;
  for (const Variable& v : variables_) {
    if (v.shared != shared) continue;
    for (int k = v.first; k < v.first + int(v.file->layers); ++k) {
      const std::size_t at = std::size_t(k) * stride_;
      const std::span<double> row(rows.now.data() + at, N);
      const std::span<const double> given(before.now.data() + at, N);
      const bool moved = std::memcmp(row.data(), given.data(), N * sizeof(double)) != 0;
      if (moved && v.parameter) {
        keep_parameter_spread(how.options, given, row, member_spread(given));
      } else if (moved) {
        if (inflation.rtps > 0.0) relax_to_prior_spread(given, row, inflation.rtps);
        if (inflation.rtpp > 0.0) relax_to_prior_perturbations(given, row, inflation.rtpp);
        inflate(row, inflation.multiplicative);
        if (inflation.additive > 0.0) add_noise(how.key, inflation.additive * member_spread(given), id, k, row);
      }
      if (!how.rotation.empty()) rotate_members(how.rotation, row);
    }
  }
  put_back(shared, rows, physical);
}

void FileRows::relax(const AnalysisOptions& options, const AnalysisKey& key) {
  Relaxation how{options, key, {}};
  if (options.inflation.rotation) how.rotation = mean_preserving_rotation(key.random(), key.cycle, members_);
  const std::size_t width = std::size_t(column_rows_) * stride_;
  for (int c = 0; c < columns_; ++c) relax_rows(how, false, ids_[c], prior_.data() + c * width, column_row(c, 0));
  relax_rows(how, true, 0, shared_prior_.data(), shared_.data());
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
