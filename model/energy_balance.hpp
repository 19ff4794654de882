#pragma once

#include "model/surface_fluxes.hpp"

namespace tilth::physics {

/// Energy balance of canopy and ground with the air between them eliminated (MODEL 4.5), backward in time.
///
/// `leaf(T_v, vapour)` returns the stomatal conductance of all leaves per ground area (m s-1) at leaf temperature (K)
/// and vapour pressure of the canopy air (Pa); it is called once per evaluation, its last call is the accepted one.
template <class T, class Leaf>
SurfaceFluxes<T> surface_energy_balance(const Surface<T>& surface, Leaf&& leaf, int evaluations = 4);

}  // namespace tilth::physics
