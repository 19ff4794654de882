#pragma once

namespace tilth {

/// Share of land around a point, 0 (sea) to 1 (land): a coarse mask of the Earth, bilinear between cells of 2.5
/// degrees.
double land_share(double lon, double lat);

/// The same with seas that freeze in winter counted as four fifths land (Arctic but for the warm Norwegian and Barents
/// seas, Hudson Bay, the Southern Ocean beyond 62 S).
double land_or_ice_share(double lon, double lat);

/// How much land air crosses before it reaches a place: mean share of land in four directions, weighted with
/// exp(-distance / length); 0 ocean, 1 land. Continentality without the need of a distance to the nearest coast: it
/// tells windward from leeward coasts.
struct Exposure {
  double west = 0.0, east = 0.0, poleward = 0.0, equatorward = 0.0;
  double mean() const { return 0.25 * (west + east + poleward + equatorward); }
};

/// Exposure with the mask `share` (one of the two above); length and reach of the weights in km.
Exposure exposure_of(double lon, double lat, double length_km, double reach_km, double (*share)(double, double));

}  // namespace tilth
