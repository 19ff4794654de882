#include "io/table.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.hpp"
#include "io/disk.hpp"
#include "io/netcdf.hpp"
#include "io/rows_file.hpp"

namespace tilth {

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

std::int64_t rows_of(const TableColumn& column) {
  return std::visit([](const auto& v) { return std::int64_t(v.size()); }, column.values);
}

/// Longest word of rank 0, at least one letter.
std::int64_t width_of(const Comm& comm, const Words& words) {
  std::int64_t width = 1;
  for (const std::string& w : words) width = std::max(width, std::int64_t(w.size()));
  return comm.max(comm.root() ? width : 1);
}

int define(const Comm& comm, netcdf::File& file, int rows, const TableColumn& column) {
  int id = -1;
  if (const auto* words = std::get_if<Words>(&column.values)) {
    const int letters = file.define_dimension(column.name + "_length", width_of(comm, *words));
    id = file.define_variable(column.name, netcdf::Type::character, std::vector<int>{rows, letters});
  } else {
    id = file.define_variable(column.name, netcdf::Type::double_, std::span(&rows, 1));
    file.put_attribute(id, "_FillValue", netcdf::Type::double_, std::span(&netcdf_missing, 1));
  }
  if (!column.long_name.empty()) file.put_attribute(id, "long_name", column.long_name);
  if (!column.units.empty()) file.put_attribute(id, "units", column.units);
  if (column.units.find(" since ") != std::string::npos)
    file.put_attribute(id, "calendar", std::string("proleptic_gregorian"));
  return id;
}

void put(const Comm& comm, netcdf::File& file, int id, const TableColumn& column) {
  const std::int64_t rows = comm.root() ? rows_of(column) : 0;
  const std::vector<std::int64_t> start{0, 0};
  if (const auto* numbers = std::get_if<Numbers>(&column.values)) {
    Numbers stored(numbers->begin(), numbers->begin() + rows);
    for (double& v : stored)
      if (!std::isfinite(v)) v = netcdf_missing;
    file.put(id, std::span(start).first(1), std::span(&rows, 1), std::span<const double>(stored));
    return;
  }
  const Words& words = std::get<Words>(column.values);
  const std::int64_t width = file.dimensions(id).back().length;
  std::vector<char> letters(std::size_t(rows * width), '\0');
  for (std::int64_t i = 0; i < rows; ++i) std::copy(words[i].begin(), words[i].end(), letters.begin() + i * width);
  file.put_text(id, start, std::vector<std::int64_t>{rows, rows == 0 ? 0 : width}, letters);
}

}  // namespace

namespace {

/// Columns along a dimension, before they are written.
struct Defined {
  std::vector<TableColumn> columns;
  std::vector<int> ids;
};

Defined define_table(const Comm& comm, netcdf::File& file, const std::string& dimension,
                     std::vector<TableColumn> columns) {
  const std::int64_t rows = comm.max(comm.root() && !columns.empty() ? rows_of(columns.front()) : 0);
  for (const TableColumn& c : columns)
    ensure(!comm.root() || rows_of(c) == rows, file.path(), ": column '", c.name, "' has ", rows_of(c), " rows, not ",
           rows);
  const int dim = file.define_dimension(dimension, rows);
  Defined out{std::move(columns), {}};
  for (const TableColumn& c : out.columns) out.ids.push_back(define(comm, file, dim, c));
  return out;
}

netcdf::File begin_tables(const Comm& comm, const std::string& path, const Attributes& attributes) {
  netcdf::File file = netcdf::File::create(comm, path + ".tmp");
  file.put_attribute(netcdf::global, "Conventions", std::string("CF-1.10"));
  file.put_attributes(attributes);
  return file;
}

void finish_tables(const Comm& comm, netcdf::File& file, const std::string& path, std::span<const Defined> tables) {
  file.end_definitions();
  for (const Defined& t : tables)
    for (std::size_t c = 0; c < t.columns.size(); ++c) put(comm, file, t.ids[c], t.columns[c]);
  file.close();
  replace_file(comm, path + ".tmp", path);
}

}  // namespace

void write_table(const Comm& comm, const std::string& path, const std::string& dimension,
                 std::span<const TableColumn> columns, const Attributes& attributes) {
  netcdf::File file = begin_tables(comm, path, attributes);
  const Defined table = define_table(comm, file, dimension, {columns.begin(), columns.end()});
  finish_tables(comm, file, path, std::span(&table, 1));
}

void write_tables(const Comm& comm, const std::string& path, std::span<const Table> tables,
                  const Attributes& attributes) {
  netcdf::File file = begin_tables(comm, path, attributes);
  std::vector<Defined> defined;
  for (const Table& t : tables) {
    if (!comm.any(comm.root() && !t.columns.empty() && rows_of(t.columns.front()) > 0)) continue;
    std::vector<TableColumn> columns = t.columns;
    for (TableColumn& c : columns) c.name = t.name + "_" + c.name;
    defined.push_back(define_table(comm, file, t.name, std::move(columns)));
  }
  finish_tables(comm, file, path, defined);
}

std::vector<TableColumn> read_table(const Comm& comm, const std::string& path) {
  const netcdf::File file = netcdf::File::open(comm, path);
  std::vector<TableColumn> columns;
  for (const std::string& name : file.variables()) {
    const int id = file.variable(name);
    TableColumn column{name, file.text_attribute(id, "units").value_or(""),
                       file.text_attribute(id, "long_name").value_or(""), Numbers{}};
    if (file.type(id) == netcdf::Type::character) {
      column.values = file.all_strings(id);
    } else {
      column.values = file.all(id);
    }
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace tilth
