#include "driver/instrument/simulator.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "driver/column_records.hpp"

namespace tilth {

namespace {

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

}  // namespace

Simulator::Simulator(const Domain& domain)
    : domain_(&domain),
      sampling_(domain.experiment->run.seed, Purpose::observation_sampling),
      weather_(domain.grid.points.size()) {
  for (int type = 0; type < int(domain.streams.size()); ++type) {
    const Stream& stream = domain.streams[type];
    streams_.emplace_back();
    if (!stream.options->simulated) continue;
    const CloudOptions& clouds = stream.options->simulate.clouds;
    streams_.back() = std::make_unique<Simulated>(Simulated{
        .sampler = make_sampler(domain, type),
        .errors = SimulatedErrors(domain, type),
        .clouds = clouds.are_patches() ? std::make_unique<Clouds>(clouds, std::uint64_t(domain.experiment->run.seed))
                                       : nullptr,
        .levels = levels_of(stream.op->traits(), domain.model->traits().layout),
        .looks = {}});
  }
}

bool Simulator::is_seen(Time day, int type, int column, double clear, Look& look) const {
  const SimulateOptions& o = domain_->streams[type].options->simulate;
  const GridPoint& point = domain_->grid.points[column];
  const double open = 1.0 - o.cloud_sensitivity * (1.0 - clear);
  // Footprints under cloud and bad ones are missing from the mean.
  if (look.footprints > 0.0) look.footprints = std::max(1.0, look.footprints * o.coverage * open);
  if (look.composite) return true;
  const std::int64_t draw = look.number == 0 ? 0 : look.number + 1;  // 1 is the angle of view
  const double chance = sampling_.uniform({day.seconds / seconds_per_day, type, point.id, draw});
  const Clouds* clouds = streams_[std::size_t(type)]->clouds.get();
  if (!clouds) return chance <= o.coverage * open;
  return chance <= o.coverage && (o.cloud_sensitivity == 0.0 || clouds->rank(look.begin, look.lon, look.lat) <= open);
}

void Simulator::add_visit(Time day, int type, int column, const Look& look, ObsTable& table) {
  const GridPoint& point = domain_->grid.points[column];
  Simulated& simulated = *streams_[std::size_t(type)];
  const bool regular = domain_->streams[type].options->simulate.sampling.is_regular();
  const std::int64_t number = regular ? point.id : point.id * most_looks + look.number;
  const auto levels = std::int64_t(simulated.levels.size());
  std::size_t i = table.size();
  table.resize(i + std::size_t(levels));
  for (std::int64_t l = 0; l < levels; ++l, ++i) {
    table.id[i] = day.seconds / seconds_per_day * rows_per_day + number * levels + l;
    table.type[i] = type, table.column[i] = column, table.point[i] = point.id;
    table.begin[i] = look.begin, table.end[i] = look.end;
    table.lon[i] = look.lon, table.lat[i] = look.lat;
    table.level[i] = simulated.levels[std::size_t(l)], table.view_zenith_deg[i] = look.view_zenith_deg;
    table.value[i] = 0.0, table.error_sd[i] = 1.0, table.flag[i] = 0;
    simulated.looks.emplace(table.id[i], look);
  }
}

void Simulator::visit(Time day, int type, ObsTable& table) {
  std::vector<Look> looks;
  for (int c = 0; c < domain_->columns(); ++c) {
    looks.clear();
    streams_[std::size_t(type)]->sampler->looks(day, c, looks);
    if (looks.empty()) continue;
    const double lat = domain_->grid.points[c].lat;
    const double clear = clear_sky_probability(day, lat, weather_[std::size_t(c)][Met::shortwave]);
    for (Look& look : looks)
      if (is_seen(day, type, c, clear, look)) add_visit(day, type, c, look, table);
  }
}

ObsTable Simulator::visits(Time begin, Time end, int members) {
  ObsTable table;
  for (const auto& stream : streams_)
    if (stream) stream->looks.clear();
  for (Time day = begin; day < end; day = day + seconds_per_day) {
    domain_->forcing->read(day, domain_->points(), weather_);
    for (int type = 0; type < int(streams_.size()); ++type)
      if (streams_[std::size_t(type)]) visit(day, type, table);
  }
  table.members = members;
  table.resize(table.size());
  return table;
}

void Simulator::observe(const ObsTable& predicted) {
  for (std::size_t i = 0; i < predicted.size(); ++i) {
    if (predicted.flag[i] != qc_used) continue;  // the instrument's own screening: snow, frost, dense canopies
    Simulated& simulated = *streams_[std::size_t(predicted.type[i])];
    const Look& look = simulated.looks.at(predicted.id[i]);
    const double truth = predicted.predictions(i)[0];
    const Measured measured = simulated.errors.measured(truth, look, predicted.level[i], predicted.column[i]);
    const OperatorTraits& t = domain_->streams[predicted.type[i]].op->traits();
    if (!t.plausible(measured.value, predicted.begin[i], predicted.end[i])) continue;
    ObservationSeries& s = simulated.series;
    s.row.push_back(predicted.id[i]);
    s.begin.push_back(predicted.begin[i]);
    s.end.push_back(predicted.end[i]);
    s.lon.push_back(predicted.lon[i]);
    s.lat.push_back(predicted.lat[i]);
    s.level.push_back(predicted.level[i]);
    s.view_zenith_deg.push_back(predicted.view_zenith_deg[i]);
    s.value.push_back(measured.value);
    s.error_sd.push_back(measured.error_sd);
    s.flag.push_back(qc_used);
    simulated.columns.push_back(predicted.column[i]);
  }
}

namespace {

constexpr int saved_width = 9;

std::string saved_name(const Domain& domain, std::size_t type) {
  return "simulated_" + domain.streams[type].options->name;
}

}  // namespace

void Simulator::save(CheckpointWriter& file) const {
  for (std::size_t type = 0; type < streams_.size(); ++type) {
    if (!streams_[type]) continue;
    const ObservationSeries& s = streams_[type]->series;
    std::vector<double> values;
    for (std::size_t i = 0; i < s.size(); ++i)
      values.insert(values.end(), {double(s.row[i]), double(s.begin[i].seconds), double(s.end[i].seconds), s.lon[i],
                                   s.lat[i], s.level[i], s.view_zenith_deg[i], s.value[i], s.error_sd[i]});
    ColumnRecords(*domain_, streams_[type]->columns)
        .save(file, saved_name(*domain_, type), saved_width, std::move(values));
  }
}

void Simulator::load(const CheckpointReader& file) {
  for (std::size_t type = 0; type < streams_.size(); ++type) {
    if (!streams_[type]) continue;
    const std::string name = saved_name(*domain_, type);
    auto& columns = streams_[type]->columns;
    columns = ColumnRecords::columns_in(*domain_, file, name);
    const std::vector<double> values = ColumnRecords(*domain_, columns).load(file, name, saved_width);
    ObservationSeries& s = streams_[type]->series = ObservationSeries();
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
  for (std::size_t type = 0; type < streams_.size(); ++type) {
    if (!streams_[type]) continue;
    const ObservationOptions& o = *domain_->streams[type].options;
    const OperatorTraits& t = domain_->streams[type].op->traits();
    write_observations(*domain_->comm, folder + "/" + o.name + ".nc", streams_[type]->series,
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
