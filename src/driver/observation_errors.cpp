#include "driver/observation_errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "assim/observation_error/averaged_error.hpp"
#include "assim/observation_error/prepare.hpp"
#include "assim/observation_error/representativeness.hpp"
#include "assim/observation_error/thinning.hpp"
#include "core/base/error.hpp"

namespace tilth {

double declared_error_sd(const Stream& stream, double value) {
  const ObservationOptions& o = *stream.options;
  const OperatorTraits& t = stream.op->traits();
  const double absolute = o.error_absolute >= 0.0 ? o.error_absolute : t.error_absolute;
  const double relative = o.error_relative >= 0.0 ? o.error_relative : t.error_relative;
  return std::max(absolute, relative * std::abs(value));
}

double assumed_error_sd(const Stream& stream, double value, double given) {
  const ObservationOptions& o = *stream.options;
  const double declared = declared_error_sd(stream, value);
  if (!o.simulated || !o.simulate.errors.counts_footprints() || given <= 0.0) return std::max(given, declared);
  if (o.error_absolute < 0.0 && o.error_relative < 0.0) return given;
  return std::max({0.0, o.error_absolute, o.error_relative * std::abs(value)});
}

std::vector<ObsErrorOptions> error_options(const Domain& domain) {
  std::vector<ObsErrorOptions> out;
  for (const Stream& stream : domain.streams) out.push_back(stream.options->errors);
  return out;
}

std::vector<double> thin_and_weigh(const Domain& domain, ObsTable& obs) {
  const auto options = error_options(domain);
  for (std::size_t type = 0; type < options.size(); ++type)
    if (options[type].thins) thin_observations(obs, int(type), options[type].thinning);
  return robust_weights(obs, options);
}

ObsTable analysed_observations(const Domain& domain, const ObsTable& obs, std::span<const double> weight) {
  return prepare_observations(obs, error_options(domain), weight);
}

void add_representativeness(const Domain& domain, std::vector<ObsRecord>& records) {
  for (ObsRecord& r : records) {
    const ErrorOptions& o = domain.streams[r.type].options->errors.error;
    if (r.column < 0 || o.representativeness == 0.0) continue;
    const double area_km2 = domain.grid.points[r.column].area_m2 * 1e-6;
    r.error_sd = total_error_sd(r.error_sd, representativeness_sd(o.representativeness, o.footprint_km, area_km2));
  }
}

namespace {

// Level of a record for comparison; NaN has no order.
double level_key(const ObsRecord& r) {
  return std::isnan(r.level) ? -std::numeric_limits<double>::infinity() : r.level;
}

// Days that the intervals of a group touch, each counted once.
std::int64_t covered_days(const std::vector<ObsRecord>& group) {
  std::set<std::int64_t> days;
  for (const ObsRecord& r : group) {
    const Time last = std::max(r.begin, Time{r.end.seconds - 1});
    for (Time day = midnight(r.begin); day <= last; day = day + seconds_per_day) days.insert(day.seconds);
  }
  return std::int64_t(days.size());
}

// The mean of a group sorted by id; it keeps the id and place of the first, and a view angle when all have one.
ObsRecord mean_of(const std::vector<ObsRecord>& group, const ErrorCorrelation& correlation) {
  ObsRecord mean = group.front();
  mean.value = mean.view_zenith_deg = 0.0;
  std::vector<double> weight(group.size(), 1.0 / double(group.size())), sd;
  std::vector<Time> time;
  for (const ObsRecord& r : group) {
    mean.value += r.value / double(group.size());
    mean.view_zenith_deg += r.view_zenith_deg / double(group.size());
    mean.begin = std::min(mean.begin, r.begin);
    mean.end = std::max(mean.end, r.end);
    sd.push_back(r.error_sd);
    time.push_back(middle(r.begin, r.end));
  }
  mean.error_sd = averaged_error_sd(weight, sd, time, correlation);
  return mean;
}

}  // namespace

std::vector<ObsRecord> averaged(std::vector<ObsRecord> records, Time start, const ObservationOptions& options) {
  const std::int64_t interval_s = options.average_s;
  const ErrorOptions& error = options.errors.error;
  std::map<std::tuple<std::int64_t, std::int64_t, double>, std::vector<ObsRecord>> groups;
  for (const ObsRecord& r : records) {
    if (r.flag & ~qc_withheld) continue;
    const std::int64_t since = middle(r.begin, r.end) - start;
    const std::int64_t slot = since >= 0 ? since / interval_s : -((-since - 1) / interval_s) - 1;
    groups[{r.point, slot, level_key(r)}].push_back(r);
  }
  std::vector<ObsRecord> out;
  for (auto& [key, group] : groups) {
    std::sort(group.begin(), group.end(), [](const ObsRecord& a, const ObsRecord& b) { return a.id < b.id; });
    if (4 * covered_days(group) * seconds_per_day < interval_s) continue;
    out.push_back(mean_of(group, {error.correlation, double(error.correlation_time_s)}));
  }
  return out;
}

void require_sequences(const Domain& domain, const std::vector<ObsRecord>& records) {
  std::map<std::tuple<std::int32_t, std::int64_t, std::int64_t, double>, std::int64_t> seen;
  std::string problem;
  for (const ObsRecord& r : records) {
    const ObservationOptions& o = *domain.streams[r.type].options;
    const bool brought_together = o.errors.superobs || (o.errors.thins && o.errors.thinning.cell_km == 0.0);
    if (o.errors.error.correlation_time_s == 0 || brought_together || r.column < 0 || r.flag != qc_used) continue;
    const Time time = middle(r.begin, r.end);
    const auto [first, fresh] = seen.try_emplace({r.type, r.point, time.seconds, level_key(r)}, r.id);
    if (fresh) continue;
    problem =
        text(domain.experiment->file, ": observations (", o.name, "): error.correlation_time makes the errors of ",
             "a grid point a sequence in time, but ", first->second, " and ", r.id, " are both at ", r.lat, " N, ",
             r.lon, " E on ", format_time(time), "; average them with superob, or choose with thinning");
    break;
  }
  require_all(*domain.comm, problem.empty(), problem);
}

}  // namespace tilth
