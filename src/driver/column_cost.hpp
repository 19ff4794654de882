#pragma once

#include <span>
#include <string>
#include <vector>

#include "driver/domain.hpp"

namespace tilth {

/// CPU seconds of the calling thread so far: what a column costs, whoever else uses the core.
double thread_seconds();

/// What the days of this rank's columns cost so far. Threads may add to different columns at once.
class ColumnCost {
 public:
  explicit ColumnCost(int columns) : seconds_(std::size_t(columns), 0.0) {}
  void add(int c, double seconds) { seconds_[std::size_t(c)] += seconds; }
  void end_day() { ++days_; }
  /// Seconds a day of every column; zeros before the first day has ended.
  std::vector<double> per_day() const;

  /// Writes them and the ranks of the columns by global id into `path` (its folder is made), aside first. Collective.
  void write(const Domain& domain, const std::string& path) const;

 private:
  std::vector<double> seconds_;
  std::int64_t days_ = 0;
};

/// Where a run keeps the cost of its columns: among its logs, as clocks differ from run to run.
std::string column_cost_file(const std::string& run_folder);

/// The cost of these points as a run measured it, in their order; empty when `path` does not exist or is of another
/// grid, with a warning. Collective.
std::vector<double> measured_cost(const Comm& comm, const std::string& path, const Grid& grid);

}  // namespace tilth
