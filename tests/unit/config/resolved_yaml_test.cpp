#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/config/schema.hpp"

namespace tilth {
namespace {

struct Stream {
  std::string name, cover = "ENF 0.9";
  double error = -1.0, unset = std::nan("");
  Time not_before{std::numeric_limits<std::int64_t>::min()};
  bool simulated = false;
  double bias = 0.0;
  struct Simulate {
    std::int64_t every_s = 86400;
    void describe(Schema& s) { s.duration("every", every_s); }
  } simulate;
  void describe(Schema& s) {
    s.text("name", name).required();
    s.text("cover", cover);
    s.real("error", error).above(0.0);  // the default means: the operator's own
    s.real("unset", unset);
    s.time("not_before", not_before);
    s.section("simulate", simulate);
    simulated = s.given("simulate");
  }
};

struct Everything {
  double third = 1.0 / 3.0, tiny = 5e-324, huge = -1.7976931348623157e308, tenth = 0.1;
  std::int64_t large = std::numeric_limits<std::int64_t>::min();
  int size = 40;
  bool on = true;
  std::string text = "plain";
  Time start = time_of(2018, 1, 1), end = time_of(2018, 1, 1, 21600);
  std::int64_t window_s = 8 * 86400, step_s = 5400;
  std::vector<double> levels{0.1, 1e-17, 3.0};
  std::vector<std::string> words{"a", "b c"};
  std::vector<Stream> streams;
  std::vector<std::pair<std::string, Stream::Simulate>> parameters;
  std::string method = "letkf";
  double half_width_km = 300.0;
  std::vector<std::string> inflation;
  std::vector<double> factors;

  void describe(Schema& s) {
    s.real("third", third);
    s.real("tiny", tiny);
    s.real("huge", huge);
    s.real("tenth", tenth);
    s.integer("large", large);
    s.integer("size", size);
    s.flag("on", on);
    s.text("text", text);
    s.time("start", start);
    s.time("end", end);
    s.duration("window", window_s);
    s.duration("step", step_s);
    s.reals("levels", levels);
    s.words("words", words);
    s.list("streams", streams);
    s.map("parameters", parameters);
    const std::vector<std::string> methods{"letkf", "none"};
    s.alternative("method", methods, method, [&](std::size_t i, Schema& o) {
      if (i == 0) o.real("half_width_km", half_width_km);
    });
    const std::vector<std::string> inflations{"rtps", "none"};
    if (s.is_reading()) factors.clear();
    s.alternatives("inflation", inflations, inflation, [&](std::size_t, std::size_t i, Schema& o) {
      double factor = 0.9;
      if (i == 0) o.real("factor", factor);
      if (o.is_reading()) factors.push_back(factor);
    });
  }
};

std::string echo(const std::string& yaml, Everything& values) {
  return resolved_yaml(read_options(Node::parse(yaml, "exp.yaml"), values));
}

constexpr const char* input =
    "third: 0.33333333333333331\nsize: 7\non: false\ntext: \"a: [b], {c} # $${X} 'q' \\\"\\\\\\n\"\n"
    "end: 2019-12-31T23:59:59\nwindow: 90 minutes\nlevels: [2.2250738585072014e-308, -0.0]\n"
    "words: [\"null\", \"\", \"-\", \"1, 2\", true]\n"
    "streams:\n  - {name: smap, simulate: {}}\n  - {name: \"~\", error: 0.04, not_before: 2018-03-01}\n"
    "parameters: {vcmax25: {every: 2 days}, lai-max: {}}\n"
    "method: {letkf: {half_width_km: 123.45678901234567}}\ninflation: [none, rtps, rtps: {factor: 0.7}]\n";

TEST(ResolvedYaml, ReadsBackToTheSameValues) {
  Everything first, second;
  const std::string yaml = echo(input, first);
  EXPECT_EQ(echo(yaml, second), yaml);
  EXPECT_EQ(second.third, 1.0 / 3.0);
  EXPECT_EQ(second.tiny, 5e-324);
  EXPECT_EQ(second.huge, -1.7976931348623157e308);
  EXPECT_EQ(second.large, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(second.size, 7);
  EXPECT_FALSE(second.on);
  EXPECT_EQ(second.text, "a: [b], {c} # ${X} 'q' \"\\\n");
  EXPECT_EQ(second.end, time_of(2019, 12, 31, 86399));
  EXPECT_EQ(second.window_s, 5400);
  EXPECT_EQ(second.levels, first.levels);
  EXPECT_TRUE(std::signbit(second.levels[1]));
  EXPECT_EQ(second.words, (std::vector<std::string>{"null", "", "-", "1, 2", "true"}));
}

TEST(ResolvedYaml, KeepsListsMapsAndAlternatives) {
  Everything first, v;
  echo(echo(input, first), v);
  ASSERT_EQ(v.streams.size(), 2U);
  EXPECT_EQ(v.streams[1].name, "~");
  EXPECT_EQ(v.streams[1].error, 0.04);
  EXPECT_EQ(v.streams[1].not_before, time_of(2018, 3, 1));
  ASSERT_EQ(v.parameters.size(), 2U);
  EXPECT_EQ(v.parameters[0].first, "vcmax25");
  EXPECT_EQ(v.parameters[0].second.every_s, 2 * 86400);
  EXPECT_EQ(v.parameters[1].first, "lai-max");
  EXPECT_EQ(v.half_width_km, 123.45678901234567);
  EXPECT_EQ(v.inflation, (std::vector<std::string>{"none", "rtps", "rtps"}));
  EXPECT_EQ(v.factors, (std::vector<double>{0.9, 0.9, 0.7}));
}

TEST(ResolvedYaml, DefaultsWithoutAUsableTextStayOut) {
  Everything first, v;
  const std::string yaml = echo(input, first);
  EXPECT_EQ(yaml.find("unset"), std::string::npos);
  echo(yaml, v);
  EXPECT_EQ(v.streams[0].error, -1.0);  // its echo would be out of range
  EXPECT_TRUE(std::isnan(v.streams[0].unset));
  EXPECT_EQ(v.streams[0].not_before.seconds, std::numeric_limits<std::int64_t>::min());
}

TEST(ResolvedYaml, WhatIsAskedForIsEchoedOnlyWhenGiven) {
  Everything first, v;
  echo(echo(input, first), v);
  EXPECT_TRUE(v.streams[0].simulated);  // given, though empty
  EXPECT_FALSE(v.streams[1].simulated);
}

TEST(ResolvedYaml, DefaultsAloneRoundTrip) {
  Everything first, second;
  const std::string yaml = echo("", first);
  EXPECT_EQ(echo(yaml, second), yaml);
  EXPECT_NE(yaml.find("third: 0.3333333333333333\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("end: 2018-01-01T06:00:00\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("window: 8 days\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("streams: []\n"), std::string::npos) << yaml;
  EXPECT_NE(yaml.find("method:\n  letkf:\n    half_width_km: 300\n"), std::string::npos) << yaml;
}

TEST(ResolvedYaml, NothingYieldsNothing) { EXPECT_EQ(resolved_yaml({}), ""); }

}  // namespace
}  // namespace tilth
