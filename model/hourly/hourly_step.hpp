#pragma once

#include "model/hourly/hourly_day.hpp"
#include "model/hourly/hourly_surface.hpp"
#include "model/hourly/hourly_water.hpp"
#include "model/hourly/hourly_weather.hpp"

namespace tilth::hourly {

/// One step of one pack.
template <class T>
void step_pack(const HourStep& job, int member) {
  Hour<T> d;
  d.hour = &job;
  d.job = &job.tile;
  d.site = job.tile.site;
  d.member = member;
  load_hour(d);
  d.storage_before = column::water_storage(d);
  d.lai = d.site->vegetated ? d.leaf / d.p(cpar::lma) : T(0.0);
  read_hour(d);
  snowfall(d);
  interception(d);
  light(d);
  column::soil_state(d);
  column::root_zone(d);
  leaf_capacity(d);
  energy(d);
  take_evaporation(d);
  snow(d);
  soil(d);
  const T gpp = d.assimilation.sun.gross + d.assimilation.shade.gross;
  const T respired = d.assimilation.sun.respiration + d.assimilation.shade.respiration;
  T emitted = 0.0;
  if (job.weather->sun_cosine > 0.0) {
    const CanopyFluorescence<T> yield = canopy_fluorescence(d.assimilation, d.canopy_temperature, d.p(cpar::kn_slope));
    emitted = d.light.par_sun * yield.sun + d.light.par_shade * yield.shade;
  }
  check_hour(d);
  add_to_day(d, gpp, respired, emitted);
  store_step(d, gpp, respired, emitted);
  store_hour(d);
}

/// One step of a tile.
template <class T>
void step_tile(const HourStep& job) {
  for (int member = 0; member < job.tile.stride; member += simd::lanes<T>)
    if (!job.tile.skip || !job.tile.skip[member / 8]) step_pack<T>(job, member);
}

/// The close of a day of a tile.
template <class T>
void close_tile(const HourStep& job) {
  for (int member = 0; member < job.tile.stride; member += simd::lanes<T>)
    if (!job.tile.skip || !job.tile.skip[member / 8]) close_pack<T>(job, member);
}

}  // namespace tilth::hourly
