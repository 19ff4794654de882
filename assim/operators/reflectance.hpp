#pragma once

#include <array>
#include <string>
#include <vector>

#include "assim/operators/leaf_optics.hpp"
#include "assim/operators/observation_operator.hpp"

namespace tilth {

/// Sun, sky and sensor of a red and near-infrared reflectance (MODEL 6.1).
struct ReflectanceOptions {
  double sun_zenith_deg = 40.0;
  double diffuse_red = 0.2, diffuse_nir = 0.1;
  double red_factor = 0.85, nir_factor = 1.04;
  void describe(Schema& s);
};

/// Red and near-infrared reflectance of a tile.
struct Reflectance {
  double red = 0.0, nir = 0.0;
};

/// Red and near-infrared reflectance of tiles: two-stream canopy over soil darkened by wetness and brightened by snow.
class TileReflectance {
 public:
  /// Variables and parameters that `of` reads, in this order.
  static const std::vector<std::string> needs;
  static const std::vector<std::string> parameters;

  /// @param count number of parameters of the operator's traits, of which `parameters` are the first
  TileReflectance(const ReflectanceOptions& options, const ObservedColumn& seen, int tile, int count);
  /// Of member `k` (padded members allowed).
  Reflectance of(std::size_t k) const;

 private:
  struct Band {
    double leaf_reflectance, leaf_transmittance, soil_dry, snow, diffuse;
  };
  double band(std::size_t k, const Band& b) const;

  const ReflectanceOptions& options_;
  const Surface& surface_;
  LeafOptics leaf_;
  bool bare_;
  double sun_cosine_, porosity_;
  const double *moisture_, *snow_cover_, *leaf_area_;
  MemberValue reflectance_vis_, reflectance_nir_, soil_scale_, clumping_, chi_l_;
};

/// (nir - red) / (nir + red).
inline double vegetation_index(const Reflectance& r) { return (r.nir - r.red) / (r.nir + r.red); }

}  // namespace tilth
