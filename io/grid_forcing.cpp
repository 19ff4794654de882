#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "io/grid_forcing_state.hpp"
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
  s.time_offset("time_shift", time_shift_s)
      .about("Added to the times of the files, for instance -1 hour from Paris to UTC.");
  s.real("reach_km", reach_km).in(1.0, 2000.0).units("km").about("Farthest cell taken for a grid point.");
  s.flag("recycle", recycle)
      .about("Take days that no file has from the same day (or the one beside it) of the nearest other year.");
  describe_steps(s, steps_per_day);
  rules.describe(s);
}

/// The day whose files are read for `day`, if there is one.
std::optional<Time> GridForcing::State::source(Time day) const {
  if (catalogue.has(day)) return day;
  if (!options.recycle) return {};
  const auto has = [&](Time t) { return catalogue.has(t); };
  // Files of one year in local time lack a whole UTC day at one end: the day beside it stands in.
  for (const std::int64_t days : {0, 1, -1}) {
    const Time wanted = day + days * seconds_per_day;
    if (has(wanted)) return wanted;
    Time found = wanted;
    if (recycled_day(wanted, catalogue.first_year(), catalogue.last_year(), has, found)) return found;
  }
  return {};
}

Time GridForcing::State::source_or_error(Time day) const {
  const std::optional<Time> found = source(day);
  require(found.has_value(), "forcing ", catalogue.paths.front(), ": no whole day ", format_time(day),
          options.recycle ? " in any year" : "", "; the files cover ", catalogue.first_year(), " to ",
          catalogue.last_year(), "; change the time of the run or the files");
  return *found;
}

/// Whether the samples of a day at a point may be used; missing ones stop the run, implausible ones where told.
bool GridForcing::State::usable(Raw raw, std::size_t point, Time day, double low, double high, bool given) {
  const RawVariable& variable = raw_variables[int(raw)];
  const bool outside = given && (low < variable.lower || high > variable.upper);
  if (given && !outside) return true;
  const std::string where =
      text("forcing ", catalogue.paths.front(), ": variable '", catalogue.variables[int(raw)].name, "' at grid point ",
           points[point].id, " on ", format_time(day));
  require(given, where, " is missing; fill the gap in the file");
  require(options.rules.out_of_range == "gap", where, " ranges from ", low, " to ", high, " ", variable.units,
          ", expected ", variable.lower, " to ", variable.upper);
  ++gaps;
  return false;
}

/// Means of this rank's points over the samples of each day; `samples` is [day][sample][cell of the box].
void GridForcing::State::aggregate(Raw raw, std::span<const double> samples, int per_source_day, Time first_source,
                                   std::span<RawDay> raws) {
  const std::size_t n = points.size(), cells_in_box = std::size_t(box.cells());
  for (std::size_t k = 0; k < raws.size(); ++k) {
    const std::size_t d = k / n, p = k % n;
    double sum = 0.0, low = 1e300, high = -1e300;
    for (int s = 0; s < per_source_day; ++s) {
      const double v =
          samples[(d * std::size_t(per_source_day) + std::size_t(s)) * cells_in_box + std::size_t(cells[p])];
      sum += v;
      low = std::min(low, v);
      high = std::max(high, v);
    }
    if (!usable(raw, p, first_source + std::int64_t(d) * seconds_per_day, low, high, std::isfinite(sum))) continue;
    raws[k][raw] = sum / per_source_day;
    if (raw != Raw::tair || per_source_day == 1) continue;
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
    const std::optional<Time> found = d > 0 ? source(day) : source_or_error(day);
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
  s.choose_steps();
  s.find_cells();
}
GridForcing::~GridForcing() = default;

void GridForcing::read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) {
  State& s = *state_;
  ensure(points.size() == s.points.size() && out.size() == points.size(), "gridded forcing was made for ",
         s.points.size(), " points and is read for ", points.size());
  if (s.per_day > 0) {
    if (day != s.steps_day) s.load_steps(day);
    std::ranges::copy(s.step_days, out.begin());
    return;
  }
  if (day < s.block_begin || day >= s.block_end) {
    int per_day = 1;
    for (const MetCatalogue::Variable& v : s.catalogue.variables) per_day = std::max(per_day, v.usual);
    const std::int64_t bytes = s.comm->max(s.box.cells()) * per_day * 8;
    s.load(day, std::clamp<std::int64_t>(buffer_bytes / std::max<std::int64_t>(bytes, 1), 1, most_days));
  }
  const std::size_t first = std::size_t((day - s.block_begin) / seconds_per_day) * points.size();
  std::copy_n(s.block.begin() + std::ptrdiff_t(first), points.size(), out.begin());
}

int GridForcing::steps_per_day() const { return state_->per_day; }

void GridForcing::read_steps(Time day, std::span<const GridPoint> points, std::span<MetSteps> out) {
  State& s = *state_;
  ensure(s.per_day > 0 && points.size() == s.points.size() && out.size() == points.size(),
         "steps of gridded forcing are read for ", points.size(), " points of ", s.points.size(), " and ", s.per_day,
         " steps");
  if (day != s.steps_day) s.load_steps(day);
  std::ranges::copy(s.steps, out.begin());
}

std::vector<std::string> GridForcing::files() const {
  std::vector<std::string> out = state_->catalogue.paths;
  if (!state_->co2.empty()) out.push_back(state_->options.rules.co2_file);
  return out;
}

std::vector<std::string> GridForcing::remarks() const {
  std::vector<std::string> out =
      sentences(state_->counts, state_->options.rules, state_->per_day > 0 ? "steps" : "days");
  if (state_->recycled > 0)
    out.push_back(text(state_->recycled, " days taken from the same day of the nearest year or the day beside it"));
  if (state_->gaps > 0) out.push_back(text(state_->gaps, " daily values out of range treated as missing"));
  if (state_->catalogue.incomplete > 0)
    out.push_back(text(state_->catalogue.incomplete, " days of variables left out because samples are missing"));
  return out;
}

}  // namespace tilth
