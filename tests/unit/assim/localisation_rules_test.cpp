#include "assim/field/localisation_rules.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace tilth {
namespace {

const double none = std::nan("");

LocalisationOptions options(const std::string& yaml) {
  LocalisationOptions o;
  read_options(Node::parse(yaml, "test"), o);
  return o;
}

std::vector<RowKind> kinds() {
  return {{"soil_moisture", RowKind::Role::state}, {"lai", RowKind::Role::state}, {"f_ks", RowKind::Role::parameter}};
}

LocalisationRules rules(const std::string& yaml) {
  return {options(yaml), kinds(), {{"smap", 300.0, 0.025}, {"ndvi", 100.0}}, "test: analysis.localisation"};
}

TEST(LocalisationRules, WithoutRulesAreTheStreamsOwnTaper) {
  const auto r = rules("{}");
  EXPECT_TRUE(r.is_local());
  EXPECT_EQ(r.weight(0, 0, 120.0, none, none), gaspari_cohn(120.0, 300.0));
  EXPECT_EQ(r.weight(2, 1, 120.0, none, none), gaspari_cohn(120.0, 100.0));
  EXPECT_EQ(r.reach_km(0), 600.0);
  EXPECT_EQ(r.class_of(0), r.class_of(2));  // one local problem for all rows
}

TEST(LocalisationRules, LetTheLastRuleDecideWhichObservationsMoveWhichRows) {
  const auto r = rules(
      "{rules: [{rows: parameters, half_width_km: 900}, {rows: [lai], observations: [smap], weight: 0},"
      " {rows: f_ks, observations: ndvi, weight: 0.5}]}");
  EXPECT_EQ(r.weight(1, 0, 10.0, none, none), 0.0);
  EXPECT_GT(r.weight(1, 1, 10.0, none, none), 0.0);
  EXPECT_EQ(r.weight(2, 0, 500.0, none, none), gaspari_cohn(500.0, 900.0));
  EXPECT_EQ(r.weight(2, 1, 50.0, none, none), 0.5 * gaspari_cohn(50.0, 100.0));
  EXPECT_EQ(r.reach_km(0), 1800.0);
  EXPECT_NE(r.class_of(0), r.class_of(1));
  EXPECT_NE(r.class_of(0), r.class_of(2));
}

TEST(LocalisationRules, TaperWithinTheColumnByLevel) {
  const auto r = rules("{rules: [{rows: soil_moisture, observations: smap, level_half_width: 0.3}]}");
  EXPECT_TRUE(r.depends_on_level(0));
  EXPECT_FALSE(r.depends_on_level(1));
  const double depth = 0.4;
  EXPECT_EQ(r.weight(0, 0, 0.0, depth, none), gaspari_cohn(depth - 0.025, 0.3));  // the stream's own depth
  EXPECT_EQ(r.weight(0, 0, 0.0, depth, 0.4), 1.0);                                // the observation's
  EXPECT_EQ(r.weight(0, 0, 0.0, none, 0.4), 1.0);                                 // a row without a level
}

TEST(LocalisationRules, MeasureLevelsAroundARing) {
  const auto r = rules("{taper: none, level_period: 40, rules: [{level_half_width: 4}]}");
  EXPECT_TRUE(r.is_local());
  EXPECT_EQ(r.weight(0, 0, 15000.0, 1.0, 39.0), gaspari_cohn(2.0, 4.0));
  EXPECT_EQ(r.weight(0, 0, 0.0, 0.0, 20.0), 0.0);
  EXPECT_EQ(r.between(0, 1, 0.0, 38.0, 1.0), gaspari_cohn(3.0, 4.0));
}

TEST(LocalisationRules, WithoutTaperOrRulesAreGlobal) {
  EXPECT_FALSE(rules("{taper: none}").is_local());
  EXPECT_TRUE(rules("{taper: none, rules: [{rows: lai, weight: 0.5}]}").is_local());
  EXPECT_EQ(rules("{taper: none}").weight(0, 0, 19000.0, none, none), 1.0);
}

TEST(LocalisationRules, WeighLinksByTheirCorrelation) {
  const auto r = rules("{taper: none, rules: [{rows: f_ks, correlation: hard, noise_levels: 2}]}");
  EXPECT_TRUE(r.depends_on_correlation(2));
  EXPECT_FALSE(r.depends_on_correlation(0));
  const int members = 26;  // noise 0.2
  EXPECT_EQ(r.correlation_weight(2, 0, 0.39, members), 0.0);
  EXPECT_EQ(r.correlation_weight(2, 0, -0.41, members), 1.0);
}

TEST(LocalisationRules, NameWhatTheyDoNotKnow) {
  const auto message = [](const std::string& yaml) -> std::string {
    try {
      rules(yaml);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_NE(message("{rules: [{rows: soil_moistur}]}").find("did you mean 'soil_moisture'"), std::string::npos);
  EXPECT_NE(message("{rules: [{observations: [smos]}]}").find("analysis.localisation"), std::string::npos);
  EXPECT_NE(message("{rules: [{rows: lai, noise_levels: 2}]}").find("no effect"), std::string::npos);
}

}  // namespace
}  // namespace tilth
