#include <gtest/gtest.h>

#include <limits>

#include "core/config/schema.hpp"
#include "unit/config/error_text.hpp"

namespace tilth {
namespace {

struct Values {
  double ratio = 0.5;
  std::int64_t seed = 42;
  int size = 40;
  bool on = false;
  std::string name = "demo", scope = "pft";
  Time start = time_of(2018, 1, 1);
  std::int64_t window_s = 8 * seconds_per_day;
  std::vector<double> levels{1.0, 2.0};
  std::vector<std::string> states{"snow"};
  void describe(Schema& s) {
    s.real("ratio", ratio).in(0.0, 1.0);
    s.integer("seed", seed).in(0, 9e15);
    s.integer("size", size).in(2, std::numeric_limits<double>::infinity());
    s.flag("on", on);
    s.text("name", name);
    s.text("scope", scope).one_of({"global", "pft", "column"});
    s.time("start", start);
    s.duration("window", window_s).above(0.0);
    s.reals("levels", levels).above(0.0);
    s.words("states", states).one_of({"snow", "canopy_water", "soil_moisture"});
  }
};

Values read(const std::string& yaml) {
  Values values;
  read_options(Node::parse(yaml, "exp.yaml"), values);
  return values;
}

/// The message about `yaml` as the first line of the file.
std::string refused(const std::string& yaml) {
  return test::error_text([&] { read(yaml); });
}

TEST(SchemaValues, AnEmptyFileLeavesTheDefaults) {
  const Values v = read("");
  EXPECT_EQ(v.ratio, 0.5);
  EXPECT_EQ(v.size, 40);
  EXPECT_EQ(v.levels, (std::vector<double>{1.0, 2.0}));
  EXPECT_EQ(v.states, std::vector<std::string>{"snow"});
}

TEST(SchemaValues, ReadsEveryKind) {
  const Values v = read(
      "ratio: 1e-3\nseed: 9000000000000000\nsize: +7\non: true\nname: a b\nscope: column\nstart: 2019-02-03T06:00:00\n"
      "window: 6 hours\nlevels: [1, .5, 1E2]\nstates: [soil_moisture, snow]\n");
  EXPECT_EQ(v.ratio, 0.001);
  EXPECT_EQ(v.seed, 9000000000000000);
  EXPECT_EQ(v.size, 7);
  EXPECT_TRUE(v.on);
  EXPECT_EQ(v.name, "a b");
  EXPECT_EQ(v.scope, "column");
  EXPECT_EQ(v.start, time_of(2019, 2, 3, 6 * 3600));
  EXPECT_EQ(v.window_s, 6 * 3600);
  EXPECT_EQ(v.levels, (std::vector<double>{1.0, 0.5, 100.0}));
  EXPECT_EQ(v.states, (std::vector<std::string>{"soil_moisture", "snow"}));
}

TEST(SchemaValues, AScalarCountsAsAListOfOneWord) {
  EXPECT_EQ(read("states: canopy_water\n").states, std::vector<std::string>{"canopy_water"});
  EXPECT_TRUE(read("states: []\n").states.empty());
  EXPECT_TRUE(read("levels: []\n").levels.empty());
}

TEST(SchemaValues, RefusesWrongNumbers) {
  for (const char* word : {"abc", "nan", ".nan", "inf", "-.inf", "1e999", "1,5", "0.5 m", "+-1", "''", "0x1"}) {
    const std::string yaml = std::string("ratio: ") + word;
    const std::string shown = std::string(word) == "''" ? "" : word;
    EXPECT_EQ(refused(yaml), "exp.yaml:1: ratio = '" + shown + "', must be a finite number");
  }
  EXPECT_EQ(refused("ratio:\n"), "exp.yaml:1: ratio has no value, must be a finite number");
  EXPECT_EQ(refused("ratio: [1]\n"), "exp.yaml:1: ratio is a list, must be a finite number");
  EXPECT_EQ(refused("ratio: {x: 1}\n"), "exp.yaml:1: ratio is a map, must be a finite number");
}

TEST(SchemaValues, RefusesWhatIsNotAWholeNumber) {
  const std::string wide = ", must be an integer from -9223372036854775808 to 9223372036854775807";
  for (const char* word : {"3.5", "1e3", "4.0", "x", "9223372036854775808"}) {
    EXPECT_EQ(refused(std::string("seed: ") + word), std::string("exp.yaml:1: seed = '") + word + "'" + wide);
  }
  EXPECT_EQ(refused("size: 3000000000\n"),
            "exp.yaml:1: size = '3000000000', must be an integer from -2147483648 to 2147483647");
}

TEST(SchemaValues, RefusesNumbersOutOfRange) {
  EXPECT_EQ(refused("\n\nratio: 1.5\n"), "exp.yaml:3: ratio = 1.5, must be between 0 and 1");
  EXPECT_EQ(refused("ratio: -0.04\n"), "exp.yaml:1: ratio = -0.04, must be between 0 and 1");
  EXPECT_EQ(refused("size: 1\n"), "exp.yaml:1: size = 1, must be >= 2");
  EXPECT_EQ(refused("levels: [1, 0, 2]\n"), "exp.yaml:1: levels[1] = 0, must be > 0");
  EXPECT_EQ(refused("levels: [1, x]\n"), "exp.yaml:1: levels[1] = 'x', must be a finite number");
  EXPECT_EQ(refused("levels: 3\n"), "exp.yaml:1: levels = '3', must be a list of numbers: [a, b]");
}

TEST(SchemaValues, FlagsAreTrueOrFalseOnly) {
  EXPECT_FALSE(read("on: false").on);
  for (const char* word : {"yes", "1", "True", "on"}) {
    EXPECT_EQ(refused(std::string("on: ") + word),
              std::string("exp.yaml:1: on = '") + word + "', must be true or false");
  }
}

TEST(SchemaValues, RefusesWordsThatAreNotAllowed) {
  EXPECT_EQ(refused("scope: colum\n"),
            "exp.yaml:1: scope = 'colum', must be one of global, pft, column; did you mean 'column'?");
  EXPECT_EQ(refused("states: [snow, ice]\n"),
            "exp.yaml:1: states[1] = 'ice', must be one of snow, canopy_water, soil_moisture");
  EXPECT_EQ(refused("states: {a: 1}\n"), "exp.yaml:1: states is a map, must be a list of texts: [a, b]");
  EXPECT_EQ(refused("states: [[a]]\n"), "exp.yaml:1: states[0] is a list, must be a text");
  EXPECT_EQ(refused("name: [a]\n"), "exp.yaml:1: name is a list, must be a text");
  EXPECT_EQ(refused("name:\n"), "exp.yaml:1: name has no value, must be a text");
}

TEST(SchemaValues, RefusesBadTimesAndDurations) {
  const std::string time = ", must be a time such as 2018-01-01 or 2018-01-01T06:00:00 (UTC)";
  for (const char* word : {"2018-13-01", "2018-02-30", "01.02.2018", "2018"}) {
    EXPECT_EQ(refused(std::string("start: ") + word), std::string("exp.yaml:1: start = '") + word + "'" + time);
  }
  EXPECT_EQ(refused("start: []\n"), "exp.yaml:1: start is a list" + time);
  const std::string duration = ", must be a duration such as 8 days, 6 hours, 30 minutes or 3600 s";
  for (const char* word : {"8", "8 moons", "-8 days", "days"}) {
    EXPECT_EQ(refused(std::string("window: ") + word), std::string("exp.yaml:1: window = '") + word + "'" + duration);
  }
  EXPECT_EQ(refused("window: 0 days\n"), "exp.yaml:1: window = 0 days, must be > 0 days");
}

struct Shifted {
  std::int64_t shift_s = -1800;
  void describe(Schema& s) { s.time_offset("shift", shift_s); }
};

TEST(SchemaValues, TimeOffsetsHaveEitherSign) {
  const auto read_shift = [](const std::string& word) {
    Shifted values;
    read_options(Node::parse("shift: " + word, "exp.yaml"), values);
    return values.shift_s;
  };
  EXPECT_EQ(read_shift("6 hours"), 21600);
  EXPECT_EQ(read_shift("-570 minutes"), -34200);
  EXPECT_EQ(read_shift("-1 hour"), -3600);
  EXPECT_EQ(read_shift("0 s"), 0);
  for (const char* word : {"6", "--1 hour", "-hours", "local"})
    EXPECT_NE(test::error_text([&] { read_shift(word); }).find("either sign such as 6 hours or -90 minutes"),
              std::string::npos)
        << word;
}

TEST(SchemaValues, UnknownKeysAreNamedWithASuggestion) {
  EXPECT_EQ(refused("name: x\nratoi: 1\n"), "exp.yaml:2: unknown option 'ratoi'; did you mean 'ratio'?");
  EXPECT_EQ(refused("bananas: 1\n"),
            "exp.yaml:1: unknown option 'bananas'; known: ratio, seed, size, on, name, scope, start, window, levels, "
            "states");
}

TEST(SchemaValues, TheCommandLineIsNamedAsPlace) {
  const auto message = [](const std::string& assignment) {
    Node root = Node::parse("name: x\n", "exp.yaml");
    root.set(assignment);
    Values values;
    return test::error_text([&] { read_options(root, values); });
  };
  EXPECT_EQ(message("siez=3"), "command line: unknown option 'siez'; did you mean 'size'?");
  EXPECT_EQ(message("size=1"), "command line: size = 1, must be >= 2");
  EXPECT_EQ(message("size=3"), "no error");
}

TEST(SchemaValues, ARootThatIsNoMapIsRefused) {
  EXPECT_EQ(refused("[1, 2]\n"), "exp.yaml: is a list, must be a section: a map of options");
  EXPECT_EQ(refused("word\n"), "exp.yaml: = 'word', must be a section: a map of options");
}

struct Needed {
  double error_sd = 0.0;
  std::string name;
  void describe(Schema& s) {
    s.real("error_sd", error_sd).above(0.0).required();
    s.text("name", name).required();
  }
};

TEST(SchemaValues, RequiredOptionsMustBeGiven) {
  const auto message = [](const std::string& yaml) {
    Needed needed;
    return test::error_text([&] { read_options(Node::parse(yaml, "exp.yaml"), needed); });
  };
  EXPECT_EQ(message("name: x\n"), "exp.yaml: missing required option 'error_sd' (real)");
  EXPECT_EQ(message("nam: x\nerror_sd: 1\n"),
            "exp.yaml: missing required option 'name' (text); 'nam' looks like it misspelt");
  EXPECT_EQ(message("name: x\nerror_sd: -0.04\n"), "exp.yaml:2: error_sd = -0.04, must be > 0");
  EXPECT_EQ(message("name: x\nerror_sd: 0.04\n"), "no error");
}

TEST(SchemaValues, DeclaringAnOptionTwiceIsAProgrammingError) {
  Schema schema = Schema::documenting("");
  double a = 0.0;
  schema.real("a", a);
  EXPECT_THROW(schema.real("a", a), std::logic_error);
}

}  // namespace
}  // namespace tilth
