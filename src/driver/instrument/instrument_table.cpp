#include "driver/instrument/instrument_table.hpp"

#include <cmath>

namespace tilth {

namespace {

constexpr std::int64_t hour_s = 3600;
constexpr CloudOptions patches{.correlation_km = 300.0, .persistence_s = 12 * hour_s};

SamplingOptions swath(SwathOptions options) {
  SamplingOptions s;
  s.name = "swath";
  s.swath = options;
  return s;
}

/// An optical instrument: clouds in patches hide the ground.
SimulateOptions optical(SwathOptions orbit, double coverage, double cloud_sensitivity, InstrumentErrors errors) {
  SimulateOptions o;
  o.sampling = swath(orbit);
  o.coverage = coverage;
  o.cloud_sensitivity = cloud_sensitivity;
  o.clouds = patches;
  o.errors = errors;
  return o;
}

SimulateOptions microwave(SwathOptions orbit, double coverage, InstrumentErrors errors) {
  SimulateOptions o;
  o.sampling = swath(orbit);
  o.coverage = coverage;
  o.errors = errors;
  return o;
}

// Orbits: the handbooks of the missions as cited below. 60 degrees is where products stop using views.
const SwathOptions terra{.repeat_days = 16,
                         .revolutions = 233,
                         .local_time_h = 10.5,
                         .node = "descending",
                         .width_km = 2330.0,
                         .view_limit_deg = 60.0};
const SwathOptions aqua{
    .repeat_days = 16, .revolutions = 233, .local_time_h = 13.5, .width_km = 2330.0, .view_limit_deg = 60.0};
const SwathOptions suomi{
    .repeat_days = 16, .revolutions = 227, .local_time_h = 13.5, .width_km = 3060.0, .view_limit_deg = 60.0};
const SwathOptions sentinel_5p{
    .repeat_days = 16, .revolutions = 227, .local_time_h = 13.5, .width_km = 2600.0, .view_limit_deg = 60.0};
const SwathOptions oco_2{.repeat_days = 16, .revolutions = 233, .local_time_h = 13.6, .width_km = 10.3};
const SwathOptions smap{.repeat_days = 8,
                        .revolutions = 117,
                        .local_time_h = 6.0,
                        .node = "descending",
                        .width_km = 1000.0,
                        .incidence_deg = 40.0};
const SwathOptions smos{
    .repeat_days = 18, .revolutions = 259, .local_time_h = 6.0, .width_km = 1000.0, .incidence_deg = 42.5};
const SwathOptions metop{.repeat_days = 29,
                         .revolutions = 412,
                         .local_time_h = 9.5,
                         .node = "descending",
                         .both = true,
                         .width_km = 1720.0,
                         .gap_km = 720.0,
                         .incidence_deg = 40.0};

}  // namespace

std::vector<Instrument> optical_instruments() {
  const std::string at_740 = "set operator.sif.wavelength_nm: 740", at_757 = "set operator.sif.wavelength_nm: 757";
  const InstrumentErrors ndvi{.error_sd = 0.025,
                              .footprint_km = 1.0,
                              .footprint_correlation = 0.4,
                              .representativeness = 0.1,
                              .landscape_km = 10.0};
  const InstrumentErrors fapar{.error_sd = 0.1,
                               .footprint_km = 0.5,
                               .footprint_correlation = 0.3,
                               .representativeness = 0.12,
                               .landscape_km = 10.0};
  const InstrumentErrors tropomi{.error_sd = 0.5,
                                 .footprint_km = 5.0,
                                 .footprint_correlation = 0.02,
                                 .representativeness = 0.2,
                                 .landscape_km = 10.0};
  const InstrumentErrors oco{.error_sd = 0.4,
                             .footprint_km = 1.7,
                             .footprint_correlation = 0.02,
                             .representativeness = 0.3,
                             .landscape_km = 10.0};
  InstrumentErrors viirs = ndvi;
  viirs.footprint_km = 0.75;
  return {
      {"modis_ndvi",
       "MODIS on Aqua, vegetation index",
       {"ndvi"},
       "",
       "",
       "orbit and swath: Wolfe et al. 2002; error: MODLAND accuracy statement of MOD13",
       optical(aqua, 0.9, 1.0, ndvi)},
      {"viirs_ndvi",
       "VIIRS on Suomi-NPP, vegetation index",
       {"ndvi"},
       "",
       "",
       "orbit and swath: Justice et al. 2013; error as MODIS: Vargas et al. 2013",
       optical(suomi, 0.9, 1.0, viirs)},
      {"modis_fapar",
       "MODIS on Terra, absorbed light",
       {"fapar"},
       "",
       "",
       "orbit and swath: Wolfe et al. 2002; error: Yan et al. 2016 (MOD15A2H)",
       optical(terra, 0.9, 1.0, fapar)},
      {"tropomi_sif",
       "TROPOMI on Sentinel-5P, fluorescence",
       {"sif"},
       "at 740 nm",
       at_740,
       "orbit and swath: Veefkind et al. 2012; footprint and error: Köhler et al. 2018",
       optical(sentinel_5p, 0.8, 0.7, tropomi)},
      {"oco2_sif",
       "OCO-2, fluorescence",
       {"sif"},
       "at 757 nm",
       at_757,
       "orbit and swath: Eldering et al. 2017; error: Sun et al. 2018",
       optical(oco_2, 0.8, 0.7, oco)},
  };
}

std::vector<Instrument> microwave_instruments() {
  const InstrumentErrors radiometer_sm{.correlation_km = 100.0,
                                       .error_sd = 0.04,
                                       .footprint_km = 36.0,
                                       .footprint_correlation = 0.3,
                                       .representativeness = 0.03};
  InstrumentErrors smos_sm = radiometer_sm, ascat_sm = radiometer_sm;
  smos_sm.error_sd = 0.05, smos_sm.footprint_km = 43.0;
  ascat_sm.error_sd = 0.05, ascat_sm.footprint_km = 25.0;
  const InstrumentErrors smap_tb{.correlation_km = 100.0,
                                 .error_sd = 1.3,
                                 .footprint_km = 40.0,
                                 .footprint_correlation = 0.5,
                                 .representativeness = 6.0};
  InstrumentErrors smos_tb = smap_tb;
  smos_tb.error_sd = 4.0, smos_tb.footprint_km = 43.0;
  const std::vector<std::string> moisture{"surface_soil_moisture"}, brightness{"brightness_temperature"};
  return {
      {"smap_soil_moisture", "SMAP radiometer, morning", moisture, "", "",
       "orbit, swath, angle: Entekhabi et al. 2010; error: Colliander et al. 2017",
       microwave(smap, 0.95, radiometer_sm)},
      {"ascat_soil_moisture", "ASCAT on MetOp, morning and evening", moisture, "", "",
       "swath: Figa-Saldaña et al. 2002; footprint and error: Wagner et al. 2013", microwave(metop, 0.95, ascat_sm)},
      {"smos_soil_moisture", "SMOS, morning", moisture, "", "",
       "orbit and swath: Kerr et al. 2010; error: Al-Yaari et al. 2017", microwave(smos, 0.85, smos_sm)},
      {"smap_brightness_temperature", "SMAP radiometer, morning", brightness, "", "",
       "orbit, swath, angle, error: Entekhabi et al. 2010", microwave(smap, 0.95, smap_tb)},
      {"smos_brightness_temperature", "SMOS, morning, at 42.5 degrees", brightness, "", "",
       "orbit and swath: Kerr et al. 2010; error: De Lannoy & Reichle 2016", microwave(smos, 0.85, smos_tb)},
  };
}

std::vector<Instrument> other_instruments() {
  SimulateOptions geostationary, gedi, towers;
  geostationary.sampling.name = "geostationary";
  geostationary.sampling.geostationary = {
      .longitudes = {-75.2, 0.0, 140.7}, .interval_s = 3 * hour_s, .view_limit_deg = 65.0};
  geostationary.cloud_sensitivity = 1.0;
  geostationary.clouds = patches;
  geostationary.errors = {
      .error_sd = 2.0, .footprint_km = 5.0, .footprint_correlation = 0.4, .representativeness = 2.0};
  gedi.sampling.name = "tracks";
  gedi.sampling.tracks.composite_s = 32 * seconds_per_day;
  gedi.coverage = 0.3;
  gedi.errors = {.correlation_km = 500.0,
                 .error_sd = 20.0,
                 .error_relative = 0.5,
                 .footprint_km = 0.025,
                 .footprint_correlation = 0.03,
                 .representativeness_relative = 0.6,
                 .landscape_km = 10.0};
  towers.sampling.name = "towers";
  towers.coverage = 0.8;
  towers.errors = {.footprint_km = 1.0, .representativeness_relative = 0.2};
  return {
      {"geostationary_lst",
       "ring of geostationary imagers, clear-sky surface temperature",
       {"land_surface_temperature"},
       "",
       "",
       "satellites, footprint and error: Freitas et al. 2013",
       geostationary},
      {"gedi_biomass",
       "lidar GEDI on the space station, biomass",
       {"above_ground_biomass"},
       "",
       "",
       "tracks: Dubayah et al. 2020; error: Duncanson et al. 2022",
       gedi},
      {"fluxnet_towers",
       "eddy-covariance towers, daily means",
       {"gpp", "nee", "reco", "latent_heat_flux", "sensible_heat_flux"},
       "",
       "",
       "stations and footprint: Pastorello et al. 2020, Chu et al. 2021",
       towers},
  };
}

}  // namespace tilth
