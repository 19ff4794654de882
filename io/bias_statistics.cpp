#include "io/bias_statistics.hpp"

#include <array>
#include <charconv>

#include "core/base/error.hpp"
#include "io/rows_file.hpp"

namespace tilth {

namespace {

using netcdf::Type;

struct WholeColumn {
  const char *name, *long_name;
  std::vector<std::int64_t> BiasStatistics::*values;
};
const std::array<WholeColumn, 4> whole_columns = {{
    {"point", "global id of the grid point", &BiasStatistics::point},
    {"season", "number of the season", &BiasStatistics::season},
    {"samples", "pairs of observation and open loop", &BiasStatistics::samples},
    {"pooling", "pairs of: 0 point and season, 1 point, 2 stream and season, 3 stream", &BiasStatistics::pooling},
}};

}  // namespace

void write_bias_statistics(const Comm& comm, const std::string& path, const BiasStatistics& statistics,
                           const std::string& stream, const std::string& method) {
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < statistics.size(); ++i)
    ids.push_back(statistics.point[i] * statistics.seasons + statistics.season[i]);
  RowsFile rows(comm, path, "row", ids);
  netcdf::File& file = rows.file();
  file.put_attribute(netcdf::global, "title", "bias correction of " + stream);
  file.put_attribute(netcdf::global, "method", method);
  file.put_attribute(netcdf::global, "seasons", std::to_string(statistics.seasons));
  const int dims[] = {rows.dimension(), file.define_dimension("node", statistics.nodes)};
  std::vector<int> whole, real;
  for (const WholeColumn& c : whole_columns) whole.push_back(rows.define(c.name, Type::int64, "", c.long_name));
  const int scale = rows.define("error_scale", Type::double_, "1", "factor on the error standard deviation");
  for (const char* name : {"observed", "modelled"}) {
    real.push_back(file.define_variable(name, Type::double_, dims));
    file.put_attribute(real.back(), "long_name", std::string(name) + " values at the nodes of the map");
    rows.may_be_missing(real.back());
  }
  rows.end_definitions();
  for (std::size_t c = 0; c < whole.size(); ++c) rows.put(whole[c], statistics.*whole_columns[c].values);
  rows.put(scale, statistics.error_scale);
  rows.put(real[0], statistics.nodes, statistics.observed);
  rows.put(real[1], statistics.nodes, statistics.modelled);
  rows.finish();
}

BiasStatistics read_bias_statistics(const Comm& comm, const std::string& path, std::string& method) {
  const netcdf::File file = netcdf::File::open(comm, path);
  const std::int64_t count = file.dimension("row");
  const std::int64_t start = count * comm.rank() / comm.size(),
                     length = count * (comm.rank() + 1) / comm.size() - start;
  BiasStatistics s;
  method = file.text_attribute(netcdf::global, "method").value_or("");
  const std::string seasons = file.text_attribute(netcdf::global, "seasons").value_or("1");
  const auto [end, status] = std::from_chars(seasons.data(), seasons.data() + seasons.size(), s.seasons);
  require(status == std::errc() && end == seasons.data() + seasons.size() && s.seasons > 0, path, ": seasons = '",
          seasons, "', must be a positive integer; it was not written by tilth");
  s.nodes = int(file.dimension("node"));
  for (const WholeColumn& c : whole_columns) {
    (s.*c.values).resize(std::size_t(length));
    file.get(file.variable(c.name), std::span(&start, 1), std::span(&length, 1), std::span<std::int64_t>(s.*c.values));
  }
  s.error_scale.resize(std::size_t(length));
  file.get(file.variable("error_scale"), std::span(&start, 1), std::span(&length, 1), std::span<double>(s.error_scale));
  for (auto [name, values] : {std::pair{"observed", &s.observed}, std::pair{"modelled", &s.modelled}}) {
    values->resize(std::size_t(length * s.nodes));
    const int id = file.variable(name);
    file.get(id, std::vector<std::int64_t>{start, 0}, std::vector<std::int64_t>{length, s.nodes},
             std::span<double>(*values));
    netcdf::File::unpack(file.packing(id), *values);
  }
  return s;
}

}  // namespace tilth
