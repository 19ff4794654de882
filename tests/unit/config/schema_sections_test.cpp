#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/config/schema.hpp"
#include "unit/config/error_text.hpp"

namespace tilth {
namespace {

struct Inner {
  double depth_m = 0.05;
  void describe(Schema& s) { s.real("depth_m", depth_m).in(0.01, 0.5); }
};

struct Item {
  std::string name;
  double error_sd = 0.04;
  Inner inner;
  void describe(Schema& s) {
    s.text("name", name).required();
    s.real("error_sd", error_sd).above(0.0);
    s.section("inner", inner);
  }
};

struct Sections {
  Inner section;
  std::vector<Item> items;
  std::vector<std::pair<std::string, Inner>> parameters;
  std::string method = "letkf";
  double half_width_km = 300.0, relaxation = 0.5;
  std::vector<std::string> inflation{"rtps"};
  std::vector<double> factors;
  bool asked = false;

  void describe(Schema& s) {
    s.section("section", section);
    s.list("items", items);
    s.map("parameters", parameters);
    const std::vector<std::string> methods{"letkf", "etkf", "none"};
    s.alternative("method", methods, method, [&](std::size_t i, Schema& o) {
      if (i == 0) o.real("half_width_km", half_width_km).above(0.0);
      if (i == 1) o.real("relaxation", relaxation).required();
    });
    const std::vector<std::string> inflations{"multiplicative", "rtps"};
    if (s.is_reading()) factors.clear();
    s.alternatives("inflation", inflations, inflation, [&](std::size_t, std::size_t i, Schema& o) {
      double factor = i == 0 ? 1.05 : 0.9;
      o.real("factor", factor).in(0.0, 2.0);
      if (o.is_reading()) factors.push_back(factor);
    });
    asked = s.given("section");
  }
};

Sections read(const std::string& yaml) {
  Sections sections;
  read_options(Node::parse(yaml, "exp.yaml"), sections);
  return sections;
}

std::string refused(const std::string& yaml) {
  return test::error_text([&] { read(yaml); });
}

TEST(SchemaSections, DefaultsHoldWhenNothingIsGiven) {
  const Sections s = read("");
  EXPECT_EQ(s.section.depth_m, 0.05);
  EXPECT_TRUE(s.items.empty());
  EXPECT_EQ(s.method, "letkf");
  EXPECT_EQ(s.inflation, std::vector<std::string>{"rtps"});
  EXPECT_EQ(s.factors, std::vector<double>{0.9});
  EXPECT_FALSE(s.asked);
}

TEST(SchemaSections, ReadsNestedSectionsListsAndMapsInFileOrder) {
  const Sections s = read(
      "section:\n  depth_m: 0.1\nitems:\n  - {name: b, inner: {depth_m: 0.2}}\n  - {name: a, error_sd: 0.5}\n"
      "parameters:\n  z: {depth_m: 0.3}\n  a:\n");
  EXPECT_EQ(s.section.depth_m, 0.1);
  ASSERT_EQ(s.items.size(), 2U);
  EXPECT_EQ(s.items[0].name, "b");
  EXPECT_EQ(s.items[0].inner.depth_m, 0.2);
  EXPECT_EQ(s.items[1].error_sd, 0.5);
  ASSERT_EQ(s.parameters.size(), 2U);
  EXPECT_EQ(s.parameters[0].first, "z");
  EXPECT_EQ(s.parameters[0].second.depth_m, 0.3);
  EXPECT_EQ(s.parameters[1].first, "a");
  EXPECT_EQ(s.parameters[1].second.depth_m, 0.05);
  EXPECT_TRUE(s.asked);
}

TEST(SchemaSections, AnEmptySectionIsAllDefaults) { EXPECT_EQ(read("section:\n").section.depth_m, 0.05); }

struct WithSwitch {
  bool on = true;
  Inner inner;
  void describe(Schema& s) { s.section_or_false("inner", on, inner).about("Can be left out."); }
};

TEST(SchemaSections, ASectionCanBeLeftOutWithFalse) {
  const auto echo = [](const std::string& yaml, WithSwitch& options) {
    return resolved_yaml(read_options(Node::parse(yaml, "exp.yaml"), options));
  };
  WithSwitch given, off, on, nothing, again;
  const std::string text = echo("inner: {depth_m: 0.1}\n", given);
  EXPECT_TRUE(given.on);
  EXPECT_EQ(given.inner.depth_m, 0.1);
  EXPECT_EQ(echo(text, again), text);
  const std::string left_out = echo("inner: false\n", off);
  EXPECT_FALSE(off.on);
  EXPECT_EQ(left_out.find("depth_m"), std::string::npos) << left_out;
  EXPECT_EQ(echo(left_out, again), left_out);
  EXPECT_FALSE(again.on);
  echo("inner: true\n", on);
  EXPECT_TRUE(on.on);
  EXPECT_EQ(on.inner.depth_m, 0.05);
  EXPECT_EQ(echo("", nothing), "inner:\n  depth_m: 0.05\n");
  EXPECT_THROW(echo("inner: 3\n", on), Error);
  EXPECT_THROW(echo("inner: {deph_m: 0.1}\n", on), Error);
  EXPECT_THROW(echo("inner: [0.1]\n", on), Error);
  EXPECT_EQ(document_options<WithSwitch>("").size(), 2u);
}

TEST(SchemaSections, AlternativesTakeANameAloneOrWithOptions) {
  EXPECT_EQ(read("method: none\n").method, "none");
  EXPECT_EQ(read("method: {letkf: {half_width_km: 200}}\n").half_width_km, 200.0);
  EXPECT_EQ(read("method:\n  letkf:\n").half_width_km, 300.0);
  const Sections s = read("inflation: [multiplicative, rtps: {factor: 0.8}, {multiplicative: {factor: 1.2}}]\n");
  EXPECT_EQ(s.inflation, (std::vector<std::string>{"multiplicative", "rtps", "multiplicative"}));
  EXPECT_EQ(s.factors, (std::vector<double>{1.05, 0.8, 1.2}));
  EXPECT_TRUE(read("inflation: []\n").factors.empty());
}

TEST(SchemaSections, UnknownKeysAreFoundAtEveryDepth) {
  EXPECT_EQ(refused("method:\n  letkf:\n    half_widht_km: 3\n"),
            "exp.yaml:3: method.letkf: unknown option 'half_widht_km'; did you mean 'half_width_km'?");
  EXPECT_EQ(refused("section: {depht_m: 3}\n"),
            "exp.yaml:1: section: unknown option 'depht_m'; did you mean 'depth_m'?");
  EXPECT_EQ(refused("items:\n  - name: a\n    inner:\n      depth: 1\n"),
            "exp.yaml:4: items[0].inner: unknown option 'depth'; known: depth_m");
  EXPECT_EQ(refused("parameters: {a: {scope: pft}}\n"),
            "exp.yaml:1: parameters.a: unknown option 'scope'; known: depth_m");
  EXPECT_EQ(refused("method: {none: {x: 1}}\n"), "exp.yaml:1: method.none: unknown option 'x'; it has no options");
  EXPECT_EQ(refused("inflation:\n  - rtps:\n      facto: 1\n"),
            "exp.yaml:3: inflation[0].rtps: unknown option 'facto'; did you mean 'factor'?");
}

TEST(SchemaSections, ValuesOutOfRangeAreNamedAtEveryDepth) {
  EXPECT_EQ(refused("items:\n  - name: a\n    error_sd: -0.04\n"),
            "exp.yaml:3: items[0].error_sd = -0.04, must be > 0");
  EXPECT_EQ(refused("parameters:\n  a: {depth_m: 1}\n"),
            "exp.yaml:2: parameters.a.depth_m = 1, must be between 0.01 and 0.5");
  EXPECT_EQ(refused("inflation: [multiplicative: {factor: 3}]\n"),
            "exp.yaml:1: inflation[0].multiplicative.factor = 3, must be between 0 and 2");
}

TEST(SchemaSections, RefusesWhatDoesNotHaveTheFormOfTheSection) {
  EXPECT_EQ(refused("section: 3\n"), "exp.yaml:1: section = '3', must be a section: a map of options");
  EXPECT_EQ(refused("section: [a]\n"), "exp.yaml:1: section is a list, must be a section: a map of options");
  EXPECT_EQ(refused("items: {name: a}\n"), "exp.yaml:1: items is a map, must be a list of sections; write [] for none");
  EXPECT_EQ(refused("items:\n"), "exp.yaml:1: items has no value, must be a list of sections; write [] for none");
  EXPECT_EQ(refused("items: [a]\n"), "exp.yaml:1: items[0] = 'a', must be a section: a map of options");
  EXPECT_EQ(refused("parameters: [a, b]\n"),
            "exp.yaml:1: parameters is a list, must be a map of sections; write {} for none");
  EXPECT_EQ(refused("parameters: {a: 3}\n"), "exp.yaml:1: parameters.a = '3', must be a section: a map of options");
  EXPECT_EQ(refused("parameters: {a.b: {}}\n"),
            "exp.yaml:1: parameters: 'a.b' is not a name; use letters, digits, _ and -");
}

TEST(SchemaSections, RefusesUnknownAndAmbiguousAlternatives) {
  EXPECT_EQ(refused("\nmethod: letfk\n"),
            "exp.yaml:2: method: unknown method 'letfk'; did you mean 'letkf'? known: letkf, etkf, none");
  EXPECT_EQ(refused("method: {particle: {}}\n"),
            "exp.yaml:1: method: unknown method 'particle'; known: letkf, etkf, none");
  EXPECT_EQ(refused("method: {letkf: {}, etkf: {}}\n"),
            "exp.yaml:1: method has 2 names: letkf, etkf; must be exactly one; known: letkf, etkf, none");
  EXPECT_EQ(refused("method: {}\n"), "exp.yaml:1: method has 0 names; must be exactly one; known: letkf, etkf, none");
  EXPECT_EQ(refused("method: [letkf]\n"),
            "exp.yaml:1: method is a list, must be 'name' or '{name: {options}}'; known: letkf, etkf, none");
  EXPECT_EQ(refused("method:\n"),
            "exp.yaml:1: method has no value, must be 'name' or '{name: {options}}'; known: letkf, etkf, none");
  EXPECT_EQ(refused("method: {letkf: 300}\n"), "exp.yaml:1: method.letkf = '300', must be a section: a map of options");
  EXPECT_EQ(refused("inflation: rtps\n"),
            "exp.yaml:1: inflation = 'rtps', must be a list of 'name' or '{name: {options}}'; write [] for none");
  EXPECT_EQ(refused("inflation: [rtsp]\n"),
            "exp.yaml:1: inflation[0]: unknown inflation 'rtsp'; did you mean 'rtps'? known: multiplicative, rtps");
}

TEST(SchemaSections, RequiredOptionsCountInsideSectionsThatAreThere) {
  EXPECT_EQ(refused("x: 1\nitems:\n  - {name: a}\n  - {error_sd: 1}\n"),
            "exp.yaml:4: items[1]: missing required option 'name' (text)");
  EXPECT_EQ(refused("method: etkf\n"), "exp.yaml:1: method.etkf: missing required option 'relaxation' (real)");
}

struct Demanding {
  std::vector<Item> items;
  std::string method;
  Item grid;
  bool with_grid = false;
  void describe(Schema& s) {
    s.list("items", items).required();
    const std::vector<std::string> methods{"letkf"};
    s.alternative("method", methods, method, [](std::size_t, Schema&) {}).required();
    if (with_grid) s.section("grid", grid).required();
  }
};

TEST(SchemaSections, ListsAlternativesAndSectionsCanBeRequired) {
  const auto message = [](const std::string& yaml, bool with_grid) {
    Demanding demanding;
    demanding.with_grid = with_grid;
    return test::error_text([&] { read_options(Node::parse(yaml, "exp.yaml"), demanding); });
  };
  EXPECT_EQ(message("method: letkf\n", false), "exp.yaml: missing required option 'items' (list)");
  EXPECT_EQ(message("items: []\n", false), "exp.yaml: missing required option 'method' (one of)");
  EXPECT_EQ(message("items: []\nmethod: letkf\n", false), "no error");
  EXPECT_EQ(message("items: []\nmethod: letkf\n", true), "exp.yaml: grid: missing required option 'name' (text)");
}

struct Holder {
  Item item{"inside", 0.1, {}};
  void describe(Schema& s) { s.section("item", item); }
};

struct Supplied {
  std::vector<Item> items{Item{"first", 0.1, {}}, Item{"second", 0.2, {}}};
  std::vector<Holder> holders{Holder{}};
  std::vector<std::pair<std::string, Inner>> parameters{{"p", Inner{0.3}}};
  void describe(Schema& s) {
    s.list("items", items);
    s.list("holders", holders);
    s.map("parameters", parameters);
  }
};

TEST(SchemaSections, AnAbsentListKeepsItsDefaultItems) {
  Supplied supplied;
  const auto records = read_options(Node::parse("", "exp.yaml"), supplied);
  ASSERT_EQ(supplied.items.size(), 2U);
  EXPECT_EQ(supplied.items[1].name, "second");
  EXPECT_EQ(supplied.parameters[0].second.depth_m, 0.3);
  Supplied again{{}, {}, {}};
  read_options(Node::parse(resolved_yaml(records), "again.yaml"), again);
  ASSERT_EQ(again.items.size(), 2U);
  EXPECT_EQ(again.items[0].error_sd, 0.1);
  ASSERT_EQ(again.holders.size(), 1U);
  EXPECT_EQ(again.holders[0].item.name, "inside");
  ASSERT_EQ(again.parameters.size(), 1U);
  EXPECT_EQ(again.parameters[0].second.depth_m, 0.3);
}

TEST(SchemaSections, AListInTheFileReplacesTheDefaultItems) {
  Supplied supplied;
  read_options(Node::parse("items: [{name: only}]\nparameters: {}\n", "exp.yaml"), supplied);
  ASSERT_EQ(supplied.items.size(), 1U);
  EXPECT_EQ(supplied.items[0].error_sd, 0.04);
  EXPECT_TRUE(supplied.parameters.empty());
}

TEST(SchemaSections, PathsStartWhereTheNodeStands) {
  Inner inner;
  const Node root = Node::parse("a:\n  depth_m: 7\n", "exp.yaml");
  EXPECT_EQ(test::error_text([&] { read_options(root.at("a"), inner); }),
            "exp.yaml:2: a.depth_m = 7, must be between 0.01 and 0.5");
  const Schema schema = Schema::reading(root.at("a"));
  EXPECT_EQ(schema.path(), "a");
  EXPECT_EQ(schema.where(), "exp.yaml:1: a");
}

}  // namespace
}  // namespace tilth
