#include "fuzz/samples.hpp"

#include <bit>
#include <cmath>
#include <vector>

#include "core/base/error.hpp"
#include "io/checkpoint.hpp"
#include "io/netcdf.hpp"

namespace tilth::test {

namespace {

using netcdf::Type;

constexpr int points = 12, records = 7, width = 3;

/// Bits, so that the smallest difference shows.
template <class T>
std::string bits(const char* name, const std::vector<T>& values) {
  std::string out = name;
  for (const T& v : values) {
    const double number = double(v);
    out += " " + std::to_string(std::bit_cast<std::uint64_t>(std::isnan(number) ? std::nan("") : number));
  }
  return out + "\n";
}

std::vector<double> seconds(const std::vector<Time>& times) {
  std::vector<double> out;
  for (const Time t : times) out.push_back(double(t.seconds));
  return out;
}

/// Distributed records of `id`, which one process owns.
std::vector<double> restart_values() {
  std::vector<double> values;
  for (int k = 0; k < records * width; ++k) values.push_back(std::sqrt(double(k)) - 2.0);
  return values;
}

BlockExchange restart_exchange(const Comm& comm) {
  std::vector<std::int64_t> ids;
  for (std::int64_t id = comm.rank(); id < records; id += comm.size()) ids.push_back(id);
  return {comm, ids, records};
}

}  // namespace

std::string experiment_sample() {
  return R"(experiment: {name: sample, seed: 3, output: runs/sample}
time: {start: 2018-03-01, end: 2018-04-10, window: 8 days}
grid:
  sites:
    - {name: A, lon: 10, lat: 50, elevation_m: 100, cover: [ENB 0.5, GR3 0.4], sand_percent: 40, clay_percent: 20, organic_fraction: 0.1, soil_depth_m: 2, topographic_sd_m: 10, canopy_height_m: 12, wind_height_m: 30}
    - {name: B, lon: -60, lat: -20, cover: [GR4 1.0]}
  partition: {}
model: {daily: {spinup_years: 5}}
forcing:
  weather_generator: {}
  perturbations: {precipitation_sd: 0.3, shortwave_sd: 0.1, longwave_sd: 5, temperature_sd: 1, persistence_days: 3, correlation_km: 300}
ensemble:
  size: 5
  parameters:
    g1: {scope: pft, sd: 0.2}
  initial: {around: spinup}
control:
  states: []
  parameters:
    kphio: {scope: pft}
    lma: {scope: column, sd: 0.1}
observations:
  - name: ndvi
    operator: {ndvi: {}}
    error_absolute: 0.02
    error_relative: 0.05
    half_width_km: 900
    reach_km: 100
    level: 1
    background_check: 4
    parameter_weight: 0.5
    withhold_last: 0.2
    assimilate: true
    valid_range: [-0.2, 1]
    not_before: 2018-03-02
    not_after: 2018-04-08
    qc: {robust: varqc, threshold: 3}
    thinning: {interval: 8 days}
    simulate: {every: 4 days, coverage: 0.9, cloud_sensitivity: 1, bias: 0.01}
  - name: soil_moisture
    operator: {surface_soil_moisture: {sensing_depth_m: 0.05}}
    average: 1 day
    error: {correlation: 0.3, representativeness: 0.1, footprint_km: 10}
    superob: {}
    bias: {sd: 0.02, scope: column}
    simulate: {every: 2 days}
analysis:
  method: {letkf: {}}
  localisation: {}
  inflation: {rtps: 0.3}
  shared_parameters: statistics
  parameter_information: 0.1
  parameter_relaxation: 0.5
  parameter_floor: 0.1
spinup: {cycle_years: 1, warmup: 10 days}
nature:
  seed: 7
  parameters: {kphio: {value: 0.08}}
verification: {open_loop: true, states: false, from_window: 1}
output: {checkpoint_every: 2, checkpoint_keep: 3, steps: false, feedback: true, feedback_members: false}
)";
}

void write_point_sample(const Comm& comm, const std::string& path) {
  ObservationSeries s;
  for (std::int64_t k = comm.rank(); k < points; k += comm.size()) {
    s.row.push_back(k);
    s.begin.push_back({1520000000 + 7200 * k});
    s.end.push_back(s.begin.back() + 3600);
    s.lon.push_back(10.0 * double(k) - 50.0);
    s.lat.push_back(5.0 * double(k) - 20.0);
    s.value.push_back(k == 3 ? std::nan("") : 0.02 * double(k) + 0.1);
    s.error_sd.push_back(0.04);
    s.level.push_back(double(k % 2));
    s.view_zenith_deg.push_back(double(k) + 1.0);
  }
  write_observations(comm, path, s, {"soil_moisture", point_units, "", "surface soil moisture"},
                     {{"instrument", std::string("sample")}});
}

void write_station_sample(const Comm& comm, const std::string& path) {
  netcdf::File file = netcdf::File::create(comm, path);
  const int time = file.define_dimension("time", netcdf::unlimited);
  const auto define = [&](const char* variable, const char* units, Type type) {
    const int id = file.define_variable(variable, type, std::span(&time, 1));
    file.put_attribute(id, "units", std::string(units));
    const double fill[] = {-9999.0};
    if (type != Type::double_) file.put_attribute(id, "_FillValue", type, fill);
    return id;
  };
  const int t = define("time", "days since 2018-03-01", Type::double_);
  const int gpp = define("GPP", station_units, Type::float_), qc = define("GPP_qc", "1", Type::short_);
  file.put_attribute(gpp, "ancillary_variables", std::string("GPP_qc"));
  const int lat = file.define_variable("latitude", Type::double_, {});
  const int lon = file.define_variable("longitude", Type::double_, {});
  file.put_attribute(netcdf::global, "site_code", std::string("XX-Tst"));
  file.end_definitions();
  std::vector<double> days, values, quality;
  for (int k = 0; k < points; ++k) {
    days.push_back(k);
    values.push_back(0.5 * k);
    quality.push_back(k % 3 == 0);
  }
  const std::vector<std::int64_t> start{0}, count{points};
  file.put(t, start, count, std::span<const double>(days));
  file.put(gpp, start, count, std::span<const double>(values));
  file.put(qc, start, count, std::span<const double>(quality));
  const double place[] = {47.5, 8.25};
  file.put(lat, {}, {}, std::span(place, 1));
  file.put(lon, {}, {}, std::span(place + 1, 1));
  file.close();
}

void write_restart_sample(const Comm& comm, const std::string& path) {
  const BlockExchange exchange = restart_exchange(comm);
  std::vector<double> owned;
  const std::vector<double> all = restart_values();
  for (std::int64_t id = comm.rank(); id < records; id += comm.size())
    owned.insert(owned.end(), all.begin() + id * width, all.begin() + (id + 1) * width);
  CheckpointWriter writer(comm, path);
  writer.attribute("configuration", std::string("a: 1\nb: 2\n"));
  writer.attribute("cycle", (std::int64_t{1} << 53) + 1);
  writer.attribute("seconds", 0.1);
  writer.replicated("parameters", {2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6});
  writer.replicated("scalar", {}, std::vector<double>{2.5});
  writer.distributed("state", exchange, width, owned, "kg m-2");
  writer.commit();
}

ObservationFileOptions point_options(const std::string& path) {
  ObservationFileOptions options;
  options.path = path;
  options.variable = "soil_moisture";
  options.valid_min = 0.0;
  options.valid_max = 1.0;
  return options;
}

ObservationFileOptions station_options(const std::string& path) {
  ObservationFileOptions options;
  options.path = path;
  options.variable = "GPP";
  options.qc_minimum = 1.0;
  options.not_before = time_of(2018, 3, 2);
  return options;
}

std::string as_text(const ObservationSeries& s) {
  return bits("row", s.row) + bits("begin", seconds(s.begin)) + bits("end", seconds(s.end)) + bits("lon", s.lon) +
         bits("lat", s.lat) + bits("value", s.value) + bits("error_sd", s.error_sd) + bits("level", s.level) +
         bits("view", s.view_zenith_deg) + bits("flag", s.flag) +
         text("missing ", s.missing, " left out ", s.left_out, " station ", s.station, "\n");
}

std::string restart_as_text(const Comm& comm, const std::string& path) {
  const CheckpointReader reader(comm, path);
  std::vector<double> parameters(6), scalar(1);
  reader.replicated("parameters", parameters);
  reader.replicated("scalar", scalar);
  const BlockExchange exchange = restart_exchange(comm);
  std::vector<double> owned(exchange.owned() * width);
  reader.distributed("state", exchange, width, owned);
  return text(reader.text("configuration"), reader.integer("cycle"), "\n") +
         bits("seconds", std::vector<double>{reader.real("seconds")}) + bits("parameters", parameters) +
         bits("scalar", scalar) + bits("state", owned);
}

}  // namespace tilth::test
