// The command that tells what a file is.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/time.hpp"
#include "driver/commands.hpp"
#include "io/describe.hpp"

namespace tilth {

namespace {

std::string attribute(const FileSummary& s, const std::string& name) {
  for (const auto& [key, value] : s.attributes)
    if (key == name) return value;
  return "";
}

void print_line(const char* name, const std::string& value) {
  if (!value.empty()) fmt::print("  {:<22}{}\n", name, value);
}

// What a restart file belongs to; its numbers are named in its attributes.
void print_restart(const FileSummary& s) {
  print_line("checksum", s.checksum + ", verified");
  const std::string time = attribute(s, "time");
  if (!time.empty()) print_line("time", format_time({std::stoll(time)}));
  print_line("windows done", attribute(s, "windows_done"));
  print_line("course", attribute(s, "course"));
  print_line("experiment", attribute(s, "fingerprint"));
}

bool is_shown(const std::string& name) {
  static const std::vector<std::string> elsewhere{"title",  "tilth_checksum", "time",
                                                  "course", "fingerprint",    "windows_done"};
  return std::find(elsewhere.begin(), elsewhere.end(), name) == elsewhere.end();
}

std::string number(double x) { return std::isnan(x) ? "-" : fmt::format("{:.6g}", x); }

void print_variables(const FileSummary& s) {
  std::size_t width = 10;
  for (const VariableSummary& v : s.variables) width = std::max(width, v.name.size());
  fmt::print("\n  {:<{}} {:<7}{:>13}{:>13}{:>13}{:>10}  {:<14} {}\n", "variable", width, "type", "least", "mean",
             "most", "missing", "units", "shape; meaning");
  for (const VariableSummary& v : s.variables) {
    fmt::print("  {:<{}} {:<7}", v.name, width, v.type);
    if (v.is_text)
      fmt::print("{}  ({})\n", v.words, v.shape);
    else
      fmt::print("{:>13}{:>13}{:>13}{:>10}  {:<14} ({}){}{}\n", number(v.least), number(v.mean), number(v.most),
                 v.missing, v.units, v.shape, v.long_name.empty() ? "" : " ", v.long_name);
  }
}

void print(const std::string& path, const FileSummary& s) {
  fmt::print("{}: {}\n", path, s.kind);
  print_line("title", attribute(s, "title"));
  print_line("size", fmt::format("{} bytes", s.bytes));
  if (s.kind == "restart") print_restart(s);
  if (!s.first.empty()) print_line("period", fmt::format("{} to {}, {} times", s.first, s.last, s.records));
  for (const auto& [name, value] : s.attributes)
    if (is_shown(name)) print_line(name.c_str(), value);
  print_variables(s);
}

}  // namespace

void run_info(const Comm& comm, const CommandLine& line) {
  require_all(comm, !line.arguments.empty(), "tilth info: give one or more files, e.g. tilth info products.nc");
  for (const std::string& path : line.arguments) {
    const FileSummary summary = describe_file(comm, path);
    if (comm.root()) print(path, summary);
  }
}

}  // namespace tilth
