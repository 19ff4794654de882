#pragma once

#include "model/column/tile_uptake.hpp"
#include "model/hourly/hourly_pack.hpp"
#include "model/interception.hpp"
#include "model/turbulence.hpp"

namespace tilth::hourly {

/// Light in the canopy and on the ground.
template <class T>
void light(Hour<T>& d) {
  const StepWeather& w = *d.hour->weather;
  const column::TileSite& site = *d.site;
  CanopyCover<T> cover;
  cover.leaf_area = d.lai;
  cover.stem_area = site.stem_area;
  cover.clumping = d.p(cpar::clumping);
  cover.chi_l = d.p(cpar::chi_l);
  cover.leaf_reflectance = {d.p(cpar::leaf_reflectance_vis), d.p(cpar::leaf_reflectance_nir)};
  cover.leaf_transmittance = {d.p(cpar::leaf_transmittance_vis), d.p(cpar::leaf_transmittance_nir)};
  cover.snow = select(d.canopy_temperature < freezing_k, d.wet_share, T(0.0));
  GroundReflectance<T> ground;
  const T saturation = clamp(d.soil_moisture[0] / d.theta_s, 0.0, 1.0);
  ground.soil = soil_reflectance(Bands<double>{site.soil_vis_dry, site.soil_nir_dry}, d.p(cpar::soil_reflectance_scale),
                                 saturation);
  ground.snow = {d.snow.albedo, d.snow.albedo - nir_albedo_drop};
  ground.snow_cover = d.scf;
  const T vis = par_fraction * d.air.shortwave, nir = (1.0 - par_fraction) * d.air.shortwave;
  const double direct = 1.0 - w.diffuse;
  d.light = canopy_radiation(w.sun_cosine, cover, ground,
                             IncomingLight<T>{{direct * vis, direct * nir}, {w.diffuse * vis, w.diffuse * nir}});
}

/// Share of capacity left by cold in the weeks before, of which `acclimated` (K) is the memory: linear for evergreens
/// (Makela et al. 2004; -4 C and 17.3 K of Makela et al. 2008), others recover within a few degrees.
template <class T>
TILTH_INLINE T cold_acclimation(bool evergreen, T acclimated) {
  const T t = acclimated - freezing_k;
  return evergreen ? clamp((t + 4.0) * (1.0 / 17.3), 0.01, 1.0) : sigmoid((t - 3.0) * 0.5);
}

/// What the leaves can do in this step.
template <class T>
void leaf_capacity(Hour<T>& d) {
  const StepWeather& w = *d.hour->weather;
  LeafTraits<T> traits;
  traits.v25 = d.p(par::vcmax25) * cold_acclimation(d.site->woody && !d.site->cold_deciduous, d.acclimated_t);
  traits.jv_scale = d.p(par::jv_scale);
  traits.rd_fraction = d.p(cpar::rd_fraction);
  traits.phi2 = d.p(par::psii_yield);
  traits.g1 = d.p(cpar::g1);
  traits.g0 = d.p(par::g0);
  traits.nonstomatal_share = d.p(par::q_ns);
  const LeafSurroundings<T> air{d.growth_temperature - freezing_k, d.water_stress, d.air.pressure, d.air.co2, T(0.0)};
  d.leaves =
      canopy_step(d.site->c4, w.sun_cosine > 0.0,
                  d.hour->choices.newton3 ? StomataSolver::newton3 : StomataSolver::closed_form, traits, air, d.light);
}

/// Resistances of the air above and within the stand.
template <class T>
void turbulence(Hour<T>& d, physics::Surface<T>& s) {
  Stand<T> stand;
  stand.wind_height = d.site->wind_height_m;
  stand.leaf_width = d.site->leaf_width_m;
  stand.height = d.site->canopy_height_m > 0.0 ? T(d.site->canopy_height_m) : d.p(cpar::canopy_height);
  stand.roughness_ratio = d.p(cpar::z0_ratio);
  stand.heat_excess = d.p(par::kb_canopy);
  stand.gap = d.gap;
  stand.snow_cover = d.scf;
  stand.inversion = d.canopy_temperature - d.ground_temperature;
  const Profile<T> profile = wind_profile(stand);
  const T surface = d.gap * d.ground_temperature + (1.0 - d.gap) * d.canopy_temperature;
  const SurfaceLayer<T> layer =
      surface_layer(profile, d.air.wind, d.air.kelvin, d.air.kelvin - surface, d.inverse_length);
  const CanopyAir<T> within = canopy_air(stand, profile, layer.friction_velocity);
  d.inverse_length = layer.inverse_length;
  s.air_resistance = layer.air_resistance;
  s.ground_resistance = within.ground_resistance;
  s.leaf_conductance = within.leaf_conductance;
}

/// Response of snow and soil to the temperature of their surface.
template <class T>
GroundResponse<T> respond(Hour<T>& d) {
  for (int k = 0; k < soil_layers; ++k)
    d.k_layer[k] =
        conductivity(d.heat, min(T(1.0), d.soil_moisture[k] / d.theta_s), d.log_s[k], d.ice[k] / d.soil_moisture[k]);
  GroundColumn<T, soil_layers> column;
  column.duration = d.duration();
  column.k_layer = d.k_layer;
  column.state = d.layer;
  column.litter = litter_resistance(d.litter);
  column.snow = &d.layers;
  column.snow_cover = d.scf;
  column.surface = d.ground_temperature;
  return ground_response<T, soil_layers>(d.heat, column, d.ground);
}

/// Energy balance of canopy and ground with photosynthesis inside.
template <class T>
void energy(Hour<T>& d) {
  const double rate = 1.0 / d.duration();
  physics::Surface<T> s;
  s.time_step = d.duration();
  s.air_temperature = d.air.kelvin;
  s.vapour = d.air.vapour;
  s.pressure = d.air.pressure;
  s.longwave = d.air.longwave;
  s.canopy_shortwave = d.light.vis.canopy + d.light.nir.canopy;
  s.ground_shortwave = (d.light.vis.soil + d.light.nir.soil) + (d.light.vis.snow + d.light.nir.snow);
  turbulence(d, s);
  s.leaf_area = d.lai;
  s.stem_area = d.site->stem_area;
  s.gap = d.gap;
  s.wet_fraction = d.wet_share;
  s.snow_cover = d.scf;
  s.ground_emissivity = ground_emissivity(d.scf);
  s.soil_resistance =
      soil_surface_resistance(d.p(cpar::soil_evaporation_resistance), clamp(d.liquid[0] / d.theta_s, 0.0, 1.0));
  s.soil_humidity = pore_humidity(min(T(0.0), d.points[0].head), d.ground_temperature);
  s.canopy_temperature = d.canopy_temperature;
  s.ground_temperature = d.ground_temperature;
  s.canopy_heat = canopy_heat_capacity(d.lai, T(d.site->stem_area), d.canopy_water);
  const GroundResponse<T> ground = respond(d);
  s.ground_conductance = ground.conductance;
  s.ground_reference = ground.reference;
  s.transpiration_limit = column::root_supply(d) * rate;
  s.canopy_water_limit = d.canopy_water * rate;
  s.soil_water_limit =
      (d.pond + 0.4 * max(T(0.0), d.liquid[0] - least_moisture) * (d.site->dz[0] * water_density)) * rate;
  s.snow_ice_limit = d.snow.ice * rate;
  const T molar_volume = gas_constant / d.air.pressure;
  const auto leaf = [&](T kelvin, T vapour) {
    d.assimilation = canopy_assimilation(d.leaves, kelvin, saturation_water(kelvin - freezing_k).pressure - vapour);
    return (d.assimilation.sun.conductance + d.assimilation.shade.conductance) * molar_volume * kelvin;
  };
  d.flux = surface_energy_balance(s, leaf);
  d.canopy_temperature = d.flux.canopy_temperature;
  d.ground_temperature = d.flux.ground_temperature;
  const SurfaceFluxes<T>& f = d.flux;
  const T canopy_open = f.canopy_net_radiation - f.canopy_sensible - f.canopy_latent - f.canopy_storage;
  const T ground_open = f.ground_net_radiation - f.ground_sensible - f.ground_latent - f.ground_heat - f.melt_heat;
  d.energy_open = max(simd::abs(canopy_open), simd::abs(ground_open));
}

}  // namespace tilth::hourly
