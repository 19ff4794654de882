#include "model/daily/daily_model.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/base/aligned.hpp"
#include "core/base/error.hpp"
#include "core/config/plugin.hpp"
#include "model/daily/daily_traits.hpp"

namespace tilth {

namespace {

static_assert(int(Met::air_temperature) == daily::weather::air_temperature);
static_assert(int(Met::air_temperature_min) == daily::weather::air_temperature_min);
static_assert(int(Met::air_temperature_max) == daily::weather::air_temperature_max);
static_assert(int(Met::shortwave) == daily::weather::shortwave);
static_assert(int(Met::longwave) == daily::weather::longwave);
static_assert(int(Met::vapour_pressure) == daily::weather::vapour_pressure);
static_assert(int(Met::surface_pressure) == daily::weather::surface_pressure);
static_assert(int(Met::wind_speed) == daily::weather::wind_speed);
static_assert(int(Met::precipitation) == daily::weather::precipitation);
static_assert(int(Met::co2) == daily::weather::co2);

daily::StepFunction step_function(simd::Isa isa) {
  switch (isa) {
    case simd::Isa::avx512:
      return daily::isa_avx512::step;
    case simd::Isa::avx2:
      return daily::isa_avx2::step;
    case simd::Isa::sse2:
      return daily::isa_sse2::step;
    default:
      return daily::isa_scalar::step;
  }
}

/// Work space of a rank's thread: grows once, then no allocation in the time loop.
struct Scratch {
  AlignedVector<double> before;    // column as it was
  AlignedVector<double> residual;  // water, carbon, healthy: 3 x stride
  void fit(std::size_t column, int stride) {
    if (before.size() < column) before.resize(column);
    if (residual.size() < std::size_t(3 * stride)) residual.resize(std::size_t(3 * stride));
  }
};

Scratch& scratch() {
  thread_local Scratch space;
  return space;
}

/// Puts a failed member (and the padding that copies it) back as it was.
void restore_member(const double* before, ColumnView& column, int member) {
  const int last = member + 1 == column.members() ? column.stride() : member + 1;
  for (int r = 0; r < column.tiles() * column.rows(); ++r)
    for (int m = member; m < last; ++m)
      column.data()[std::size_t(r) * column.stride() + m] = before[std::size_t(r) * column.stride() + m];
}

}  // namespace

void DailyModel::Options::describe(Schema& s) {
  s.text("bottom", bottom).one_of({"free_drainage", "zero_flux"}).about("Lower end of the soil column.");
  s.integer("spinup_years", spinup_years)
      .in(4, 1000)
      .units("year")
      .about("Most simulated years of a spin-up; it ends when the carbon of every member repeats.");
}

DailyModel::DailyModel(Options options) : DailyModel(std::move(options), simd::chosen_isa()) {}

DailyModel::DailyModel(Options options, simd::Isa isa)
    : options_(std::move(options)), traits_(daily::daily_traits()), step_(step_function(isa)) {}

daily::Site DailyModel::site_of(const GridPoint& point) const {
  return daily::Site(point, options_.bottom == "zero_flux");
}

StepReport DailyModel::advance(const GridPoint& point, ColumnParameters parameters, Time begin, const MetMembers& met,
                               ColumnView column) const {
  daily::Site site = site_of(point);
  site.set_day(begin);
  return step_column(site, parameters, met, column, Spinup{});
}

StepReport DailyModel::step_column(const daily::Site& site, ColumnParameters parameters, const MetMembers& met,
                                   ColumnView column, Spinup spinup) const {
  const int stride = column.stride(), members = column.members();
  const std::size_t size = std::size_t(column.tiles()) * daily::row::count * stride;
  assert(met.stride == stride && column.rows() == daily::row::count);
  Scratch& space = scratch();
  space.fit(size, stride);
  std::memcpy(space.before.data(), column.data(), size * sizeof(double));
  StepReport report;
  daily::TileStep job;
  job.met = met.data.data();
  job.stride = stride;
  job.water_residual = space.residual.data();
  job.carbon_residual = space.residual.data() + stride;
  job.healthy = space.residual.data() + 2 * stride;
  std::fill_n(job.water_residual, 2 * stride, 0.0);
  job.skip = spinup.skip;
  if (spinup.skip)  // members left alone are well
    std::fill_n(job.healthy, stride, 1.0);
  for (int t = 0; t < column.tiles(); ++t) {
    job.site = &site.tile(t);
    job.parameter = parameters.value.data() + std::size_t(t) * daily::par::count;
    job.state = column.row(t, 0);
    if (spinup.sums) job.sums = spinup.sums + std::size_t(t) * daily::sum_count * stride;
    step_(job);
    for (int m = 0; m < members; ++m) {
      if (job.healthy[m] < 1.0) {
        report.failed.push_back(m);
        continue;
      }
      report.water_residual_kg_m2 = std::max(report.water_residual_kg_m2, job.water_residual[m]);
      report.carbon_residual_g_m2 = std::max(report.carbon_residual_g_m2, job.carbon_residual[m]);
    }
  }
  if (report.failed.empty()) return report;
  std::sort(report.failed.begin(), report.failed.end());
  report.failed.erase(std::unique(report.failed.begin(), report.failed.end()), report.failed.end());
  for (const int m : report.failed) restore_member(space.before.data(), column, m);
  return report;
}

namespace models {
extern const Plugin<LandModel> daily;
const Plugin<LandModel> daily = plugin<LandModel, DailyModel>(
    "daily land column: light-use-efficiency photosynthesis, Penman-Monteith evaporation, "
    "Richards soil water, snow, phenology, carbon");
}  // namespace models

}  // namespace tilth
