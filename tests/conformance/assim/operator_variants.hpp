#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/assim/test_column.hpp"

namespace tilth::test {

inline constexpr int members = 11;

/// A registered operator with options, as seen by a daily model or within the day.
struct Variant {
  std::string label, name, options = "{}";
  bool within_day = false;
};

inline std::ostream& operator<<(std::ostream& out, const Variant& v) { return out << v.label; }

/// Every registered operator with its defaults, both ways, and with the options that change what it computes.
inline std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const auto& entry : observation_operators()) {
    all.push_back({entry.first, entry.first});
    all.push_back({entry.first + "_within_day", entry.first, "{}", true});
  }
  const std::vector<Variant> more{
      {"fapar_black", "fapar", "{sky: black}"},
      {"fapar_white", "fapar", "{sky: white}", true},
      {"lai_effective", "lai", "{product: effective}"},
      {"sif_687", "sif", "{wavelength_nm: 687}"},
      {"sif_757_corrected", "sif", "{wavelength_nm: 757, daily_corrected: true}", true},
      {"brightness_temperature_v", "brightness_temperature", "{polarisation: V, incidence_deg: 52.5}"},
      {"land_surface_temperature_emissivity", "land_surface_temperature", "{emissivity: 0.97}"},
      {"vod_c", "vod", "{band: C}"},
      {"vod_x", "vod", "{band: X}"},
      {"snow_cover_viewable", "snow_cover", "{viewable: true}"},
      {"gpp_dominant", "gpp", "{footprint: dominant}"},
      {"nee_types", "nee", "{footprint: types, types: [DBS, GR3], weights: [1, 3]}"}};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// A registered operator under test.
class OperatorVariant : public ::testing::TestWithParam<Variant> {
 protected:
  TestColumn column_of(std::vector<Tile> tiles) const {
    TestColumn column(std::move(tiles), members);
    column.point.lat = 45.0;
    if (GetParam().within_day) column.look = {time_of(2020, 6, 20, 39600), false, 35.0, true};
    return column;
  }
  /// Needs and optional variables.
  std::vector<std::string> read() const {
    std::vector<std::string> names = h->traits().needs;
    names.insert(names.end(), h->traits().optional.begin(), h->traits().optional.end());
    return names;
  }
  std::unique_ptr<ObservationOperator> h = observation_operator(GetParam().name, GetParam().options);
};

}  // namespace tilth::test
