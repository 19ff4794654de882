#pragma once

#include "core/physics/constants.hpp"
#include "core/physics/soil_reflectance.hpp"
#include "core/physics/two_stream.hpp"

namespace tilth::physics {

/// A value for light of 400-700 nm and of 700-2500 nm.
template <class T>
struct Bands {
  T vis, nir;
};

/// Canopy of a tile.
template <class T>
struct CanopyCover {
  T leaf_area, stem_area;     ///< m2 m-2
  T clumping;                 ///< multiplies the area
  T chi_l;                    ///< leaf orientation, -0.4 to 0.6
  Bands<T> leaf_reflectance;  ///< leaves without snow
  Bands<T> leaf_transmittance;
  T snow;  ///< share of leaves and stems under snow, 0 to 1
};

/// Ground below the canopy.
template <class T>
struct GroundReflectance {
  Bands<T> soil, snow;
  T snow_cover;  ///< share of the ground under snow, 0 to 1
};

/// Light at the top of the canopy, W m-2.
template <class T>
struct IncomingLight {
  Bands<T> direct, diffuse;
};

/// Where the light of a band goes, W m-2 of ground; the four add up to the incoming light.
template <class T>
struct BandFluxes {
  T reflected, canopy, soil, snow;
};

/// Radiation of a canopy in one step.
template <class T>
struct CanopyRadiation {
  BandFluxes<T> vis, nir;
  Bands<T> albedo;                   ///< 0 without light
  T leaf_area_sun, leaf_area_shade;  ///< m2 m-2, add up to the leaf area
  T par_sun, par_shade;              ///< absorbed by leaves (not stems, not snow), umol m-2(ground) s-1
  T fapar;                           ///< share of incoming PAR leaves absorb, 0 without light
  T beam_depth, beam;                ///< optical depth of the canopy for direct light; exp(-beam_depth)
};

// Stems: Oleson et al. 2013, table 3.1 (trees). Snow on leaves scatters evenly: MODEL 4.1.
inline constexpr Bands<double> stem_reflectance{0.16, 0.39}, stem_transmittance{0.001, 0.001};
inline constexpr Bands<double> canopy_snow_scattering{0.8, 0.4};
inline constexpr double least_sun_cosine = 0.01;
inline constexpr double par_umol_per_j = 1e6 * par_mol_per_j;

/// Soil reflectance of both bands: `dry` scaled, darkened by wetness (saturation of the top layer, 0 to 1).
template <class T>
TILTH_INLINE Bands<T> soil_reflectance(const Bands<double>& dry, T scale, T saturation) {
  const T s = scale * soil_darkening(saturation);
  return {min(T(largest_soil_reflectance), dry.vis * s), min(T(largest_soil_reflectance), dry.nir * s)};
}

/// Leaves, stems and the snow on them in one band, mixed by area, and the share of what they absorb that leaves absorb.
template <class T>
struct CanopyMixture {
  LeafScattering<T> scattering;
  T leaf_share;
};

/// @param leaves share of leaves in leaf and stem area  @param snow share of both under snow, scattering `snow_total`
template <class T>
TILTH_INLINE CanopyMixture<T> canopy_mixture(const LeafScattering<T>& leaf, const LeafScattering<T>& stem, T leaves,
                                             T snow, double snow_total) {
  const T bare = 1.0 - snow, l = bare * leaves, s = bare * (1.0 - leaves);
  const T half = 0.5 * snow_total * snow;
  CanopyMixture<T> m;
  m.scattering = {l * leaf.total + s * stem.total + snow_total * snow, l * leaf.back + s * stem.back + half,
                  l * leaf.back_direct + s * stem.back_direct + half};
  m.leaf_share = l * (1.0 - leaf.total) / (1.0 - m.scattering.total);
  return m;
}

/// Fluxes of one band, and the part of the canopy's that sunlit leaves, stems and snow absorb.
template <class T>
struct BandResult {
  BandFluxes<T> fluxes;
  T albedo, sunlit, leaf_share;
};

/// @param area effective leaf and stem area  @param leaves share of leaves in it
template <class T>
TILTH_INLINE BandResult<T> band_light(const CanopyGeometry<T>& sun, const CanopyMixture<T>& canopy, T area, T beam,
                                      const CanopyBoundary<T>& at, T soil, T snow, T snow_cover) {
  const CanopyLight<T> light = canopy_light(sun, two_stream(sun, canopy.scattering, area, beam), at);
  const T reaching = light.transmitted_diffuse + light.transmitted_direct, incoming = at.direct + at.diffuse;
  BandResult<T> b;
  b.fluxes.reflected = light.albedo;
  b.fluxes.soil = (1.0 - snow_cover) * (1.0 - soil) * reaching;
  b.fluxes.snow = snow_cover * (1.0 - snow) * reaching;
  b.fluxes.canopy = incoming - b.fluxes.reflected - (b.fluxes.soil + b.fluxes.snow);
  b.albedo = light.albedo / max(1e-30, incoming);
  b.sunlit = light.absorbed_sunlit;
  b.leaf_share = canopy.leaf_share;
  return b;
}

/// Nothing absorbed, all leaves in the shade: between sunset and sunrise.
template <class T>
TILTH_INLINE CanopyRadiation<T> canopy_night(T leaf_area) {
  const T zero = 0.0;
  const BandFluxes<T> none{zero, zero, zero, zero};
  return {none, none, {zero, zero}, zero, leaf_area, zero, zero, zero, zero, T(1.0)};
}

/// Radiation of a canopy over soil and snow: two-stream in two bands with direct and diffuse light (MODEL 4.1).
///
/// Absorbed, per ground area; sunlit leaves are the share exp(-beam_depth x) at the relative depth x (Dai et al. 2004).
/// @param mu cosine of the sun's zenith angle over the step; 0 or less: night, and nothing is computed
template <class T>
TILTH_INLINE CanopyRadiation<T> canopy_radiation(double mu, const CanopyCover<T>& cover,
                                                 const GroundReflectance<T>& ground, const IncomingLight<T>& in) {
  if (!(mu > 0.0)) return canopy_night(cover.leaf_area);
  const CanopyGeometry<T> sun = canopy_geometry(mu > least_sun_cosine ? mu : least_sun_cosine, cover.chi_l);
  const T both = cover.leaf_area + cover.stem_area, area = cover.clumping * both;
  const T leaves = cover.leaf_area / max(1e-30, both);
  CanopyRadiation<T> out;
  out.beam_depth = sun.K * area;
  out.beam = exp(-out.beam_depth);
  const auto band = [&](T leaf, T leaf_through, double stem, double stem_through, double snow_total, T direct,
                        T diffuse, T soil, T snow) __attribute__((always_inline)) {
    const auto mixed = canopy_mixture(leaf_scattering(sun, leaf, leaf_through),
                                      leaf_scattering(sun, T(stem), T(stem_through)), leaves, cover.snow, snow_total);
    const T below = (1.0 - ground.snow_cover) * soil + ground.snow_cover * snow;
    return band_light(sun, mixed, area, out.beam, {direct, diffuse, below, below}, soil, snow, ground.snow_cover);
  };
  const auto vis =
      band(cover.leaf_reflectance.vis, cover.leaf_transmittance.vis, stem_reflectance.vis, stem_transmittance.vis,
           canopy_snow_scattering.vis, in.direct.vis, in.diffuse.vis, ground.soil.vis, ground.snow.vis);
  const auto nir =
      band(cover.leaf_reflectance.nir, cover.leaf_transmittance.nir, stem_reflectance.nir, stem_transmittance.nir,
           canopy_snow_scattering.nir, in.direct.nir, in.diffuse.nir, ground.soil.nir, ground.snow.nir);
  out.vis = vis.fluxes;
  out.nir = nir.fluxes;
  out.albedo = {vis.albedo, nir.albedo};
  out.leaf_area_sun = cover.leaf_area * mean_decay(out.beam_depth, out.beam);
  out.leaf_area_shade = cover.leaf_area - out.leaf_area_sun;
  const T to_leaves = par_umol_per_j * vis.leaf_share;
  out.par_sun = to_leaves * max(0.0, vis.sunlit);
  out.par_shade = to_leaves * max(0.0, vis.fluxes.canopy - vis.sunlit);
  out.fapar = vis.leaf_share * vis.fluxes.canopy / max(1e-30, in.direct.vis + in.diffuse.vis);
  return out;
}

}  // namespace tilth::physics
