#include "io/units.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace tilth {
namespace {

std::string message_of(const std::string& from, const std::string& to) {
  try {
    UnitConverter(from, to, "met.nc: variable 'Tair'");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(UnitConverter, ConvertsFluxesAndTemperatures) {
  EXPECT_NEAR(UnitConverter("g m-2 day-1", "kg m-2 s-1", "x")(86400.0), 1e-3, 1e-15);
  EXPECT_NEAR(UnitConverter("mm day-1", "m s-1", "x")(8.64e7), 1.0, 1e-12);
  EXPECT_NEAR(UnitConverter("degC", "K", "x")(-273.15), 0.0, 1e-9);
  EXPECT_NEAR(UnitConverter("degF", "degC", "x")(212.0), 100.0, 1e-9);
  EXPECT_NEAR(UnitConverter("percent", "1", "x")(55.0), 0.55, 1e-15);
  EXPECT_NEAR(UnitConverter("1e-6", "1", "x")(400.0), 4e-4, 1e-18);
  EXPECT_NEAR(UnitConverter("umol mol-1", "1e-6", "x")(400.0), 400.0, 1e-9);
  EXPECT_NEAR(UnitConverter("MJ m-2 day-1", "W m-2", "x")(1.0), 1e6 / 86400.0, 1e-9);
  EXPECT_NEAR(UnitConverter("hPa", "Pa", "x")(1013.25), 101325.0, 1e-8);
}

TEST(UnitConverter, ConvertsSpreadsWithoutTheOffset) {
  EXPECT_NEAR(UnitConverter("degC", "K", "x").difference(1.5), 1.5, 1e-12);
}

TEST(UnitConverter, SameUnitsChangeNothing) {
  const UnitConverter same("W m-2", "W m-2", "x");
  EXPECT_TRUE(same.identity());
  EXPECT_EQ(same(0.1), 0.1);
}

TEST(UnitConverter, NamesPlaceAndBothUnitsWhenTheyDoNotConvert) {
  const std::string message = message_of("K", "W m-2");
  for (const char* part : {"met.nc", "Tair", "'K'", "'W m-2'"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
}

TEST(UnitConverter, SaysHowToWriteUnitsOfCarbon) {
  EXPECT_NE(message_of("gC m-2 day-1", "g m-2 day-1").find("without the C"), std::string::npos);
  EXPECT_NE(message_of("umol m-2 s-1", "g m-2 day-1").find("molar_mass"), std::string::npos);
  EXPECT_NE(message_of("umolCO2 m-2 s-1", "umol m-2 s-1").find("without the substance"), std::string::npos);
  EXPECT_NE(message_of("furlongs per fortnite", "m s-1").find("unknown units"), std::string::npos);
}

TEST(UnitConverter, MolesBecomeMassWhenAMoleHasOne) {
  const UnitConverter carbon("umol/m2/s", "g m-2 day-1", 12.0107, "x");
  EXPECT_NEAR(carbon(1.0), 12.0107e-6 * 86400.0, 1e-15);
  EXPECT_NEAR(UnitConverter("mol m-2 d-1", "kg m-2 s-1", 44.0, "x")(2.0), 0.088 / 86400.0, 1e-18);
  EXPECT_EQ(UnitConverter("g m-2 day-1", "g m-2 day-1", 12.0107, "x")(3.0), 3.0);
  EXPECT_EQ(UnitConverter("umol mol-1", "umol mol-1", 12.0107, "x")(400.0), 400.0);
  EXPECT_THROW(UnitConverter("umol/m2/s", "W m-2", 12.0107, "x"), Error);
  EXPECT_THROW(UnitConverter("umol/m2/s", "g m-2 day-1", 0.0, "x"), Error);
}

}  // namespace
}  // namespace tilth
