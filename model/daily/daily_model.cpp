#include "model/daily/daily_model.hpp"

#include <algorithm>

#include "core/base/aligned.hpp"
#include "core/config/plugin.hpp"
#include "model/column/rows.hpp"
#include "model/daily/daily_kernels.hpp"
#include "model/daily/daily_traits.hpp"

namespace tilth {

namespace {

column::StepFunction step_function(simd::Isa isa) {
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

column::StepFunction dual_step_function(simd::Isa isa) {
  switch (isa) {
    case simd::Isa::avx512:
      return daily::isa_avx512::dual_step;
    case simd::Isa::avx2:
      return daily::isa_avx2::dual_step;
    default:
      return daily::isa_sse2::dual_step;
  }
}

}  // namespace

DailyModel::DailyModel(Options options) : DailyModel(std::move(options), simd::chosen_isa()) {}

DailyModel::DailyModel(Options options, simd::Isa isa) : DailyModel(options, step_function(isa)) {
  auto dual = std::make_unique<const DailyModel>(std::move(options), dual_step_function(isa));
  dual_.reset(new DualModel{std::move(dual), std::max(2, simd::lanes_of(isa))});
}

DailyModel::DailyModel(Options options, column::StepFunction step)
    : ColumnModel(std::move(options), daily::daily_traits()), step_(step) {}

StepReport DailyModel::advance_day(const column::Site& site, ColumnParameters parameters, Time begin,
                                   const DayWeather& weather, ColumnView column, const StepSeen& seen,
                                   Spinup spinup) const {
  const int stride = column.stride();
  thread_local AlignedVector<double> residual;  // water, carbon, healthy: 3 x stride
  if (residual.size() < std::size_t(3 * stride)) residual.resize(std::size_t(3 * stride));
  StepReport report;
  column::TileStep job;
  job.met = weather.members.data.data();
  job.stride = stride;
  job.water_residual = residual.data();
  job.carbon_residual = residual.data() + stride;
  job.healthy = residual.data() + 2 * stride;
  std::fill_n(job.water_residual, 2 * stride, 0.0);
  job.skip = spinup.skip;
  if (spinup.skip)  // members left alone are well
    std::fill_n(job.healthy, stride, 1.0);
  for (int t = 0; t < column.tiles(); ++t) {
    job.site = &site.tile(t);
    job.parameter = parameters.value.data() + std::size_t(t) * traits().parameters.size();
    job.state = column.row(t, 0);
    if (spinup.propagator) job.propagator = spinup.propagator + std::size_t(t) * column::propagator_count * stride;
    step_(job);
    report.add(job.healthy, job.water_residual, job.carbon_residual, column.members());
  }
  if (seen) seen({begin, begin + seconds_per_day, true});
  return report;
}

namespace models {
extern const Plugin<LandModel> daily;
const Plugin<LandModel> daily = plugin<LandModel, DailyModel>(
    "daily land column: light-use-efficiency photosynthesis, Penman-Monteith evaporation, "
    "Richards soil water, snow, phenology, carbon");
}  // namespace models

}  // namespace tilth
