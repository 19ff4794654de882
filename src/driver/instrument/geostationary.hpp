#pragma once

namespace tilth {

/// Angle of view from the vertical, degrees, at which a place (degrees) sees a satellite above the equator at
/// `satellite_lon`; 90 at the limb, more behind it.
double geostationary_view_deg(double lon, double lat, double satellite_lon);

}  // namespace tilth
