#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/domain.hpp"
#include "driver/products.hpp"
#include "io/checkpoint.hpp"
#include "io/product.hpp"

namespace tilth {

/// Member means of the fluxes of every model step, kept over a window and then written.
class StepSeries {
 public:
  /// Creates `path`, or continues it. Throws `Error` unless the model has several steps a day. Collective.
  StepSeries(const Domain& domain, int members, const std::string& path, const std::string& label, bool append);

  /// Forgets what was taken; steps from `begin` to `end` follow.
  void clear(Time begin, Time end);
  /// Takes the values of column c after a step; threads may do so for different columns at once.
  void add(int c, const GridPoint& point, const StepSpan& span, ColumnView column);
  /// The values taken so far in a restart file, and back. Collective.
  void save(CheckpointWriter& file) const;
  void load(const CheckpointReader& file);
  /// Writes a record for each step. Collective.
  void write();
  /// Makes the records durable. Collective.
  void sync() { file_->sync(); }

 private:
  std::int64_t step_s() const;

  std::vector<ProductDefinition> definitions_;
  std::vector<Products> one_;  // of each thread: a column at a time
  const Domain* domain_;
  Time begin_;
  std::vector<std::vector<std::vector<double>>> values_;  // [step][product][column]
  std::unique_ptr<ProductFile> file_;
};

}  // namespace tilth
