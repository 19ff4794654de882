#pragma once

#include <span>
#include <string>
#include <vector>

#include "assim/calibration/types.hpp"
#include "core/state/forcing.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth {

/// Means over years of the weather of a place.
struct SiteClimate {
  double temperature_c = 0.0, amplitude_k = 0.0;  ///< annual mean; warmest minus coldest month
  double precipitation_mm = 0.0;                  ///< per year
  double aridity = 0.0;                           ///< precipitation over reference evaporation (Makkink 1957)
  double shortwave_w_m2 = 0.0, deficit_pa = 0.0;  ///< radiation, vapour pressure deficit of the mean day
};

/// Climate of every point from days [begin, end) of its weather. Collective over the ranks of the source.
std::vector<SiteClimate> climate_of(ForcingSource& weather, std::span<const GridPoint> points, Time begin, Time end);

/// Features of places: one row each.
struct FeatureTable {
  std::vector<std::string> names;
  calibration::Matrix values;

  /// Missing numbers become the mean of their column over `rows`, or 0 where none is known.
  void fill(std::span<const calibration::Index> rows);
};

/// Words of `calibration.features`, and those taken where it is not given.
const std::vector<std::string>& feature_names();
const std::vector<std::string>& default_features();

/// Features of points by words of `feature_names`. `cover` is one column per plant functional type but bare ground.
FeatureTable point_features(std::span<const std::string> words, std::span<const GridPoint> points,
                            std::span<const SiteClimate> climate);

/// Appends the mean of the training observations of streams; not-a-number at a site without. Throws `Error` for a name
/// that is no stream.
void add_observed(FeatureTable& table, const SiteRuns& runs, std::span<const std::string> streams);

}  // namespace tilth
