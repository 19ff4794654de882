#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "core/base/aligned.hpp"
#include "core/parallel/block_exchange.hpp"
#include "core/state/transform.hpp"
#include "driver/analyse/places.hpp"
#include "driver/analyse/problem.hpp"
#include "io/ensemble_file.hpp"

namespace tilth {

/// The members of a file as rows of an analysis: this rank's points, and what all points share.
class FileRows final : public FieldRows {
 public:
  /// Reads this rank's block, deals the points to ranks and checks bounds and spread. `grid` must outlive this.
  /// Collective.
  FileRows(const Comm& comm, const AnalyseProblem& problem, const EnsembleFile& file, const Grid& grid);

  const std::vector<RowKind>& kinds() const override { return kinds_; }
  std::vector<FieldRow> load(int column) override;
  void store(int column, bool changed) override;

  int members() const { return members_; }
  /// Rows that all points share, transformed like those of `load`; the same on all ranks.
  std::vector<FieldRow> load_shared();
  void store_shared();
  /// Rows that travel with this rank's first column from now on: what is updated alike on every rank.
  void attach(std::vector<FieldRow> passengers) { passengers_ = std::move(passengers); }
  /// Puts the members of the start back.
  void restore();
  /// Inflation and spread floors on what was changed since the start, then the rotation of all.
  void relax(const AnalysisOptions& options, const AnalysisKey& key);
  /// Writes all variables. Collective.
  void write(EnsembleWriter& writer) const;

 private:
  /// Rows of one variable; of the columns, or shared.
  struct Variable {
    const EnsembleVariable* file;
    Transform transform;
    double lower, upper;
    int first;  // row in a column, or among the shared rows
    bool parameter, shared;
  };
  /// A column between load and store: what the analysis sees, and what it was given.
  struct Loaded {
    AlignedVector<double> given, now;
  };
  void read(const Comm& comm, const AnalyseProblem& problem, const EnsembleFile& file);
  void check(const Comm& comm, const std::string& path, const Variable& v, std::span<const double> values) const;
  double* column_row(int c, int row) { return data_.data() + (std::size_t(c) * column_rows_ + row) * stride_; }
  double* shared_row(int row) { return shared_.data() + std::size_t(row) * stride_; }
  Loaded transformed(bool shared, const double* physical) const;
  std::vector<FieldRow> rows_of(bool shared, Loaded& loaded) const;
  void put_back(bool shared, const Loaded& loaded, double* physical) const;
  struct Relaxation;
  void relax_rows(const Relaxation& how, bool shared, std::int64_t id, const double* prior, double* physical) const;

  std::vector<RowKind> kinds_;
  std::vector<Variable> variables_;
  int members_, stride_, columns_, column_rows_ = 0, shared_rows_ = 0;
  std::vector<std::int64_t> ids_;  // of the columns
  BlockExchange exchange_;
  AlignedVector<double> data_, shared_, prior_, shared_prior_;  // [column][row][stride]
  std::vector<Loaded> loaded_;
  Loaded loaded_shared_;
  std::vector<FieldRow> passengers_;
};

/// The points of a file, dealt to ranks along a space-filling curve: ids are their numbers in the file. Collective.
Grid points_of(const Comm& comm, const EnsembleFile& file, const Places& places, std::span<const double> x);

}  // namespace tilth
