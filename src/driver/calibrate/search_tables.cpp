#include "driver/calibrate/search_tables.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

std::size_t rows_of(const Table& table) {
  if (table.columns.empty()) return 0;
  return std::visit([](const auto& v) { return v.size(); }, table.columns.front().values);
}

// Appends rows of missing values.
void lengthen(TableColumn& column, std::size_t rows) {
  if (auto* numbers = std::get_if<Numbers>(&column.values))
    numbers->resize(rows, NAN);
  else
    std::get<Words>(column.values).resize(rows);
}

void append(const TableColumn& from, std::size_t before, Table& table) {
  const auto same = [&](const TableColumn& c) {
    return c.name == from.name && c.values.index() == from.values.index();
  };
  auto at = std::find_if(table.columns.begin(), table.columns.end(), same);
  if (at == table.columns.end()) {
    TableColumn column = from;
    std::visit([](auto& v) { v.clear(); }, column.values);
    lengthen(column, before);
    at = table.columns.insert(table.columns.end(), std::move(column));
  }
  std::visit(
      [&](auto& values) {
        const auto& more = std::get<std::decay_t<decltype(values)>>(from.values);
        values.insert(values.end(), more.begin(), more.end());
      },
      at->values);
}

}  // namespace

std::vector<Table> search_tables(const CalibrationResults& results) {
  std::vector<Table> out;
  for (const ProblemResult& p : results.problems)
    for (const Table& one : p.search.tables) {
      auto table = std::find_if(out.begin(), out.end(), [&](const Table& t) { return t.name == one.name; });
      if (table == out.end())
        table = out.insert(out.end(), {one.name, {{"problem", "", "who shares parameters", Words()}}});
      const std::size_t before = rows_of(*table), rows = rows_of(one);
      auto& problems = std::get<Words>(table->columns.front().values);
      problems.insert(problems.end(), rows, p.problem.name);
      for (const TableColumn& column : one.columns) append(column, before, *table);
      for (TableColumn& column : table->columns) lengthen(column, before + rows);
    }
  return out;
}

}  // namespace tilth
