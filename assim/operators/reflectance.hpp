#pragma once

#include <string>
#include <vector>

#include "assim/operators/leaf_optics.hpp"
#include "assim/operators/overpass.hpp"
#include "assim/operators/soil.hpp"
#include "assim/operators/tile_operator.hpp"
#include "core/physics/soil_reflectance.hpp"
#include "core/physics/two_stream.hpp"

namespace tilth {

/// Sun, sky and sensor of a red and near-infrared reflectance (MODEL 6.1).
struct ReflectanceOptions : OverpassOptions {
  double sun_zenith_deg = 40.0;
  double diffuse_red = 0.2, diffuse_nir = 0.1;
  double red_factor = 0.85, nir_factor = 1.04;
  void describe(Schema& s);
};

/// Red and near-infrared reflectance of a tile or a cell.
template <class T>
struct Reflectance {
  T red = 0.0, nir = 0.0;
};

/// (nir - red) / (nir + red).
template <class T>
T vegetation_index(const Reflectance<T>& r) {
  return (r.nir - r.red) / (r.nir + r.red);
}

/// What lies below the leaves of a tile, and their optics, as an optical operator reads them: its first needs and
/// parameters are these.
struct CanopyScene {
  enum Need { soil_moisture, snow_cover_fraction, leaf_area_index };
  enum Parameter { leaf_reflectance_vis, leaf_reflectance_nir, soil_reflectance_scale, clumping, chi_l, count };
  static const std::vector<std::string> needs, parameters;

  double porosity;
  explicit CanopyScene(const ObservedColumn& seen) : porosity(tilth::porosity(seen.point.surface)) {}

  /// Reflectance of the ground: soil of reflectance `dry`, darkened by wetness, under patches of snow.
  template <class T>
  T ground(const MemberView<T>& m, int t, double dry, double snow) const {
    const T saturation = physics::clamp(m.value(t, soil_moisture) / porosity, 0.0, 1.0);
    const T bright = dry * m.parameter(t, soil_reflectance_scale, 1.0) * physics::soil_darkening(saturation);
    const T soil = physics::min(T(physics::largest_soil_reflectance), bright);
    const T cover = m.value(t, snow_cover_fraction);
    return (1.0 - cover) * soil + cover * snow;
  }
  /// Light of one band in the leaves of a tile that is not bare, of the cosine `mu` of the sun's zenith angle;
  /// `through` is the transmittance of leaves, `diffuse` the share of the incoming light.
  template <class T>
  physics::CanopyLight<T> light(const MemberView<T>& m, int t, double mu, T reflectance, double through, T ground,
                                double diffuse) const {
    const LeafOptics& leaf = leaf_optics[std::size_t(m.tile(t).pft)];
    const auto sun = physics::canopy_geometry(mu, m.parameter(t, chi_l, leaf.chi_l));
    const auto leaves = physics::leaf_scattering(sun, reflectance, T(through));
    const T area = m.parameter(t, clumping, leaf.clumping) * physics::max(0.0, m.value(t, leaf_area_index));
    return physics::canopy_light(sun, leaves, area, {T(1.0 - diffuse), T(diffuse), ground, ground});
  }
};

/// Red and near-infrared reflectance of tiles: two-stream canopy over soil darkened by wetness and brightened by snow.
class TileReflectance : CanopyScene {
 public:
  /// The sun stands where the observation's time puts it, or at the fixed zenith angle when it has none.
  TileReflectance(const ReflectanceOptions& options, const ObservedColumn& seen);
  template <class T>
  Reflectance<T> of(const MemberView<T>& m, int t) const {
    const LeafOptics& leaf = leaf_optics[std::size_t(m.tile(t).pft)];
    const double red = options_.red_factor, nir = options_.nir_factor;
    return {band(m, t, red_, red * m.parameter(t, leaf_reflectance_vis, leaf.reflectance_vis),
                 red * leaf.transmittance_vis),
            band(m, t, nir_, nir * m.parameter(t, leaf_reflectance_nir, leaf.reflectance_nir),
                 nir * leaf.transmittance_nir)};
  }
  /// Mean over the tiles by fraction.
  template <class T>
  Reflectance<T> mean(const MemberView<T>& m) const {
    Reflectance<T> sum;
    for (int t = 0; t < m.tiles(); ++t) {
      const Reflectance<T> r = of(m, t);
      sum.red += m.tile(t).fraction * r.red;
      sum.nir += m.tile(t).fraction * r.nir;
    }
    return sum;
  }

 private:
  struct Band {
    double soil_dry, snow, diffuse;
  };
  template <class T>
  T band(const MemberView<T>& m, int t, const Band& b, T reflectance, double through) const {
    const T below = ground(m, t, b.soil_dry, b.snow);
    return m.tile(t).pft == 0 ? below : light(m, t, sun_cosine_, reflectance, through, below, b.diffuse).albedo;
  }
  ReflectanceOptions options_;
  Band red_, nir_;
  double sun_cosine_;
};

/// qc_daylight when the observation has its own time and the sun is then too low.
std::uint32_t flag_low_sun(const ObservedColumn& seen);

}  // namespace tilth
