#include <algorithm>
#include <limits>

#include "core/base/error.hpp"
#include "io/forcing_files.hpp"
#include "io/met_derivation.hpp"
#include "io/site_record.hpp"

namespace tilth {

void MetRules::describe(Schema& s) {
  s.text("out_of_range", out_of_range)
      .one_of({"refuse", "gap"})
      .about("What to do with values outside the plausible range: stop, or treat them as missing and say so.");
  s.real("wind_speed", wind_speed).in(0.5, 20.0).units("m s-1").about("Wind speed where a file has none.");
  s.text("co2_file", co2_file)
      .about("CSV file `year,co2` of annual CO2 in umol mol-1, used instead of what the weather files say.");
  s.real("co2", co2).in(180.0, 1200.0).units("umol mol-1").about("CO2 when neither co2_file nor the files give it.");
  s.real("co2_outlier", co2_outlier)
      .in(0.01, 10.0)
      .about("CO2 of a site further than this fraction from the median of its record is treated as missing.");
  s.flag("estimate_radiation", estimate_radiation)
      .about(
          "Estimate shortwave and humidity when files lack them: from temperature range, else from wet and dry days.");
}

void describe_steps(Schema& s, int& steps_per_day) {
  s.integer("steps_per_day", steps_per_day)
      .in(-1, max_steps_per_day)
      .about(
          "Steps of a day that files of up to three hours give: 24 or 48; -1: 48 from half-hourly, 24 from other "
          "files, "
          "days only from daily ones; 0: days only.");
}

void SiteForcing::Options::describe(Schema& s) {
  s.text("files", files)
      .required()
      .about(
          "Weather file of each site: `{site}` is replaced by its name, * and ? match; exactly one file must match.");
  s.time_offset("time_shift", time_shift_s)
      .about("Added to the times of the files, for instance -1 hour from Paris to UTC.");
  s.integer("interpolate_days", interpolate_days)
      .in(0, 30)
      .units("days")
      .about("Gaps up to this length are interpolated, precipitation set to 0.");
  s.integer("longest_dry_spell", longest_dry_spell)
      .in(0, 3660)
      .units("days")
      .about(
          "Of a daily record, longer spells without precipitation are taken for gaps that were written as 0: refilled "
          "like gaps, and observations there are left out. 0: never.");
  s.flag("recycle", recycle)
      .about("Fill longer gaps and days outside the record from the same day of the nearest other year.");
  describe_steps(s, steps_per_day);
  rules.describe(s);
}

struct SiteForcing::Site {
  std::int64_t id = 0;
  std::string name;
  SiteRecord record;
  std::int64_t recycled = 0;  ///< days outside the record that were asked for
};

SiteForcing::SiteForcing(const Comm& comm, Options options, std::span<const GridPoint> points)
    : comm_(&comm), options_(std::move(options)) {
  const int wanted = options_.steps_per_day;
  require(wanted == -1 || wanted == 0 || wanted == 24 || wanted == 48, "forcing: steps_per_day is ", wanted,
          ", expected 24, 48, 0 or -1");
  if (!options_.rules.co2_file.empty()) co2_ = std::make_unique<Co2Table>(comm, options_.rules.co2_file);
  const Comm self = comm.split(comm.rank());
  double steps = wanted;
  if (wanted == -1) {
    together(comm, [&] { steps = common_steps(points, self); });
    steps = comm.min(steps);
  }
  double begin = -std::numeric_limits<double>::infinity(), end = std::numeric_limits<double>::infinity();
  per_day_ = int(steps);
  together(comm, [&] {
    for (const GridPoint& point : points) {
      const std::string path = path_of(point);
      Site site{point.id, point.name, {}, 0};
      site.record = per_day_ > 0 ? read_site_steps(self, path, options_, point, per_day_)
                                 : read_site_record(self, path, options_, point);
      begin = std::max(begin, double(site.record.first.seconds));
      end = std::min(end, double(site.record.end().seconds));
      sites_.push_back(std::move(site));
    }
  });
  common_ = {{std::int64_t(comm.max(begin))}, {std::int64_t(comm.min(end))}};
}
SiteForcing::~SiteForcing() = default;

std::string SiteForcing::path_of(const GridPoint& point) const {
  const std::string key = "{site}";
  std::string pattern = options_.files;
  const bool by_name = pattern.find(key) != std::string::npos;
  require(!by_name || !point.name.empty(), "forcing files ", options_.files, ": grid point ", point.id,
          " has no name to put for {site}; use a list of sites as grid");
  for (std::size_t at = pattern.find(key); at != std::string::npos; at = pattern.find(key, at + point.name.size()))
    pattern.replace(at, key.size(), point.name);
  return only_match(pattern, "forcing of site '" + point.name + "'");
}

/// Steps that the files of all of this rank's sites allow.
int SiteForcing::common_steps(std::span<const GridPoint> points, const Comm& self) const {
  int steps = max_steps_per_day;
  for (const GridPoint& point : points) steps = std::min(steps, natural_steps(sample_length(self, path_of(point))));
  return steps;
}

/// Place of a day in the record, or of the day taken for it.
std::size_t SiteForcing::index_of(const Site& site, Time day) const {
  const SiteRecord& record = site.record;
  const auto inside = [&](Time t) { return t >= record.first && t < record.end(); };
  Time source = day;
  if (!inside(day)) {
    const int first = date_of(record.first).year, last = date_of(record.end() + -1).year;
    require(options_.recycle && recycled_day(day, first, last, inside, source), "forcing of site '", site.name,
            "': ", format_time(day), " is outside the record ", format_time(record.first), " to ",
            format_time(record.end()), " of ", record.path, "; change the time of the run or set recycle: true");
  }
  return std::size_t((source - record.first) / seconds_per_day);
}

void SiteForcing::read(Time day, std::span<const GridPoint> points, std::span<MetDay> out) {
  ensure(points.size() == sites_.size() && out.size() == points.size(), "site forcing was made for ", sites_.size(),
         " points and is read for ", points.size());
  together(*comm_, [&] {
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      Site& site = sites_[i];
      ensure(site.id == points[i].id, "site forcing is read for point ", points[i].id, " in place of ", site.id);
      out[i] = site.record.days[index_of(site, day)];
      if (!own_weather(i, day)) ++site.recycled;
      if (co2_) out[i][Met::co2] = co2_->at(day);
    }
  });
}

void SiteForcing::read_steps(Time day, std::span<const GridPoint> points, std::span<MetSteps> out) {
  ensure(per_day_ > 0 && points.size() == sites_.size() && out.size() == points.size(),
         "steps of site forcing are read for ", points.size(), " points of ", sites_.size(), " and ", per_day_,
         " steps");
  together(*comm_, [&] {
    for (std::size_t i = 0; i < sites_.size(); ++i) {
      const SiteRecord& record = sites_[i].record;
      const double* from =
          record.steps.data() + index_of(sites_[i], day) * std::size_t(step_met_count) * std::size_t(per_day_);
      out[i].per_day = per_day_;
      for (int m = 0; m < step_met_count; ++m) std::copy_n(from + m * per_day_, per_day_, out[i].value[m].begin());
      if (co2_) out[i].value[int(StepMet::co2)].fill(co2_->at(day));
    }
  });
}

bool SiteForcing::own_weather(std::size_t point, Time day) const {
  const SiteRecord& record = sites_.at(point).record;
  if (day < record.first || day >= record.end()) return false;
  return record.borrowed.empty() || !record.borrowed[std::size_t((day - record.first) / seconds_per_day)];
}

std::vector<std::string> SiteForcing::files() const {
  std::vector<std::string> out;
  for (const Site& site : sites_) out.push_back(site.record.path);
  if (co2_) out.push_back(options_.rules.co2_file);
  return out;
}

std::vector<std::string> SiteForcing::remarks() const {
  std::vector<std::string> out;
  for (const Site& site : sites_) {
    for (const std::string& remark : site.record.remarks) out.push_back(site.name + ": " + remark);
    if (site.recycled > 0)
      out.push_back(text(site.name, ": ", site.recycled, " days outside the record ", format_time(site.record.first),
                         " to ", format_time(site.record.end()), " taken from the same day of the nearest year in it"));
  }
  return out;
}

SiteForcing::Period SiteForcing::common_period() const { return common_; }

SiteForcing::Period SiteForcing::period(std::size_t point) const {
  return {sites_[point].record.first, sites_[point].record.end()};
}

}  // namespace tilth
