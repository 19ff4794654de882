#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Reads a product file of the same grid back, record by record.
class ProductReader {
 public:
  /// `Error` when the file is absent or belongs to another grid. Collective; `comm` must outlive it.
  ProductReader(const Comm& comm, const std::string& path, const Grid& grid);
  ~ProductReader();

  std::int64_t records() const;
  bool has(const std::string& variable) const;
  /// When each record begins. Collective.
  std::vector<Time> begins() const;
  /// A variable at this rank's points, in the order of Grid::points. `Error` when there is no such record. Collective.
  std::vector<double> read(const std::string& variable, std::int64_t record);
  /// Members of a file that holds them, 0 of others.
  int members() const;
  /// All members of a variable: [point][member]. Collective.
  std::vector<double> read_members(const std::string& variable, std::int64_t record);

 private:
  std::vector<double> read_slab(const std::string& variable, std::int64_t record, std::int64_t members);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tilth
