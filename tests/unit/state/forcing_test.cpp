#include "core/state/forcing.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tilth {
namespace {

TEST(MetVariables, AreInTheOrderOfTheEnumeration) {
  EXPECT_EQ(met_variables[int(Met::air_temperature_max)].name, "air_temperature_max");
  EXPECT_EQ(met_variables[int(Met::shortwave)].name, "shortwave");
  EXPECT_EQ(met_variables[int(Met::surface_pressure)].name, "surface_pressure");
  EXPECT_EQ(met_variables[int(Met::co2)].name, "co2");
}

TEST(MetVariables, HaveNamesUnitsAndRanges) {
  std::set<std::string> names;
  for (const MetVariable& v : met_variables) {
    names.insert(v.name);
    EXPECT_FALSE(v.standard_name.empty()) << v.name;
    EXPECT_FALSE(v.units.empty()) << v.name;
    EXPECT_LT(v.lower, v.upper) << v.name;
  }
  EXPECT_EQ(names.size(), std::size_t(met_count));
}

TEST(MetMembers, GiveAllMembersTheSameWeather) {
  MetDay day;
  for (int k = 0; k < met_count; ++k) day.value[std::size_t(k)] = 10.0 + k;
  MetMembers members(5);
  members.fill(day);
  for (int k = 0; k < met_count; ++k)
    for (int m = 0; m < 8; ++m) EXPECT_EQ(members.row(Met(k))[m], 10.0 + k);
}

}  // namespace
}  // namespace tilth
