#include "model/hourly/hourly_model.hpp"

#include <algorithm>

#include "core/base/aligned.hpp"
#include "core/base/error.hpp"
#include "core/config/plugin.hpp"
#include "core/physics/radiation.hpp"
#include "model/hourly/hourly_traits.hpp"

namespace tilth {

namespace {

hourly::Kernel kernel_of(simd::Isa isa) {
  switch (isa) {
    case simd::Isa::avx512:
      return {hourly::isa_avx512::step, hourly::isa_avx512::close};
    case simd::Isa::avx2:
      return {hourly::isa_avx2::step, hourly::isa_avx2::close};
    case simd::Isa::sse2:
      return {hourly::isa_sse2::step, hourly::isa_sse2::close};
    default:
      return {hourly::isa_scalar::step, hourly::isa_scalar::close};
  }
}

hourly::Kernel dual_kernel_of(simd::Isa isa) {
  switch (isa) {
    case simd::Isa::avx512:
      return {hourly::isa_avx512::dual_step, hourly::isa_avx512::dual_close};
    case simd::Isa::avx2:
      return {hourly::isa_avx2::dual_step, hourly::isa_avx2::dual_close};
    default:
      return {hourly::isa_sse2::dual_step, hourly::isa_sse2::dual_close};
  }
}

constexpr double least_sun_cosine = 0.01;

double inverse(double x) { return x > 0.0 ? 1.0 / x : 0.0; }

/// The day's part of a step's weather.
hourly::StepWeather day_weather(const MetDay& day, int steps) {
  hourly::StepWeather w;
  w.steps_per_day = steps;
  w.duration = double(seconds_per_day) / steps;
  w.day_air_temperature = day[Met::air_temperature];
  w.per_shortwave = inverse(day[Met::shortwave]);
  w.per_longwave = inverse(day[Met::longwave]);
  w.per_vapour = inverse(day[Met::vapour_pressure]);
  w.per_pressure = inverse(day[Met::surface_pressure]);
  w.per_wind = inverse(day[Met::wind_speed]);
  w.per_precipitation = inverse(day[Met::precipitation]);
  w.per_co2 = inverse(day[Met::co2]);
  return w;
}

void set_step(const MetSteps& day, int step, const SunStep& sun, hourly::StepWeather& w) {
  w.air_temperature = day.at(StepMet::air_temperature, step);
  w.shortwave = day.at(StepMet::shortwave, step);
  w.longwave = day.at(StepMet::longwave, step);
  w.vapour_pressure = day.at(StepMet::vapour_pressure, step);
  w.surface_pressure = day.at(StepMet::surface_pressure, step);
  w.wind_speed = day.at(StepMet::wind_speed, step);
  w.precipitation = day.at(StepMet::precipitation, step);
  w.co2 = day.at(StepMet::co2, step);
  // Light without sun (twilight, clocks that disagree) comes from everywhere, as with a low sun.
  const bool lit = w.shortwave > 0.0;
  w.sun_cosine = lit ? std::max(sun.sunlit_cos_zenith, least_sun_cosine) : 0.0;
  w.diffuse = sun.sunlit_cos_zenith > 0.0 ? physics::diffuse_fraction(w.shortwave, sun.toa_w_m2) : 1.0;
}

/// The course of a day in `steps` steps: means of shorter ones, longer ones repeated.
MetSteps resampled(const MetSteps& day, int steps) {
  if (day.per_day == steps) return day;
  MetSteps out;
  out.per_day = steps;
  for (int m = 0; m < step_met_count; ++m)
    for (int s = 0; s < steps; ++s) {
      const auto& from = day.value[std::size_t(m)];
      out.value[std::size_t(m)][std::size_t(s)] = day.per_day > steps
                                                      ? 0.5 * (from[std::size_t(2 * s)] + from[std::size_t(2 * s + 1)])
                                                      : from[std::size_t(s / 2)];
    }
  return out;
}

/// Work space of a rank's thread: grows once, then no allocation in the time loop.
struct Scratch {
  AlignedVector<double> check, sums;
  double* fit(std::vector<double>::size_type tiles, int stride) {
    const std::size_t per_tile = std::size_t(stride);
    if (check.size() < tiles * 4 * per_tile) check.resize(tiles * 4 * per_tile);
    if (sums.size() < tiles * hourly::day_sum_count * per_tile) sums.resize(tiles * hourly::day_sum_count * per_tile);
    std::fill(sums.begin(), sums.end(), 0.0);
    return sums.data();
  }
};

}  // namespace

void HourlyModel::Options::describe(Schema& s) {
  ColumnModel::Options::describe(s);
  s.duration("step", step_s).about("Length of a step: 1 hour or 30 minutes.");
  s.integer("snow_layers", snow_layers).in(1, 3).about("Layers of snow: 1 or 3.");
  s.text("internal_co2", internal_co2)
      .one_of({"closed_form", "newton3"})
      .about("CO2 inside leaves: closed form of Medlyn et al. 2011, or three Newton steps with minimum conductance.");
  diurnal.describe(s);
}

HourlyModel::HourlyModel(Options options) : HourlyModel(std::move(options), simd::chosen_isa()) {}

HourlyModel::HourlyModel(Options options, simd::Isa isa) : HourlyModel(options, kernel_of(isa)) {
  auto dual = std::make_unique<const HourlyModel>(std::move(options), dual_kernel_of(isa));
  dual_.reset(new DualModel{std::move(dual), std::max(2, simd::lanes_of(isa))});
}

HourlyModel::HourlyModel(Options options, hourly::Kernel kernel)
    : ColumnModel(options, hourly::hourly_traits(options.step_s)), options_(std::move(options)), kernel_(kernel) {
  require(options_.step_s == 3600 || options_.step_s == 1800, "model.hourly.step: ", options_.step_s,
          " s; give 1 hour or 30 minutes");
  require(options_.snow_layers != 2, "model.hourly.snow_layers: 2; give 1 or 3");
  choices_.snow_layers = options_.snow_layers;
  choices_.newton3 = options_.internal_co2 == "newton3";
}

StepReport HourlyModel::advance_day(const column::Site& site, ColumnParameters parameters, Time begin,
                                    const DayWeather& weather, ColumnView column, const StepSeen& seen,
                                    Spinup spinup) const {
  const int stride = column.stride(), steps = int(seconds_per_day / options_.step_s), tiles = column.tiles();
  const GridPoint& place = site.place();
  const SunDay sun = sun_day(begin);
  const MetSteps course =
      weather.steps ? resampled(*weather.steps, steps) : steps_of(weather.mean, place, sun, steps, options_.diurnal);
  thread_local Scratch space;
  space.fit(std::size_t(tiles), stride);
  const auto job_of = [&](int t, const hourly::StepWeather& w) {
    hourly::HourStep job;
    double* check = space.check.data() + std::size_t(t) * 4 * stride;
    job.tile.site = &site.tile(t);
    job.tile.parameter = parameters.value.data() + std::size_t(t) * traits().parameters.size();
    job.tile.met = weather.members.data.data();
    job.tile.state = column.row(t, 0);
    job.tile.water_residual = check;
    job.tile.carbon_residual = check + stride;
    job.tile.healthy = check + 2 * stride;
    job.energy_residual = check + 3 * stride;
    job.tile.stride = stride;
    job.tile.skip = spinup.skip;
    if (spinup.propagator) job.tile.propagator = spinup.propagator + std::size_t(t) * column::propagator_count * stride;
    job.sums = space.sums.data() + std::size_t(t) * hourly::day_sum_count * stride;
    job.weather = &w;
    job.choices = choices_;
    return job;
  };
  hourly::StepWeather w = day_weather(weather.mean, steps);
  for (int t = 0; t < tiles; ++t) {
    const hourly::HourStep job = job_of(t, w);
    std::fill_n(job.tile.water_residual, 2 * stride, 0.0);
    std::fill_n(job.tile.healthy, stride, 1.0);
    std::fill_n(job.energy_residual, stride, 0.0);
  }
  StepReport report;
  for (int step = 0; step < steps; ++step) {
    const Time at = begin + step * options_.step_s;
    const bool last = step + 1 == steps;
    set_step(course, step, sun_step(sun, at, options_.step_s, place.lon, place.lat), w);
    for (int t = 0; t < tiles; ++t) {
      const hourly::HourStep job = job_of(t, w);
      kernel_.step(job);
      if (!last) continue;
      kernel_.close(job);
      report.add(job.tile.healthy, job.tile.water_residual, job.tile.carbon_residual, column.members());
      for (int m = 0; m < column.members(); ++m)
        if (job.tile.healthy[m] >= 1.0)
          report.energy_residual_w_m2 = std::max(report.energy_residual_w_m2, job.energy_residual[m]);
    }
    if (seen) seen({at, at + options_.step_s, last});
  }
  return report;
}

namespace models {
extern const Plugin<LandModel> hourly;
const Plugin<LandModel> hourly = plugin<LandModel, HourlyModel>(
    "hourly land column: two-stream light, Farquhar and Collatz photosynthesis, energy balance of canopy and ground, "
    "freezing soil, layered snow, with the soil water, phenology and carbon of the daily column");
}  // namespace models

}  // namespace tilth
