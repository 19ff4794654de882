#include "driver/instrument/instruments.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <set>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/base/error.hpp"
#include "driver/experiment.hpp"
#include "driver/instrument/clouds.hpp"
#include "driver/instrument/geostationary.hpp"
#include "driver/instrument/simulated_errors.hpp"
#include "driver/instrument/towers.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

std::string file_with(const std::string& content) {
  const auto path = std::filesystem::temp_directory_path() / ("tilth_instrument_" + std::to_string(getpid()));
  std::ofstream(path) << content;
  return path.string();
}

Experiment experiment(const std::string& op, const std::string& simulate, const std::string& model = "hourly") {
  return Experiment::load(
      file_with("time: {start: 2018-01-01, end: 2018-02-01}\nmodel: " + model +
                "\nobservations:\n  - {name: x, operator: " + op + ", simulate: " + simulate + "}\n"),
      {});
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Instruments, AreValidWithEachOfTheirOperators) {
  for (const Instrument& i : instruments())
    for (const std::string& name : i.operators) {
      const std::string op = i.quantity == "at 757 nm" ? "{sif: {wavelength_nm: 757}}" : name;
      const Experiment e = experiment(op, "{instrument: " + i.name + "}");
      const SimulateOptions& o = e.observations[0].simulate;
      EXPECT_FALSE(o.sampling.is_regular()) << i.name;
      EXPECT_TRUE(o.errors.counts_footprints()) << i.name;
      EXPECT_FALSE(i.source.empty()) << i.name;
    }
  EXPECT_EQ(instruments().size(), 13u);
}

TEST(Instruments, EveryValueCanBeOverridden) {
  const Experiment e =
      experiment("surface_soil_moisture",
                 "{instrument: smap_soil_moisture, sampling: {swath: {width_km: 300}}, error_sd: 0.06, "
                 "coverage: 0.5}");
  const SimulateOptions& o = e.observations[0].simulate;
  EXPECT_EQ(o.sampling.swath.width_km, 300.0);
  EXPECT_EQ(o.sampling.swath.revolutions, 117);  // of the instrument
  EXPECT_EQ(o.errors.error_sd, 0.06);
  EXPECT_EQ(o.errors.footprint_km, 36.0);
  EXPECT_EQ(o.coverage, 0.5);
}

TEST(Instruments, ResolvedOptionsReadBackToTheSame) {
  for (const Instrument& i : instruments()) {
    const std::string op = i.quantity == "at 757 nm" ? "{sif: {wavelength_nm: 757}}" : i.operators[0];
    const Experiment once = experiment(op, "{instrument: " + i.name + "}");
    EXPECT_EQ(Experiment::load(file_with(once.resolved), {}).resolved, once.resolved) << i.name;
  }
}

TEST(Instruments, RefuseAnOperatorThatTheyDoNotObserve) {
  const std::string wrong = error_of([] { experiment("ndvi", "{instrument: smap_soil_moisture}"); });
  EXPECT_NE(wrong.find("does not observe 'ndvi'"), std::string::npos) << wrong;
  EXPECT_NE(wrong.find("modis_ndvi"), std::string::npos) << wrong;
  const std::string wave = error_of([] { experiment("sif", "{instrument: oco2_sif}"); });
  EXPECT_NE(wave.find("set operator.sif.wavelength_nm: 757"), std::string::npos) << wave;
}

TEST(Instruments, OptionsWithoutEffectAreRefused) {
  EXPECT_NE(error_of([] { experiment("ndvi", "{instrument: modis_ndvi, every: 2 days}"); }).find("no effect"),
            std::string::npos);
  EXPECT_NE(error_of([] { experiment("ndvi", "{error_sd: 0.1}"); }).find("without footprint_km"), std::string::npos);
  EXPECT_NE(error_of([] { experiment("ndvi", "{clouds: {persistence: 1 day}}"); }).find("correlation_km"),
            std::string::npos);
}

TEST(Instruments, TheGuideHoldsTheirTable) {
  std::ifstream page(test::source_folder() / "docs/instruments.md");
  std::stringstream text;
  text << page.rdbuf();
  EXPECT_NE(text.str().find(instrument_table()), std::string::npos)
      << "put the table of 'tilth describe instruments' into docs/instruments.md:\n"
      << instrument_table();
}

TEST(Geostationary, SeesTheHorizonWhereTheTangentTouches) {
  EXPECT_NEAR(geostationary_view_deg(9.0, 0.0, 9.0), 0.0, 1e-9);
  const double limb = std::acos(6378.137 / 42164.17) * 180.0 / std::numbers::pi;
  EXPECT_NEAR(geostationary_view_deg(limb, 0.0, 0.0), 90.0, 1e-9);
  EXPECT_NEAR(geostationary_view_deg(0.0, -limb, 0.0), 90.0, 1e-9);
  EXPECT_GT(geostationary_view_deg(180.0, 0.0, 0.0), 90.0);
  // By vectors: from the place at 40 N, 20 E to the satellite at 0 E.
  const double f = 40.0 * std::numbers::pi / 180.0, l = 20.0 * std::numbers::pi / 180.0, r = 42164.17 / 6378.137;
  const double up[3] = {std::cos(f) * std::cos(l), std::cos(f) * std::sin(l), std::sin(f)};
  const double to[3] = {r - up[0], -up[1], -up[2]};
  const double cosine = (up[0] * to[0] + up[1] * to[1] + up[2] * to[2]) / std::hypot(to[0], to[1], to[2]);
  EXPECT_NEAR(geostationary_view_deg(20.0, 40.0, 0.0), std::acos(cosine) * 180.0 / std::numbers::pi, 1e-9);
}

TEST(Clouds, AreAsFrequentAsTheirProbability) {
  const Clouds clouds({.correlation_km = 300.0, .persistence_s = 43200}, 1);
  constexpr int n = 20000;
  for (const double clear : {0.1, 0.5, 0.9}) {
    int seen = 0;
    for (int k = 0; k < n; ++k)  // 10 days apart: independent
      seen += clouds.rank({k * 10 * seconds_per_day + 40000}, 10.0 + k % 7, 45.0) <= clear ? 1 : 0;
    EXPECT_NEAR(double(seen) / n, clear, 4.0 * std::sqrt(clear * (1.0 - clear) / n)) << clear;
  }
}

// Correlation of ranks of two places and times; of Gaussians with correlation r it is 6 / pi asin(r / 2).
double rank_correlation(const Clouds& clouds, double lon, std::int64_t later_s, std::int64_t first_s = 0) {
  constexpr int n = 20000;
  double sum = 0.0;
  for (int k = 0; k < n; ++k) {
    const Time at{first_s + k * 10 * seconds_per_day};
    sum += (clouds.rank(at, 10.0, 0.0) - 0.5) * (clouds.rank(at + later_s, lon, 0.0) - 0.5);
  }
  return 12.0 * sum / n;
}

double spearman(double r) { return 6.0 / std::numbers::pi * std::asin(0.5 * r); }

TEST(Clouds, PersistAndHangTogether) {
  const Clouds clouds({.correlation_km = 1000.0, .persistence_s = 43200}, 1);
  constexpr double tolerance = 4.0 / 141.0;                                                 // of 20000 draws
  EXPECT_NEAR(rank_correlation(clouds, 10.0, 21600), spearman(std::sqrt(0.5)), tolerance);  // half way to the next node
  EXPECT_NEAR(rank_correlation(clouds, 10.0, 43200), 0.0, tolerance);
  const std::int64_t long_before_1970 = -300000 * seconds_per_day;
  EXPECT_NEAR(rank_correlation(clouds, 10.0, 21600, long_before_1970), spearman(std::sqrt(0.5)), tolerance);
  EXPECT_GT(rank_correlation(clouds, 12.0, 0), 0.8);               // 222 km
  EXPECT_NEAR(rank_correlation(clouds, 30.0, 0), 0.0, tolerance);  // 2222 km
  EXPECT_EQ(clouds.rank({100}, 10.0, 0.0), clouds.rank({100}, 10.0, 0.0));
}

TEST(FootprintErrors, FollowFromNumberAndCorrelation) {
  InstrumentErrors o{.footprint_km = 1.0, .footprint_correlation = 0.25};
  Look look{.footprints = 100.0, .length_km = 10.0, .width_km = 10.0};
  const FootprintErrors all = footprint_errors(o, look, 100.0, 2.0, 3.0);
  EXPECT_NEAR(all.instrument, 2.0 * std::sqrt(0.75 / 100.0 + 0.25), 1e-12);
  EXPECT_EQ(all.representativeness, 0.0);  // the whole cell is seen
  look.footprints = 1.0, look.length_km = look.width_km = 0.0;
  EXPECT_NEAR(footprint_errors(o, look, 100.0, 2.0, 3.0).representativeness, 3.0 * std::sqrt(1.0 - 0.01), 1e-12);
  EXPECT_NEAR(footprint_errors(o, look, 0.25, 2.0, 3.0).representativeness, 3.0 * std::sqrt(1.0 - 0.25), 1e-12);
  o.landscape_km = 5.0;  // a strip 10 km long meets two of the four pieces of the cell
  look.footprints = 50.0, look.length_km = 10.0, look.width_km = 1.0;
  EXPECT_NEAR(footprint_errors(o, look, 100.0, 2.0, 3.0).representativeness, 3.0 * std::sqrt(0.5 / 2.0), 1e-12);
}

TEST(Towers, AreReadFromATable) {
  const auto towers =
      read_towers(file_with("code,site,longitude,height,lat\n1,\"A, north\",350.5,2,10\n2,B,-20,3,-5.5\n\n"));
  ASSERT_EQ(towers.size(), 2u);
  EXPECT_EQ(towers[0].name, "A, north");
  EXPECT_EQ(towers[0].lon, -9.5);
  EXPECT_EQ(towers[1].lat, -5.5);
  EXPECT_NE(error_of([] { read_towers(file_with("name,lat\nA,1\n")); }).find("no column"), std::string::npos);
  EXPECT_NE(error_of([] { read_towers(file_with("name,lat,lon\nA,95,1\n")); }).find("line 2: lat"), std::string::npos);
  EXPECT_NE(error_of([] { named_towers(known_towers(), {"DE-Thar"}, "x"); }).find("DE-Tha"), std::string::npos);
  EXPECT_EQ(named_towers(known_towers(), {"US-Ha1", "DE-Tha"}, "x").size(), 2u);
  std::set<std::string> names;
  for (const Tower& t : known_towers()) EXPECT_TRUE(names.insert(t.name).second) << t.name;
}

TEST(Towers, TheListOfSitesIsRead) {
  const auto shared = test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/sites.csv"))
    GTEST_SKIP() << "data/sites.csv not found; set TILTH_SHARED to the reference data";
  const auto towers = read_towers((*shared / "data/sites.csv").string());
  EXPECT_EQ(towers.size(), 31u);
  for (const Tower& known : known_towers())  // our own list has rounded coordinates of the same places
    for (const Tower& t : towers) {
      if (t.name != known.name) continue;
      EXPECT_NEAR(t.lat, known.lat, 0.02) << t.name;
    }
}

}  // namespace
}  // namespace tilth
