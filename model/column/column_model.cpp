#include "model/column/column_model.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/base/aligned.hpp"
#include "model/column/rows.hpp"
#include "model/column/tile.hpp"

namespace tilth {

namespace {

static_assert(int(Met::air_temperature) == column::weather::air_temperature);
static_assert(int(Met::air_temperature_min) == column::weather::air_temperature_min);
static_assert(int(Met::air_temperature_max) == column::weather::air_temperature_max);
static_assert(int(Met::shortwave) == column::weather::shortwave);
static_assert(int(Met::longwave) == column::weather::longwave);
static_assert(int(Met::vapour_pressure) == column::weather::vapour_pressure);
static_assert(int(Met::surface_pressure) == column::weather::surface_pressure);
static_assert(int(Met::wind_speed) == column::weather::wind_speed);
static_assert(int(Met::precipitation) == column::weather::precipitation);
static_assert(int(Met::co2) == column::weather::co2);

/// Puts a failed member (and the padding that copies it) back as it was.
void restore_member(const double* before, ColumnView& column, int member) {
  const int last = member + 1 == column.members() ? column.stride() : member + 1;
  for (int r = 0; r < column.tiles() * column.rows(); ++r)
    for (int m = member; m < last; ++m)
      column.data()[std::size_t(r) * column.stride() + m] = before[std::size_t(r) * column.stride() + m];
}

}  // namespace

void ColumnModel::Options::describe(Schema& s) {
  s.text("bottom", bottom).one_of({"free_drainage", "zero_flux"}).about("Lower end of the soil column.");
  s.integer("spinup_years", spinup_years)
      .in(4, 1000)
      .units("year")
      .about("Most simulated years of a spin-up; it ends when the carbon of every member repeats.");
}

ColumnModel::ColumnModel(Options options, ModelTraits traits)
    : options_(std::move(options)), traits_(std::move(traits)) {}

StepReport ColumnModel::advance(const GridPoint& point, ColumnParameters parameters, Time begin,
                                const DayWeather& weather, ColumnView column, const StepSeen& seen) const {
  column::Site site = site_of(point);
  site.set_day(begin);
  return guarded_day(site, parameters, begin, weather, column, seen, Spinup{});
}

StepReport ColumnModel::guarded_day(const column::Site& site, ColumnParameters parameters, Time begin,
                                    const DayWeather& weather, ColumnView column, const StepSeen& seen,
                                    Spinup spinup) const {
  assert(weather.members.stride == column.stride() && column.rows() == traits_.layout.rows());
  // Work space of a rank's thread: grows once, then no allocation in the time loop.
  thread_local AlignedVector<double> before;
  const std::size_t size = std::size_t(column.tiles()) * column.rows() * column.stride();
  if (before.size() < size) before.resize(size);
  std::memcpy(before.data(), column.data(), size * sizeof(double));
  StepReport report = advance_day(site, parameters, begin, weather, column, seen, spinup);
  std::sort(report.failed.begin(), report.failed.end());
  report.failed.erase(std::unique(report.failed.begin(), report.failed.end()), report.failed.end());
  for (const int m : report.failed) restore_member(before.data(), column, m);
  return report;
}

}  // namespace tilth
