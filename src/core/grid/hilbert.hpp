#pragma once

#include <array>
#include <cstdint>

namespace tilth {

/// Number of quadrant subdivisions of a cube face: cells of about 1 cm.
inline constexpr int hilbert_levels = 30;

/// Position of a direction along a closed Hilbert curve over the whole sphere, 0 <= index < 6 * 4^30.
///
/// The six faces of a cube carry one Hilbert curve each, oriented so that the end of a face is the start of the next
/// (the arrangement of the S2 geometry library), hence no seam at the date line and no singularity at the poles. Face
/// coordinates are equiangular (Ronchi et al. 1996), so that cells differ in area by at most a factor 1.4.
std::uint64_t cube_hilbert_index(const std::array<double, 3>& direction);

/// The same for a place on the earth (degrees), the cube being turned so that its edges and the start cut little land.
std::uint64_t hilbert_index(double lon, double lat);

}  // namespace tilth
