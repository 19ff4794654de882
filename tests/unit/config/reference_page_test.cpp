#include <gtest/gtest.h>

#include <cmath>

#include "core/config/plugin.hpp"
#include "core/config/schema.hpp"

namespace tilth {
namespace {

struct Method {
  virtual ~Method() = default;
  virtual double value() const = 0;
};

struct Letkf final : Method {
  struct Options {
    double half_width_km = 300.0;
    void describe(Schema& s) {
      s.real("half_width_km", half_width_km).above(0.0).units("km").about("Half width | of the taper.");
    }
  };
  explicit Letkf(Options o) : options(o) {}
  double value() const override { return options.half_width_km; }
  Options options;
};

struct None final : Method {
  struct Options {
    void describe(Schema&) {}
  };
  explicit None(Options) {}
  double value() const override { return 0.0; }
};

const Plugin<Method> letkf = plugin<Method, Letkf>("Local ensemble transform Kalman filter.");
const Plugin<Method> none = plugin<Method, None>("Leaves the forecast as it is.");
const Registry<Method> registry{{"letkf", &letkf}, {"none", &none}};

struct Parameter {
  std::string scope = "pft";
  void describe(Schema& s) { s.text("scope", scope).one_of({"global", "pft"}).about("Where it varies."); }
};

struct Stream {
  std::string name;
  double unset = std::nan("");
  void describe(Schema& s) {
    s.text("name", name).required().about("Name.");
    s.real("unset", unset).about("No default.");
  }
};

struct Control {
  std::vector<std::pair<std::string, Parameter>> parameters;
  void describe(Schema& s) { s.map("parameters", parameters).about("Updated parameters."); }
};

struct Whole {
  std::int64_t window_s = 8 * seconds_per_day;
  Control control;
  std::vector<Stream> observations;
  Choice<Method> method{.name = "letkf", .make = {}};
  Choices<Method> chain{.names = {"none"}, .makers = {}};
  void describe(Schema& s) {
    s.duration("window", window_s).in(86400.0, 31 * 86400.0).about("Length of a window.");
    s.section("control", control).about("What is updated.");
    s.list("observations", observations).about("The streams.");
    method.describe(s, "method", registry).about("Analysis method.");
    chain.describe(s, "chain", registry).about("One after the other.");
  }
};

std::vector<std::string> paths(const std::vector<OptionRecord>& records) {
  std::vector<std::string> result;
  for (const auto& record : records) result.push_back(record.path);
  return result;
}

TEST(SchemaDocumenting, ListsEveryOptionOfEveryAlternativeInOrder) {
  EXPECT_EQ(paths(document_options<Whole>("")),
            (std::vector<std::string>{"window", "control", "control.parameters", "control.parameters.<name>.scope",
                                      "observations", "observations[].name", "observations[].unset", "method",
                                      "method.letkf", "method.letkf.half_width_km", "method.none", "chain",
                                      "chain[].letkf", "chain[].letkf.half_width_km", "chain[].none"}));
  EXPECT_EQ(paths(document_options<Letkf::Options>("analysis.method.letkf")),
            std::vector<std::string>{"analysis.method.letkf.half_width_km"});
}

TEST(SchemaDocumenting, ChangesNothing) {
  Whole whole;
  whole.observations = {Stream{"kept", 1.0}};
  Schema schema = Schema::documenting("");
  whole.describe(schema);
  schema.finish();
  ASSERT_EQ(whole.observations.size(), 1U);
  EXPECT_EQ(whole.observations[0].name, "kept");
  EXPECT_EQ(whole.method.name, "letkf");
  EXPECT_EQ(whole.chain.names, std::vector<std::string>{"none"});
  EXPECT_FALSE(schema.is_reading());
  EXPECT_FALSE(schema.given("window"));
}

TEST(ReferencePage, HasOneTablePerSectionInStableOrder) {
  const std::string page = reference_page(document_options<Whole>(""));
  EXPECT_EQ(page.substr(0, 26), "# Configuration reference\n");
  const std::string expected =
      "\n## Top level\n\n"
      "| Option | Kind | Default | Range | Unit | Meaning |\n|---|---|---|---|---|---|\n"
      "| `window` | duration | `8 days` | 1 day to 31 days |  | Length of a window. |\n"
      "| `control` | section |  |  |  | What is updated. |\n"
      "| `observations` | list | `[]` |  |  | The streams. |\n"
      "| `method` | one of | `letkf` | letkf, none |  | Analysis method. |\n"
      "| `chain` | list of one of | `[none]` | letkf, none |  | One after the other. |\n"
      "\n## `control`\n\nWhat is updated.\n\n"
      "| Option | Kind | Default | Range | Unit | Meaning |\n|---|---|---|---|---|---|\n"
      "| `parameters` | map | `{}` |  |  | Updated parameters. |\n"
      "\n## `control.parameters.<name>`\n\nUpdated parameters.\n\n"
      "| Option | Kind | Default | Range | Unit | Meaning |\n|---|---|---|---|---|---|\n"
      "| `scope` | text | `pft` | global, pft |  | Where it varies. |\n"
      "\n## `observations[]`\n\nThe streams.\n\n"
      "| Option | Kind | Default | Range | Unit | Meaning |\n|---|---|---|---|---|---|\n"
      "| `name` | text | **required** |  |  | Name. |\n"
      "| `unset` | real |  |  |  | No default. |\n"
      "\n## `method.letkf`\n\nLocal ensemble transform Kalman filter.\n\n"
      "| Option | Kind | Default | Range | Unit | Meaning |\n|---|---|---|---|---|---|\n"
      "| `half_width_km` | real | `300` | > 0 | km | Half width \\| of the taper. |\n"
      "\n## `method.none`\n\nLeaves the forecast as it is.\n\nNo options.\n";
  EXPECT_NE(page.find(expected), std::string::npos) << page;
  EXPECT_EQ(reference_tables(document_options<Letkf::Options>("letkf")).substr(0, 12), "\n## `letkf`\n");
  EXPECT_EQ(page, reference_page(document_options<Whole>("")));
}

TEST(Choice, MakesTheChosenImplementationWithItsOptions) {
  const auto value = [](const std::string& yaml) {
    Whole whole;
    read_options(Node::parse(yaml, "exp.yaml"), whole);
    return whole.method.make()->value();
  };
  EXPECT_EQ(value(""), 300.0);
  EXPECT_EQ(value("method: none\n"), 0.0);
  EXPECT_EQ(value("method: {letkf: {half_width_km: 200}}\n"), 200.0);
}

TEST(Choices, MakeEveryItemOfTheList) {
  Whole whole;
  read_options(Node::parse("chain: [letkf, none, letkf: {half_width_km: 50}]\n", "exp.yaml"), whole);
  ASSERT_EQ(whole.chain.makers.size(), 3U);
  EXPECT_EQ(whole.chain.makers[0]()->value(), 300.0);
  EXPECT_EQ(whole.chain.makers[1]()->value(), 0.0);
  EXPECT_EQ(whole.chain.makers[2]()->value(), 50.0);
}

}  // namespace
}  // namespace tilth
