#include "driver/calibrate/parameter_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells{""};
  for (const char c : line) {
    if (c == ',')
      cells.emplace_back();
    else if (c != '\r' && c != '"')
      cells.back() += c;
  }
  for (std::string& cell : cells) {
    const auto first = cell.find_first_not_of(' ');
    cell = first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1);
  }
  return cells;
}

/// Places of the columns; -1: absent.
struct Header {
  int name = -1, pft = -1, site = -1, value = -1;
};

Header header_of(const std::vector<std::string>& names, const std::string& where) {
  const auto at = [&](const std::string& word) {
    const auto found = std::ranges::find(names, word);
    return found == names.end() ? -1 : int(found - names.begin());
  };
  const Header h{at("name"), at("pft"), at("site"), at("value")};
  require(h.name >= 0 && h.value >= 0, where, ": the columns are ", joined(names),
          "; name and value are needed, pft and site may be there");
  return h;
}

ParameterRow row_of(const Header& h, const std::vector<std::string>& cells, std::string where) {
  require(int(cells.size()) > std::max(h.name, h.value), where, ": ", cells.size(),
          " cells, fewer than the first line");
  const auto cell = [&](int i) { return i >= 0 && i < int(cells.size()) ? cells[std::size_t(i)] : std::string(); };
  ParameterRow row;
  row.name = cell(h.name), row.pft = cell(h.pft), row.site = cell(h.site);
  const std::string value = cell(h.value);
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), row.value);
  require(error == std::errc() && end == value.data() + value.size() && std::isfinite(row.value), where, ": value '",
          value, "' of parameter '", row.name, "' is no finite number");
  require(!row.name.empty(), where, ": the row has no name");
  row.where = std::move(where);
  return row;
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

}  // namespace

std::vector<ParameterRow> read_parameter_table(const std::string& path) {
  std::ifstream in(path);
  require(in.good(), "calibration.parameter_table: ", path, ": cannot be read; give a CSV file with name, value");
  std::vector<ParameterRow> rows;
  Header header;
  int number_of_line = 0;
  for (std::string line; std::getline(in, line);) {
    ++number_of_line;
    if (line.empty() || line[0] == '#' || line == "\r") continue;
    const std::string where = text(path, ":", number_of_line);
    if (header.name < 0)
      header = header_of(cells_of(line), where);
    else
      rows.push_back(row_of(header, cells_of(line), where));
  }
  require(!rows.empty(), "calibration.parameter_table: ", path, ": no row of values; give name,pft,site,value");
  return rows;
}

void write_parameter_table(const std::string& path, const std::vector<ParameterRow>& rows,
                           const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code unknown;
    require(!std::filesystem::equivalent(path, input, unknown), path,
            ": is an input of this run and is not written over; choose another --output");
  }
  const std::string aside = path + ".tmp";
  {
    std::ofstream out(aside);
    out << "name,pft,site,value,sd,lower,upper,units\n";
    for (const ParameterRow& r : rows)
      out << fmt::format("{},{},{},{},{},{},{},{}\n", r.name, r.pft, r.site, number(r.value), number(r.sd),
                         number(r.lower), number(r.upper), r.units);
    ensure(bool(out.flush()), path, ": cannot be written; make room");
  }
  std::filesystem::rename(aside, path);
}

}  // namespace tilth
