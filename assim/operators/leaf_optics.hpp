#pragma once

#include <array>

#include "core/grid/grid.hpp"

namespace tilth {

/// Optical properties of the leaves of a plant functional type.
struct LeafOptics {
  double clumping;                            ///< Omega, multiplies the leaf area
  double chi_l;                               ///< leaf orientation: -1 vertical, 0 spherical, 1 horizontal
  double reflectance_vis, transmittance_vis;  ///< broad band, 400-700 nm
  double reflectance_nir, transmittance_nir;  ///< broad band, 700-2500 nm
};

/// By PFT index (0: bare, never used): Dorman & Sellers 1989; Oleson et al. 2013 (orientation); Chen et al. 2005
/// (clumping). A parameter of the model of the same meaning takes precedence.
extern const std::array<LeafOptics, pft_count> leaf_optics;

}  // namespace tilth
