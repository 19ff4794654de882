#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/parallel/comm.hpp"
#include "io/attributes.hpp"

namespace tilth {

/// One column of a small table: numbers (NaN is missing) or words.
struct TableColumn {
  std::string name, units, long_name;
  std::variant<std::vector<double>, std::vector<std::string>> values;
};

/// Writes columns of equal length along `dimension`, as rank 0 holds them, aside first, then renamed. Columns that
/// count or number things may be given as doubles with whole values. Collective.
void write_table(const Comm& comm, const std::string& path, const std::string& dimension,
                 std::span<const TableColumn> columns, const Attributes& attributes = {});

/// A table of a file with several: its columns are named `<name>_<column>` along the dimension `<name>`.
struct Table {
  std::string name;
  std::vector<TableColumn> columns;
};
/// Writes those that have rows on rank 0; a table without rows leaves no trace. Collective.
void write_tables(const Comm& comm, const std::string& path, std::span<const Table> tables,
                  const Attributes& attributes = {});

/// Reads all columns back, on every rank. Collective.
std::vector<TableColumn> read_table(const Comm& comm, const std::string& path);

}  // namespace tilth
