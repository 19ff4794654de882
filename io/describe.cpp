#include "io/describe.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "io/checkpoint.hpp"
#include "io/checksum.hpp"
#include "io/time_axis.hpp"

namespace tilth {

namespace {

constexpr std::int64_t largest_piece = 1 << 20;  // values a rank holds at a time
constexpr std::size_t shown_strings = 8;

std::string type_name(netcdf::Type type) {
  switch (type) {
    case netcdf::Type::character:
      return "char";
    case netcdf::Type::byte_:
      return "byte";
    case netcdf::Type::short_:
      return "short";
    case netcdf::Type::int_:
      return "int";
    case netcdf::Type::float_:
      return "float";
    case netcdf::Type::double_:
      return "double";
    case netcdf::Type::int64:
      return "int64";
  }
  return "";
}

std::string attribute_text(const netcdf::File& file, int variable, const std::string& name) {
  if (const auto words = file.text_attribute(variable, name)) return *words;
  if (const auto whole = file.integer_attribute(variable, name)) return std::to_string(*whole);
  std::vector<std::string> numbers;
  if (const auto values = file.number_attribute(variable, name))
    for (const double v : *values) numbers.push_back(text(v));
  return joined(numbers);
}

/// Least, largest and sum of what is not missing.
class Extremes {
 public:
  void add(std::span<const double> values) {
    double sum = 0.0;
    for (const double v : values) {
      if (std::isnan(v)) continue;
      least_ = std::min(least_, v), most_ = std::max(most_, v);
      sum += v;
      ++count_;
    }
    sums_.push_back(sum);
  }
  void finish(const Comm& comm, VariableSummary& summary) const {
    const std::int64_t count = comm.sum(count_);
    const double least = comm.min(least_), most = comm.max(most_), nothing = std::nan("");
    summary.missing = summary.values - count;
    summary.least = count > 0 ? least : nothing;
    summary.most = count > 0 ? most : nothing;
    const bool finite = comm.all(std::all_of(sums_.begin(), sums_.end(), [](double s) { return std::isfinite(s); }));
    summary.mean = count > 0 && finite ? reproducible_sum(comm, sums_) / double(count) : nothing;
  }

 private:
  double least_ = std::numeric_limits<double>::infinity(), most_ = -least_;
  std::vector<double> sums_;
  std::int64_t count_ = 0;
};

// Pieces along the first dimension, dealt to the ranks in turn.
void read_numbers(const Comm& comm, const netcdf::File& file, int variable, VariableSummary& summary) {
  const auto dimensions = file.dimensions(variable);
  const netcdf::Packing packing = file.packing(variable);
  std::vector<std::int64_t> start(dimensions.size(), 0), count;
  for (const netcdf::Dimension& d : dimensions) count.push_back(d.length);
  Extremes extremes;
  if (summary.values > 0 && count.empty()) {
    std::vector<double> values = file.all(variable);
    if (!comm.root()) values.clear();
    extremes.add(values);
  } else if (summary.values > 0) {
    const std::int64_t rows = count[0], row = summary.values / rows,
                       step = std::max<std::int64_t>(1, largest_piece / row);
    for (std::int64_t first = 0; first < rows; first += step * comm.size()) {
      start[0] = std::min(rows, first + step * comm.rank());
      count[0] = std::min(step, rows - start[0]);
      std::vector<double> values(std::size_t(count[0] * row));
      file.get(variable, start, count, std::span<double>(values));
      netcdf::File::unpack(packing, values);
      extremes.add(values);
    }
  }
  extremes.finish(comm, summary);
}

VariableSummary summarise(const Comm& comm, const netcdf::File& file, int variable) {
  VariableSummary s;
  s.name = file.name(variable);
  s.type = type_name(file.type(variable));
  s.units = file.text_attribute(variable, "units").value_or("");
  s.long_name =
      file.text_attribute(variable, "long_name").value_or(file.text_attribute(variable, "standard_name").value_or(""));
  std::vector<std::string> shape;
  for (const netcdf::Dimension& d : file.dimensions(variable)) shape.push_back(text(d.name, "=", d.length));
  s.shape = joined(shape);
  s.values = file.size(variable);
  s.is_text = file.type(variable) == netcdf::Type::character;
  if (!s.is_text) {
    read_numbers(comm, file, variable, s);
  } else if (s.values <= largest_piece) {
    std::vector<std::string> strings = file.all_strings(variable);
    const bool more = strings.size() > shown_strings;
    strings.resize(std::min(strings.size(), shown_strings));
    s.words = joined(strings) + (more ? ", ..." : "");
  }
  return s;
}

std::string kind_of(const netcdf::File& file) {
  const auto has = [&](std::initializer_list<const char*> names) {
    return std::all_of(names.begin(), names.end(), [&](const char* n) { return file.has_variable(n); });
  };
  if (file.text_attribute(netcdf::global, "tilth_checksum")) return "restart";
  if (has({"prior_mean", "posterior_mean", "qc"})) return "feedback";
  if (file.has_dimension("node") && has({"observed", "modelled"})) return "bias correction";
  if (file.has_dimension("row")) return "table";
  if (has({"time_bnds", "crs"})) return "product";
  if (file.has_dimension("obs")) return "observations";
  if (has({"land_fraction"})) return "grid";
  for (const char* name : {"Tair", "tas", "t2m", "TA", "SWdown", "rsds", "Precip", "pr", "Rainf"})
    if (file.has_variable(name)) return "weather";
  return "NetCDF file";
}

// First and last time: of the bounds where the file has them.
void read_times(const Comm& comm, const netcdf::File& file, FileSummary& summary) {
  if (!file.has_variable("time")) return;
  const int time = file.variable("time");
  summary.records = file.size(time);
  const std::string bounds = file.text_attribute(time, "bounds").value_or("");
  std::vector<double> values = file.all(!bounds.empty() && file.has_variable(bounds) ? file.variable(bounds) : time);
  std::erase_if(values, [](double t) { return !std::isfinite(t); });
  if (values.empty()) return;
  const auto [first, last] = std::minmax_element(values.begin(), values.end());
  together(comm, [&, first = *first, last = *last] {
    const TimeDecoder decode(file, time, 0);
    summary.first = format_time(decode(first));
    summary.last = format_time(decode(last));
  });
}

}  // namespace

FileSummary describe_file(const Comm& comm, const std::string& path) {
  netcdf::require_readable(comm, path);
  const netcdf::File file = netcdf::File::open(comm, path);
  FileSummary s;
  s.kind = kind_of(file);
  s.bytes = comm.max(comm.root() ? std::int64_t(std::filesystem::file_size(path)) : std::int64_t{0});
  if (s.kind == "restart") s.checksum = hexadecimal(CheckpointReader(comm, path).checksum());
  for (const std::string& name : file.attributes(netcdf::global))
    s.attributes.emplace_back(name, attribute_text(file, netcdf::global, name));
  const int count = int(file.variables().size());
  for (int v = 0; v < count; ++v) s.variables.push_back(summarise(comm, file, v));
  if (s.kind != "restart") read_times(comm, file, s);
  return s;
}

}  // namespace tilth
