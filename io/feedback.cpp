#include "io/feedback.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/obs/obs_table.hpp"
#include "io/rows_file.hpp"

namespace tilth {

namespace {

using netcdf::Type;

constexpr const char* view_name = "sensor_zenith_angle";  // name and CF standard name
constexpr const char* time_units = "seconds since 1970-01-01 00:00:00";

/// Flags of QcFlag in the order of their bits.
constexpr std::array<std::pair<std::uint32_t, const char*>, 12> qc_meanings = {
    {{qc_outside_domain, "outside_domain"},
     {qc_outside_time, "outside_time"},
     {qc_bad_value, "bad_value"},
     {qc_bad_quality, "bad_quality"},
     {qc_snow, "snow"},
     {qc_frozen, "frozen"},
     {qc_dense_vegetation, "dense_vegetation"},
     {qc_background, "background"},
     {qc_withheld, "withheld"},
     {qc_no_prediction, "no_prediction"},
     {qc_thinned, "thinned"},
     {qc_daylight, "daylight"}}};

/// A column of real numbers: name, unit, sentence and where it lives.
struct RealColumn {
  const char *name, *units, *long_name, *standard_name;
  std::vector<double> FeedbackColumns::*values;
  bool may_be_missing;
};
const std::array<RealColumn, 12> real_columns = {{
    {"lon", "degrees_east", "", "longitude", &FeedbackColumns::lon, false},
    {"lat", "degrees_north", "", "latitude", &FeedbackColumns::lat, false},
    {"value", "", "observed value, in the units of its type", "", &FeedbackColumns::value, true},
    {"error_sd", "", "standard deviation of the observation error", "", &FeedbackColumns::error_sd, true},
    {"weight", "1", "factor on the inverse error variance, from robust quality control", "", &FeedbackColumns::weight,
     true},
    {"prior_mean", "", "mean of the predictions before the analysis", "", &FeedbackColumns::prior_mean, true},
    {"prior_sd", "", "spread of the predictions before the analysis", "", &FeedbackColumns::prior_sd, true},
    {"posterior_mean", "", "mean of the predictions after the analysis", "", &FeedbackColumns::posterior_mean, true},
    {"posterior_sd", "", "spread of the predictions after the analysis", "", &FeedbackColumns::posterior_sd, true},
    {"prior_crps", "", "continuous ranked probability score before the analysis, observation errors drawn", "",
     &FeedbackColumns::prior_crps, true},
    {"prior_crps_fair", "", "the same, fair: its expectation does not depend on the number of members", "",
     &FeedbackColumns::prior_crps_fair, true},
    {"prior_rank", "1", "share of members below the value before the analysis, observation errors drawn", "",
     &FeedbackColumns::prior_rank, true},
}};

std::vector<std::int64_t> seconds_of(const std::vector<Time>& times) {
  std::vector<std::int64_t> out;
  for (const Time t : times) out.push_back(t.seconds);
  return out;
}

/// The words of a text with single blanks between them.
std::vector<std::string> words(const std::string& names) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < names.size();) {
    const std::size_t blank = std::min(names.find(' ', at), names.size());
    out.push_back(names.substr(at, blank - at));
    at = blank + 1;
  }
  return out;
}

template <class From>
std::vector<std::int64_t> widened(const std::vector<From>& values) {
  return {values.begin(), values.end()};
}

/// Variables of whole numbers, in the order they are defined and written.
std::array<int, 6> define_whole(RowsFile& rows, std::span<const std::string> type_names) {
  netcdf::File& file = rows.file();
  const int id = rows.define("id", Type::int64, "", "global id of the observation");
  const int type = rows.define("type", Type::int_, "", "observation type");
  std::vector<double> values, masks;
  for (std::size_t t = 0; t < type_names.size(); ++t) values.push_back(double(t));
  if (!values.empty()) file.put_attribute(type, "flag_values", Type::int_, values);
  file.put_attribute(type, "flag_meanings", joined(type_names, " "));
  const int time = rows.define("time", Type::int64, time_units, "end of the averaging interval", "time");
  file.put_attribute(time, "calendar", std::string("proleptic_gregorian"));
  const int begin = rows.define("time_begin", Type::int64, time_units, "start of the averaging interval");
  file.put_attribute(begin, "calendar", std::string("proleptic_gregorian"));
  const int point = rows.define("point", Type::int64, "", "global id of the grid point compared with, -1: none");
  const int qc = rows.define("qc", Type::int_, "", "why the observation is not used; 0: used", "status_flag");
  std::string meanings;
  for (const auto& [mask, meaning] : qc_meanings) {
    masks.push_back(mask);
    if (!meanings.empty()) meanings += ' ';
    meanings += meaning;
  }
  file.put_attribute(qc, "flag_masks", Type::int_, masks);
  file.put_attribute(qc, "flag_meanings", meanings);
  return {id, type, time, begin, point, qc};
}

}  // namespace

void FeedbackColumns::resize(std::size_t n) {
  id.resize(n);
  type.resize(n);
  begin.resize(n);
  end.resize(n);
  point.resize(n, -1);
  view_zenith_deg.resize(n, std::numeric_limits<double>::quiet_NaN());
  flag.resize(n);
  for (const RealColumn& c : real_columns) (this->*c.values).resize(n, std::numeric_limits<double>::quiet_NaN());
  members_prior.resize(n * std::size_t(members), std::numeric_limits<double>::quiet_NaN());
}

void write_feedback(const Comm& comm, const std::string& path, const FeedbackColumns& columns,
                    std::span<const std::string> type_names, const Attributes& attributes) {
  RowsFile rows(comm, path, "obs", columns.id);
  netcdf::File& file = rows.file();
  file.put_attribute(netcdf::global, "Conventions", std::string("CF-1.10"));
  file.put_attribute(netcdf::global, "featureType", std::string("point"));
  file.put_attributes(attributes);
  const std::array<int, 6> whole = define_whole(rows, type_names);
  std::vector<int> real;
  for (const RealColumn& c : real_columns) {
    real.push_back(rows.define(c.name, Type::double_, c.units, c.long_name, c.standard_name));
    if (!c.may_be_missing) continue;
    rows.may_be_missing(real.back());
    file.put_attribute(real.back(), "coordinates", std::string("time lat lon"));
  }
  const bool has_views =
      comm.any(std::ranges::any_of(columns.view_zenith_deg, [](double v) { return !std::isnan(v); }));
  const int view = has_views ? rows.define(view_name, Type::double_, "degree",
                                           "angle of the instrument's view from the vertical", view_name)
                             : -1;
  if (has_views) rows.may_be_missing(view);
  int members = -1;
  if (columns.members > 0) {
    const int dims[] = {rows.dimension(), file.define_dimension("member", columns.members)};
    members = file.define_variable("prior_members", Type::double_, dims);
    file.put_attribute(members, "long_name", std::string("predictions of the members before the analysis"));
    rows.may_be_missing(members);
  }
  rows.end_definitions();
  rows.put(whole[0], columns.id);
  rows.put(whole[1], widened(columns.type));
  rows.put(whole[2], seconds_of(columns.end));
  rows.put(whole[3], seconds_of(columns.begin));
  rows.put(whole[4], columns.point);
  rows.put(whole[5], widened(columns.flag));
  for (std::size_t c = 0; c < real.size(); ++c) rows.put(real[c], columns.*real_columns[c].values);
  if (has_views) rows.put(view, columns.view_zenith_deg);
  if (members >= 0) rows.put(members, columns.members, columns.members_prior);
  rows.finish();
}

Feedback read_feedback(const Comm& comm, const std::string& path) {
  const netcdf::File file = netcdf::File::open(comm, path);
  const std::int64_t count = file.dimension("obs");
  const std::int64_t start = count * comm.rank() / comm.size();
  const std::int64_t length = count * (comm.rank() + 1) / comm.size() - start;
  Feedback feedback;
  FeedbackColumns& columns = feedback.columns;
  columns.members = file.has_dimension("member") ? int(file.dimension("member")) : 0;
  columns.resize(std::size_t(length));
  std::vector<std::int64_t> whole(columns.size());
  const auto read = [&](const char* name, auto&& store) {
    file.get(file.variable(name), std::span(&start, 1), std::span(&length, 1), std::span<std::int64_t>(whole));
    for (std::size_t i = 0; i < whole.size(); ++i) store(i, whole[i]);
  };
  read("id", [&](std::size_t i, std::int64_t v) { columns.id[i] = v; });
  read("type", [&](std::size_t i, std::int64_t v) { columns.type[i] = std::int32_t(v); });
  read("time", [&](std::size_t i, std::int64_t v) { columns.end[i] = {v}; });
  read("time_begin", [&](std::size_t i, std::int64_t v) { columns.begin[i] = {v}; });
  read("point", [&](std::size_t i, std::int64_t v) { columns.point[i] = v; });
  read("qc", [&](std::size_t i, std::int64_t v) { columns.flag[i] = std::uint32_t(v); });
  const auto read_real = [&](const char* name, std::vector<double>& values) {
    file.get(file.variable(name), std::span(&start, 1), std::span(&length, 1), std::span<double>(values));
    netcdf::File::unpack(file.packing(file.variable(name)), values);
  };
  for (const RealColumn& c : real_columns)
    if (file.has_variable(c.name)) read_real(c.name, columns.*c.values);
  if (file.has_variable(view_name)) read_real(view_name, columns.view_zenith_deg);
  if (columns.members > 0) {
    const int id = file.variable("prior_members");
    file.get(id, std::vector<std::int64_t>{start, 0}, std::vector<std::int64_t>{length, columns.members},
             std::span<double>(columns.members_prior));
    netcdf::File::unpack(file.packing(id), columns.members_prior);
  }
  feedback.type_names = words(file.text_attribute(file.variable("type"), "flag_meanings").value_or(""));
  feedback.corrected = words(file.text_attribute(netcdf::global, "bias_corrected").value_or(""));
  return feedback;
}

}  // namespace tilth
