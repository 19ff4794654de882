#include "driver/simulate.hpp"

#include <algorithm>
#include <cmath>

#include "assim/observation_error/representativeness.hpp"
#include "assim/observation_error/simulated_error.hpp"
#include "core/base/error.hpp"
#include "core/physics/solar.hpp"
#include "driver/column_records.hpp"
#include "driver/observation_time.hpp"

namespace tilth {

namespace {
// Transmissivity of a clear day; cloud cover is judged by the shortfall of shortwave against it.
constexpr double clear_transmissivity = 0.72;
constexpr std::int64_t rows_per_day = std::int64_t{1} << 32;

// Levels that a visit of the instrument sees; a single NaN when it sees the column as a whole.
std::vector<double> levels_of(const OperatorTraits& op, const StateLayout& layout) {
  if (op.levels_of.empty()) return {std::nan("")};
  std::vector<double> out;
  const Variable& v = layout.variable(op.levels_of);
  for (int layer = op.first_level; layer < v.layers; layer += op.level_step)
    out.push_back(v.levels.empty() ? layer : v.levels[layer]);
  return out;
}

// Independent errors of the levels of a visit.
std::int64_t draw_of(double level) {
  if (std::isnan(level)) return 0;
  return level == std::floor(level) ? std::llround(level) : std::llround(1e6 * level);
}

}  // namespace

void SimulateOptions::describe(Schema& s) {
  s.duration("every", every_s).about("Revisit time; whole days.");
  s.real("coverage", coverage).in(0.0, 1.0).about("Probability that a cell is seen at a visit.");
  s.real("cloud_sensitivity", cloud_sensitivity)
      .in(0.0, 1.0)
      .about("1: optical, seen with the probability of a clear sky; 0: sees through clouds.");
  s.real("bias", bias).in(-1e9, 1e9).about("Constant error, in the units of the operator.");
  s.real("view_zenith_deg", view_zenith_deg)
      .in(0.0, 75.0)
      .units("degree")
      .about("Largest angle of view; every visit draws its own from 0 to there. Without it none is written.");
  if (s.is_reading())
    require(every_s >= seconds_per_day && every_s % seconds_per_day == 0, s.where(), ".every must be whole days");
}

Simulator::Simulator(const Domain& domain)
    : domain_(&domain),
      sampling_(domain.experiment->run.seed, Purpose::observation_sampling),
      error_(domain.experiment->run.seed, Purpose::observation_error),
      weather_(domain.grid.points.size()),
      series_(domain.streams.size()),
      columns_(domain.streams.size()) {
  for (const Stream& stream : domain.streams)
    levels_.push_back(levels_of(stream.op->traits(), domain.model->traits().layout));
}

bool Simulator::is_seen(Time day, int type, int column) const {
  const SimulateOptions& o = domain_->streams[type].options->simulate;
  const GridPoint& point = domain_->grid.points[column];
  const std::int64_t number = day.seconds / seconds_per_day;
  // Neighbours are visited on different days, as by a swath.
  if ((number + point.id) % (o.every_s / seconds_per_day) != 0) return false;
  const double toa = solar_day(day, point.lat).toa_mean_w_m2;
  const double clear =
      toa > 1.0 ? std::clamp(weather_[column][Met::shortwave] / (clear_transmissivity * toa), 0.0, 1.0) : 0.0;
  const double probability = o.coverage * (1.0 - o.cloud_sensitivity * (1.0 - clear));
  return sampling_.uniform({number, type, point.id, 0}) <= probability;
}

void Simulator::add_visit(Time day, int type, int column, ObsTable& table) const {
  const GridPoint& point = domain_->grid.points[column];
  const Stream& stream = domain_->streams[type];
  const std::int64_t number = day.seconds / seconds_per_day, levels = std::int64_t(levels_[type].size());
  const double overpass_h = stream.op->traits().overpass_h;
  const bool overpass = !std::isnan(overpass_h);
  const Time begin = overpass ? overpass_time(day, overpass_h, point.lon) : day;
  const double view = stream.options->simulate.view_zenith_deg * sampling_.uniform({number, type, point.id, 1});
  std::size_t i = table.size();
  table.resize(i + std::size_t(levels));
  for (std::int64_t l = 0; l < levels; ++l, ++i) {
    table.id[i] = number * rows_per_day + point.id * levels + l;
    table.type[i] = type, table.column[i] = column, table.point[i] = point.id;
    table.begin[i] = begin, table.end[i] = overpass ? begin : day + seconds_per_day;
    table.lon[i] = point.lon, table.lat[i] = point.lat;
    table.level[i] = levels_[type][std::size_t(l)], table.view_zenith_deg[i] = view;
    table.value[i] = 0.0, table.error_sd[i] = 1.0, table.flag[i] = 0;
  }
}

ObsTable Simulator::visits(Time begin, Time end, int members) {
  ObsTable table;
  for (Time day = begin; day < end; day = day + seconds_per_day) {
    domain_->forcing->read(day, domain_->points(), weather_);
    for (int type = 0; type < int(domain_->streams.size()); ++type) {
      if (!domain_->streams[type].options->simulated) continue;
      for (int c = 0; c < domain_->columns(); ++c)
        if (is_seen(day, type, c)) add_visit(day, type, c, table);
    }
  }
  table.members = members;
  table.resize(table.size());
  return table;
}

void Simulator::observe(const ObsTable& predicted) {
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    if (predicted.flag[i] != qc_used) continue;  // the instrument's own screening: snow, frost, dense canopies
    const Stream& stream = domain_->streams[predicted.type[i]];
    const ObservationOptions& o = *stream.options;
    const ErrorOptions& e = o.errors.error;
    const OperatorTraits& t = stream.op->traits();
    const double truth = predicted.predictions(i)[0];
    const double absolute = o.error_absolute >= 0.0 ? o.error_absolute : t.error_absolute;
    const double relative = o.error_relative >= 0.0 ? o.error_relative : t.error_relative;
    const double sd = std::max(absolute, relative * std::abs(truth));
    const std::int64_t day = predicted.begin[i].seconds / seconds_per_day;
    const double area_km2 = domain_->grid.points[predicted.column[i]].area_m2 * 1e-6;
    const double total_sd = total_error_sd(sd, representativeness_sd(e.representativeness, e.footprint_km, area_km2));
    const double noise =
        total_sd * simulated_ar1(error_, {day, predicted.type[i], predicted.point[i], draw_of(predicted.level[i])},
                                 e.correlation_time_s);
    const double value = truth + o.simulate.bias + noise;
    if (!t.plausible(value, predicted.begin[i], predicted.end[i])) continue;
    ObservationSeries& s = series_[predicted.type[i]];
    s.row.push_back(predicted.id[i]);
    s.begin.push_back(predicted.begin[i]);
    s.end.push_back(predicted.end[i]);
    s.lon.push_back(predicted.lon[i]);
    s.lat.push_back(predicted.lat[i]);
    s.level.push_back(predicted.level[i]);
    s.view_zenith_deg.push_back(predicted.view_zenith_deg[i]);
    s.value.push_back(value);
    s.error_sd.push_back(sd);
    s.flag.push_back(qc_used);
    columns_[predicted.type[i]].push_back(predicted.column[i]);
  }
}

namespace {

constexpr int saved_width = 9;

std::string saved_name(const Domain& domain, std::size_t type) {
  return "simulated_" + domain.streams[type].options->name;
}

}  // namespace

void Simulator::save(CheckpointWriter& file) const {
  for (std::size_t type = 0; type < series_.size(); ++type) {
    if (!domain_->streams[type].options->simulated) continue;
    const ObservationSeries& s = series_[type];
    std::vector<double> values;
    for (std::size_t i = 0; i < s.size(); ++i)
      values.insert(values.end(), {double(s.row[i]), double(s.begin[i].seconds), double(s.end[i].seconds), s.lon[i],
                                   s.lat[i], s.level[i], s.view_zenith_deg[i], s.value[i], s.error_sd[i]});
    ColumnRecords(*domain_, columns_[type]).save(file, saved_name(*domain_, type), saved_width, std::move(values));
  }
}

void Simulator::load(const CheckpointReader& file) {
  for (std::size_t type = 0; type < series_.size(); ++type) {
    if (!domain_->streams[type].options->simulated) continue;
    const std::string name = saved_name(*domain_, type);
    columns_[type] = ColumnRecords::columns_in(*domain_, file, name);
    const std::vector<double> values = ColumnRecords(*domain_, columns_[type]).load(file, name, saved_width);
    ObservationSeries& s = series_[type] = ObservationSeries();
    for (std::size_t at = 0; at < values.size(); at += saved_width) {
      const double* x = values.data() + at;
      s.row.push_back(std::int64_t(x[0]));
      s.begin.push_back(Time{std::int64_t(x[1])});
      s.end.push_back(Time{std::int64_t(x[2])});
      s.lon.push_back(x[3]);
      s.lat.push_back(x[4]);
      s.level.push_back(x[5]);
      s.view_zenith_deg.push_back(x[6]);
      s.value.push_back(x[7]);
      s.error_sd.push_back(x[8]);
      s.flag.push_back(qc_used);
    }
  }
}

void Simulator::write(const std::string& folder) const {
  for (int type = 0; type < int(domain_->streams.size()); ++type) {
    const ObservationOptions& o = *domain_->streams[type].options;
    if (!o.simulated) continue;
    const OperatorTraits& t = domain_->streams[type].op->traits();
    write_observations(*domain_->comm, folder + "/" + o.name + ".nc", series_[type],
                       {"value", t.units, t.standard_name, t.quantity});
  }
}

std::vector<std::vector<std::string>> simulated_files(const Experiment& experiment, const std::string& folder) {
  std::vector<std::vector<std::string>> files;
  for (const ObservationOptions& o : experiment.observations)
    files.push_back(o.simulated ? std::vector<std::string>{folder + "/" + o.name + ".nc"} : std::vector<std::string>{});
  return files;
}

}  // namespace tilth
