#include "driver/calibrate/design_file.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/disk.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

std::string trimmed(const std::string& text) {
  const char* const blank = " \t\r\"";
  const auto first = text.find_first_not_of(blank);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

Words fields_of(const std::string& line) {
  Words out;
  std::stringstream in(line);
  for (std::string field; std::getline(in, field, ',');) out.push_back(trimmed(field));
  if (!line.empty() && line.back() == ',') out.emplace_back();
  return out;
}

double number_of(const std::string& field, const std::string& path, std::size_t line) {
  if (field.empty() || field == "nan" || field == "NaN" || field == "NA") return NAN;
  double value = 0.0;
  const auto end = field.data() + field.size();
  const auto result = std::from_chars(field.data(), end, value);
  require(result.ec == std::errc() && result.ptr == end, path, ":", line, ": '", field,
          "' is no number; only the column 'site' holds words");
  return value;
}

DesignFile from_csv(const std::string& path, const std::string& content) {
  std::stringstream in(content);
  std::string line;
  std::getline(in, line);
  const Words names = fields_of(line);
  DesignFile out{path, {}, {}, {}};
  for (const std::string& name : names)
    if (name != "site") out.columns.push_back(name);
  Numbers numbers;
  std::size_t number = 1;
  for (; std::getline(in, line) && line.find_first_not_of(" \r") != std::string::npos;) {
    const Words fields = fields_of(line);
    require(fields.size() == names.size(), path, ":", ++number, ": ", fields.size(), " fields, the head has ",
            names.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (names[i] == "site")
        out.site.push_back(fields[i]);
      else
        numbers.push_back(number_of(fields[i], path, number));
    }
  }
  require(number > 1, path, ": holds no parameter sets; give a head with names, then one set per line");
  const auto columns = Index(out.columns.size());
  out.values = Eigen::Map<const Matrix>(numbers.data(), Index(number) - 1, columns);
  return out;
}

DesignFile from_table(const std::string& path, const std::vector<TableColumn>& table) {
  DesignFile out{path, {}, {}, {}};
  std::vector<const Numbers*> numbers;
  for (const TableColumn& column : table) {
    if (const auto* words = std::get_if<Words>(&column.values)) {
      if (column.name == "site") out.site = *words;
      continue;
    }
    out.columns.push_back(column.name);
    numbers.push_back(&std::get<Numbers>(column.values));
  }
  require(!numbers.empty() && !numbers[0]->empty(), path, ": holds no parameter sets");
  out.values.resize(Index(numbers[0]->size()), Index(numbers.size()));
  for (Index c = 0; c < out.values.cols(); ++c)
    for (Index r = 0; r < out.values.rows(); ++r) out.values(r, c) = (*numbers[std::size_t(c)])[std::size_t(r)];
  return out;
}

std::string csv_of(const std::vector<TableColumn>& columns) {
  std::string out;
  std::size_t rows = 0;
  for (const TableColumn& c : columns) {
    out += (out.empty() ? "" : ",") + c.name;
    rows = std::visit([](const auto& v) { return v.size(); }, c.values);
  }
  out += '\n';
  for (std::size_t r = 0; r < rows; ++r) {
    std::string line;
    for (const TableColumn& c : columns) {
      if (const auto* words = std::get_if<Words>(&c.values))
        line += (*words)[r];
      else if (const double v = std::get<Numbers>(c.values)[r]; std::isfinite(v))
        line += fmt::format("{}", v);  // shortest text that reads back to the same bits
      line += ',';
    }
    line.back() = '\n';
    out += line;
  }
  return out;
}

}  // namespace

int DesignFile::column(const std::string& name) const {
  const auto found = std::find(columns.begin(), columns.end(), name);
  return found == columns.end() ? -1 : int(found - columns.begin());
}

std::vector<Index> DesignFile::rows(const std::string& site_name) const {
  std::vector<Index> out;
  for (Index r = 0; r < values.rows(); ++r)
    if (site.empty() || site[std::size_t(r)] == site_name) out.push_back(r);
  return out;
}

DesignFile read_design(const Comm& comm, const std::string& path) {
  require_all(comm, !comm.root() || std::ifstream(path).good(),
              path + ": cannot be read; give a table of parameter sets, CSV or NetCDF");
  if (!path.ends_with(".csv")) return from_table(path, read_table(comm, path));
  std::string content;
  if (comm.root()) {
    std::ifstream in(path);
    std::stringstream all;
    all << in.rdbuf();
    content = all.str();
  }
  comm.broadcast(content);
  DesignFile out;
  together(comm, [&] { out = from_csv(path, content); });
  return out;
}

Matrix design_columns_of(const DesignFile& file, const std::vector<Index>& rows, const Words& names) {
  Matrix out(Index(rows.size()), Index(names.size()));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const int column = file.column(names[i]);
    require(column >= 0, file.path, ": no column '", names[i], "'", did_you_mean(names[i], file.columns),
            "; there are ", joined(file.columns));
    for (Index r = 0; r < out.rows(); ++r) out(r, Index(i)) = file.values(rows[std::size_t(r)], column);
  }
  return out;
}

double z_of_physical(const SiteRuns& runs, int site, int parameter, double value) {
  const calibration::Box box = runs.box(site);
  double low = box.lower(parameter), high = box.upper(parameter);
  const double at_low = runs.physical(site, parameter, low), at_high = runs.physical(site, parameter, high);
  const double rounding = 1e-9 * std::abs(at_high - at_low);
  if (!(value >= std::min(at_low, at_high) - rounding) || !(value <= std::max(at_low, at_high) + rounding)) return NAN;
  const bool rising = at_high > at_low;
  constexpr int halvings = 60;  // of a few units down to round-off
  for (int i = 0; i < halvings; ++i) {
    const double middle = 0.5 * (low + high);
    (rising == (runs.physical(site, parameter, middle) < value) ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

Matrix design_z(const DesignFile& file, const SiteRuns& runs, int site, const std::vector<Index>& rows) {
  const auto& parameters = runs.parameters();
  const calibration::Box box = runs.box(site);
  Matrix out(Index(rows.size()), Index(parameters.size()));
  for (Index p = 0; p < out.cols(); ++p) {
    const std::string& name = parameters[std::size_t(p)].name;
    const int z = file.column("z_" + name), physical = file.column(name);
    require(z >= 0 || physical >= 0, file.path, ": no column '", name, "' or 'z_", name, "'",
            did_you_mean(name, file.columns), "; every parameter of control.parameters needs one");
    for (Index r = 0; r < out.rows(); ++r) {
      const double value = file.values(rows[std::size_t(r)], z >= 0 ? z : physical);
      out(r, p) = z >= 0 ? value : z_of_physical(runs, site, int(p), value);
      const bool inside = out(r, p) >= box.lower(p) && out(r, p) <= box.upper(p);
      require(inside, file.path, ", parameter set ", rows[std::size_t(r)] + 1, ": ", name, " = ", value,
              " is outside of the bounds at ", runs.name(site), ", ", runs.physical(site, int(p), box.lower(p)), " to ",
              runs.physical(site, int(p), box.upper(p)), "; widen calibration.bounds_sd or leave the set out");
    }
  }
  return out;
}

void write_design(const Comm& comm, const std::string& folder, const std::string& name,
                  const std::vector<TableColumn>& columns) {
  write_table(comm, folder + "/" + name + ".nc", "run", columns,
              {{"title", std::string("parameter sets and their runs")}});
  together(comm, [&] {
    if (!comm.root()) return;
    const std::string path = folder + "/" + name + ".csv";
    std::ofstream out(path);
    out << csv_of(columns);
    require(bool(out.flush()), path, ": cannot be written; is the disk full?");
  });
}

}  // namespace tilth
