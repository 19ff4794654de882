#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include "core/base/error.hpp"
#include "io/forcing_files.hpp"
#include "io/met_catalogue.hpp"
#include "io/met_derivation.hpp"
#include "io/netcdf.hpp"
#include "io/site_record.hpp"

namespace tilth {

namespace {

constexpr std::int64_t buffer_bytes = std::int64_t{64} << 20;  // of one variable of a block of days
constexpr int most_days = 64;

}  // namespace

void GridForcing::Options::describe(Schema& s) {
  s.words("files", files)
      .required()
      .about("Gridded CF files or patterns (* and ?); they may split time and variables but share one grid.");
  s.duration("time_shift", time_shift_s).about("Added to the times of the files, for instance local time to UTC.");
  s.real("reach_km", reach_km).in(1.0, 2000.0).units("km").about("Farthest cell taken for a grid point.");
  s.flag("recycle", recycle).about("Take days that no file has from the same day of the nearest other year.");
  rules.describe(s);
}

struct GridForcing::State {
  const Comm* comm;
  Options options;
  Co2Table co2;
  MetCatalogue catalogue;
  Box box;
  std::vector<std::int64_t> cells;  ///< per point: place in the box
  std::vector<GridPoint> points;
  Time block_begin{1}, block_end{0};  ///< days in the buffer; empty at the start
  std::vector<MetDay> block;          ///< [day][point]
  RuleCounts counts{};
  std::int64_t recycled = 0, gaps = 0;

  void find_cells();
  void shrink();
  std::optional<Time> source(Time day) const;
  void load(Time first, std::int64_t days);
  void read_run(const MetCatalogue::Variable& v, Raw raw, std::span<const Time> sources, std::vector<RawDay>& raws);
  void aggregate(Raw raw, std::span<const double> samples, int per_day, Time first_source, std::span<RawDay> raws);
};

/// The cell of every point: nearest with data of all variables at the first time of the first whole day.
void GridForcing::State::find_cells() {
  box = box_around(catalogue.axes, points, options.reach_km);
  std::vector<char> valid(std::size_t(box.cells()), 1);
  for (const MetCatalogue::Variable& v : catalogue.variables) {
    if (!v.present()) continue;
    const Samples& samples = v.days.begin()->second;
    const netcdf::File file = netcdf::File::open(*comm, catalogue.paths[std::size_t(samples.file)]);
    std::vector<double> values(valid.size());
    file.get(file.variable(v.name), std::vector<std::int64_t>{samples.first, box.row, box.column},
             std::vector<std::int64_t>{box.cells() > 0 ? 1 : 0, box.rows, box.columns}, std::span<double>(values));
    netcdf::File::unpack(file.packing(file.variable(v.name)), values);
    for (std::size_t c = 0; c < values.size(); ++c) valid[c] = valid[c] && std::isfinite(values[c]);
  }
  cells = nearest_cells(catalogue.axes, box, valid, points, options.reach_km);
  const auto lost = std::find(cells.begin(), cells.end(), -1);
  std::string problem;
  if (lost != cells.end()) {
    const GridPoint& p = points[std::size_t(lost - cells.begin())];
    problem = text("forcing ", catalogue.paths.front(), ": no cell with data within ", options.reach_km,
                   " km of grid point ", p.id, " at lon ", p.lon, ", lat ", p.lat,
                   "; restrict the grid to the region of the forcing or raise reach_km");
  }
  require_all(*comm, problem.empty(), problem);
  shrink();
}

/// Cuts the box down to the cells in use.
void GridForcing::State::shrink() {
  if (cells.empty()) return;
  Box tight{box.rows, 0, box.columns, 0};
  std::int64_t last_row = 0, last_column = 0;
  for (const std::int64_t c : cells) {
    tight.row = std::min(tight.row, c / box.columns);
    tight.column = std::min(tight.column, c % box.columns);
    last_row = std::max(last_row, c / box.columns);
    last_column = std::max(last_column, c % box.columns);
  }
  tight.rows = last_row - tight.row + 1;
  tight.columns = last_column - tight.column + 1;
  for (std::int64_t& c : cells) c = (c / box.columns - tight.row) * tight.columns + c % box.columns - tight.column;
  tight.row += box.row;
  tight.column += box.column;
  box = tight;
}

/// The day whose files are read for `day`, if there is one.
std::optional<Time> GridForcing::State::source(Time day) const {
  if (catalogue.has(day)) return day;
  Time found = day;
  const auto has = [&](Time t) { return catalogue.has(t); };
  if (options.recycle && recycled_day(day, catalogue.first_year(), catalogue.last_year(), has, found)) return found;
  return {};
}

/// Means of this rank's points over the samples of each day; `samples` is [day][sample][cell of the box].
void GridForcing::State::aggregate(Raw raw, std::span<const double> samples, int per_day, Time first_source,
                                   std::span<RawDay> raws) {
  const RawVariable& variable = raw_variables[int(raw)];
  const std::size_t n = points.size(), cells_in_box = std::size_t(box.cells());
  for (std::size_t k = 0; k < raws.size(); ++k) {
    const std::size_t d = k / n, p = k % n;
    double sum = 0.0, low = 1e300, high = -1e300;
    for (int s = 0; s < per_day; ++s) {
      const double v = samples[(d * std::size_t(per_day) + std::size_t(s)) * cells_in_box + std::size_t(cells[p])];
      sum += v;
      low = std::min(low, v);
      high = std::max(high, v);
    }
    const bool given = std::isfinite(sum), outside = given && (low < variable.lower || high > variable.upper);
    const Time day = first_source + std::int64_t(d) * seconds_per_day;
    const std::string where = given && !outside ? ""
                                                : text("forcing ", catalogue.paths.front(), ": variable '",
                                                       catalogue.variables[int(raw)].name, "' at grid point ",
                                                       points[p].id, " on ", format_time(day));
    require(given, where, " is missing; fill the gap in the file");
    require(!outside || options.rules.out_of_range == "gap", where, " ranges from ", low, " to ", high, " ",
            variable.units, ", expected ", variable.lower, " to ", variable.upper);
    if (outside) {
      ++gaps;
      continue;
    }
    raws[k][raw] = sum / per_day;
    if (raw != Raw::tair || per_day == 1) continue;
    raws[k][Raw::tmin] = low;
    raws[k][Raw::tmax] = high;
  }
}

/// Reads consecutive days of one variable in one file with one collective read.
void GridForcing::State::read_run(const MetCatalogue::Variable& v, Raw raw, std::span<const Time> sources,
                                  std::vector<RawDay>& raws) {
  const std::size_t n = points.size();
  for (std::size_t d = 0; d < sources.size();) {
    const auto at = [&](std::size_t k) { return v.days.at(sources[k].seconds / seconds_per_day); };
    const Samples head = at(d);
    std::size_t past = d + 1;
    while (past < sources.size() && at(past).file == head.file &&
           at(past).first == head.first + std::int64_t(past - d) * v.usual &&
           sources[past] - sources[past - 1] == seconds_per_day)
      ++past;
    const netcdf::File file = netcdf::File::open(*comm, catalogue.paths[std::size_t(head.file)]);
    const std::int64_t times = std::int64_t(past - d) * v.usual;
    std::vector<double> samples(std::size_t(times * box.cells()));
    file.get(file.variable(v.name), std::vector<std::int64_t>{head.first, box.row, box.column},
             std::vector<std::int64_t>{box.cells() > 0 ? times : 0, box.rows, box.columns}, std::span<double>(samples));
    netcdf::File::unpack(file.packing(file.variable(v.name)), samples);
    for (double& sample : samples) sample = v.convert[std::size_t(head.file)](sample);
    together(*comm,
             [&] { aggregate(raw, samples, v.usual, sources[d], std::span(raws).subspan(d * n, (past - d) * n)); });
    d = past;
  }
}

void GridForcing::State::load(Time first, std::int64_t days) {
  std::vector<Time> sources;
  for (std::int64_t d = 0; d < days; ++d) {
    const Time day = first + d * seconds_per_day;
    const std::optional<Time> found = source(day);
    require(found || d > 0, "forcing ", catalogue.paths.front(), ": no whole day ", format_time(day),
            options.recycle ? " in any year" : "", "; the files cover ", catalogue.first_year(), " to ",
            catalogue.last_year(), "; change the time of the run or the files");
    if (!found) break;  // a later day is missed only if the run gets there
    sources.push_back(*found);
    recycled += *found != day;
  }
  const std::size_t n = points.size();
  std::vector<RawDay> raws(sources.size() * n);
  for (int r = 0; r < raw_count; ++r)
    if (catalogue.variables[r].present()) read_run(catalogue.variables[r], Raw(r), sources, raws);
  block.resize(raws.size());
  together(*comm, [&] {
    for (std::size_t k = 0; k < raws.size(); ++k) {
      const Time day = first + std::int64_t(k / n) * seconds_per_day;
      block[k] = derived(raws[k], points[k % n], day, options.rules, counts);
      if (!co2.empty()) block[k][Met::co2] = co2.at(day);
      require_complete(block[k], text("forcing ", catalogue.paths.front(), ", grid point ", points[k % n].id), day);
    }
  });
  block_begin = first;
  block_end = first + std::int64_t(sources.size()) * seconds_per_day;
}

GridForcing::GridForcing(const Comm& comm, Options options, std::span<const GridPoint> points)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.comm = &comm;
  s.options = std::move(options);
  s.points.assign(points.begin(), points.end());
  require(!s.options.files.empty(), "forcing: no files given");
  if (!s.options.rules.co2_file.empty()) s.co2 = Co2Table(comm, s.options.rules.co2_file);
  std::vector<std::string> paths;
  for (const std::string& pattern : s.options.files)
    for (const std::string& path : matches(pattern, "gridded forcing"))
      if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  s.catalogue = read_met_catalogue(comm, paths, s.options.time_shift_s);
  require(s.catalogue.variables[int(Raw::tair)].present() ||
              (s.catalogue.variables[int(Raw::tmin)].present() && s.catalogue.variables[int(Raw::tmax)].present()),
          "forcing ", paths.front(), ": no air temperature (Tair, tas, or CF standard_name air_temperature)");
  s.find_cells();
}
GridForcing::~GridForcing() = default;

void GridForcing::read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) {
  State& s = *state_;
  ensure(points.size() == s.points.size() && out.size() == points.size(), "gridded forcing was made for ",
         s.points.size(), " points and is read for ", points.size());
  if (day < s.block_begin || day >= s.block_end) {
    int per_day = 1;
    for (const MetCatalogue::Variable& v : s.catalogue.variables) per_day = std::max(per_day, v.usual);
    const std::int64_t bytes = s.comm->max(s.box.cells()) * per_day * 8;
    s.load(day, std::clamp<std::int64_t>(buffer_bytes / std::max<std::int64_t>(bytes, 1), 1, most_days));
  }
  const std::size_t first = std::size_t((day - s.block_begin) / seconds_per_day) * points.size();
  std::copy_n(s.block.begin() + std::ptrdiff_t(first), points.size(), out.begin());
}

std::vector<std::string> GridForcing::files() const {
  std::vector<std::string> out = state_->catalogue.paths;
  if (!state_->co2.empty()) out.push_back(state_->options.rules.co2_file);
  return out;
}

std::vector<std::string> GridForcing::remarks() const {
  std::vector<std::string> out = sentences(state_->counts, state_->options.rules);
  if (state_->recycled > 0) out.push_back(text(state_->recycled, " days taken from the same day of the nearest year"));
  if (state_->gaps > 0) out.push_back(text(state_->gaps, " daily values out of range treated as missing"));
  if (state_->catalogue.incomplete > 0)
    out.push_back(text(state_->catalogue.incomplete, " days of variables left out because samples are missing"));
  return out;
}

}  // namespace tilth
