#include "core/config/node.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "unit/config/error_text.hpp"

namespace tilth {
namespace {

using test::error_text;

std::string parse_error(const std::string& yaml) {
  return error_text([&] { Node::parse(yaml, "exp.yaml"); });
}

TEST(Node, KnowsPathFileAndLineOfEveryValue) {
  const Node root = Node::parse("a:\n  b:\n    - c: 1\n    - c: 2\n", "exp.yaml");
  const Node c = root.at("a").at("b").at(1).at("c");
  EXPECT_EQ(c.scalar(), "2");
  EXPECT_EQ(c.path(), "a.b[1].c");
  EXPECT_EQ(c.where(), "exp.yaml:4: a.b[1].c");
  EXPECT_EQ(root.at("a").where(), "exp.yaml:1: a");  // the line of the key, not of the first value below it
  EXPECT_EQ(root.where(), "exp.yaml");
}

TEST(Node, TellsKindsApart) {
  const Node root = Node::parse("m: {x: 1}\nl: [1, 2, 3]\ns: word\nn:\nq: ''\n", "exp.yaml");
  EXPECT_TRUE(root.is_map());
  EXPECT_TRUE(root.at("m").is_map());
  EXPECT_TRUE(root.at("l").is_list());
  EXPECT_EQ(root.at("l").size(), 3U);
  EXPECT_TRUE(root.at("s").is_scalar());
  EXPECT_TRUE(root.at("n").is_null());
  EXPECT_TRUE(root.at("n").present());
  EXPECT_TRUE(root.at("q").is_scalar());
  EXPECT_EQ(root.keys(), (std::vector<std::string>{"m", "l", "s", "n", "q"}));
}

TEST(Node, AbsentPlacesKeepTheirPathAndTheNearestLine) {
  const Node root = Node::parse("x: 1\na:\n  b: 1\n", "exp.yaml");
  const Node missing = root.at("a").at("c").at("d");
  EXPECT_FALSE(missing.present());
  EXPECT_EQ(missing.where(), "exp.yaml:2: a.c.d");
  EXPECT_FALSE(root.at("x").at(3).present());
  EXPECT_EQ(root.at("x").at(3).path(), "x[3]");
  EXPECT_FALSE(Node().present());
  EXPECT_EQ(Node().at("a").where(), "configuration: a");
}

TEST(Node, AnEmptyFileHoldsNothing) {
  for (const char* yaml : {"", "\n", "# only a comment\n", "---\n"}) {
    const Node root = Node::parse(yaml, "exp.yaml");
    EXPECT_TRUE(root.keys().empty()) << yaml;
    EXPECT_FALSE(root.at("a").present()) << yaml;
  }
}

TEST(Node, RefusesDuplicateKeys) {
  EXPECT_EQ(parse_error("a:\n  b: 1\n  c: 2\n  b: 3\n"),
            "exp.yaml:4: a: 'b' is given twice, first in line 2; remove one of them");
  EXPECT_EQ(parse_error("b: 1\nb: 2\n"), "exp.yaml:2: 'b' is given twice, first in line 1; remove one of them");
}

TEST(Node, RefusesWhatIsNotYaml) {
  EXPECT_EQ(parse_error("a: 1\nb: [1, 2\n").substr(0, 30), "exp.yaml:3: not valid YAML: en");
  EXPECT_NE(parse_error("a: {b: ${HOME}}\n").find("a ${NAME} must stand in quotes"), std::string::npos);
  EXPECT_EQ(parse_error("a: 1\n---\nb: 1\n"), "exp.yaml: holds 2 YAML documents, must be one; remove the lines '---'");
  EXPECT_EQ(parse_error("a:\n  [x, y]: 1\n"), "exp.yaml:2: a: a key must be a plain word");
  EXPECT_NE(parse_error("a: &x [*x]\n").find("does an alias (*name) contain itself?"), std::string::npos);
}

TEST(Node, ResolvesAnchorsAndMergeKeys) {
  const Node root = Node::parse("base: &b {x: 1, y: 2}\none:\n  <<: *b\n  y: 3\ntwo: *b\n", "exp.yaml");
  EXPECT_EQ(root.at("one").keys(), (std::vector<std::string>{"y", "x"}));
  EXPECT_EQ(root.at("one").at("y").scalar(), "3");
  EXPECT_EQ(root.at("one").at("x").path(), "one.x");
  EXPECT_EQ(root.at("two").at("y").path(), "two.y");
  EXPECT_NE(parse_error("a:\n  <<: 3\n").find("the merge key '<<' takes an alias of a map"), std::string::npos);
}

TEST(Node, ReplacesEnvironmentVariablesInScalars) {
  setenv("TILTH_TEST_VALUE", "7", 1);
  setenv("TILTH_TEST_EMPTY", "", 1);
  unsetenv("TILTH_TEST_UNSET");
  const auto value = [](const std::string& text) { return Node::parse("a: " + text, "exp.yaml").at("a").scalar(); };
  EXPECT_EQ(value("${TILTH_TEST_VALUE}"), "7");
  EXPECT_EQ(value("x/${TILTH_TEST_VALUE}/${TILTH_TEST_VALUE}.nc"), "x/7/7.nc");
  EXPECT_EQ(value("${TILTH_TEST_UNSET:-runs/a-b}"), "runs/a-b");
  EXPECT_EQ(value("${TILTH_TEST_EMPTY:-d}"), "d");
  EXPECT_EQ(value("${TILTH_TEST_EMPTY}"), "");
  EXPECT_EQ(value("$${TILTH_TEST_VALUE} $5"), "${TILTH_TEST_VALUE} $5");
  EXPECT_EQ(Node::parse("a: {b: \"${TILTH_TEST_VALUE}\"}", "").at("a").at("b").scalar(), "7");
}

TEST(Node, RefusesUnsetAndMisspeltVariables) {
  unsetenv("TILTH_TEST_UNSET");
  EXPECT_EQ(parse_error("a: 1\nb: ${TILTH_TEST_UNSET}\n"),
            "exp.yaml:2: b: environment variable TILTH_TEST_UNSET is not set; set it or write "
            "${TILTH_TEST_UNSET:-default}");
  EXPECT_EQ(parse_error("b: ${a-b}\n"), "exp.yaml:1: b: '${a-b}' is not a variable; write ${NAME} or ${NAME:-default}");
  EXPECT_EQ(parse_error("b: ${A\n"), "exp.yaml:1: b: '${A': '${' without '}'; write $${ for a literal ${");
  EXPECT_EQ(parse_error("# ${TILTH_TEST_UNSET}\nb: 1\n"), "no error");  // a comment is not a value
}

TEST(Node, YamlTextReadsBackTheSame) {
  const std::string yaml =
      "a:\n  b: 1\n  c:\n    - x: 1\n      y: [1, 2]\n    - {}\n    - - {z: 1}\nd: []\ne: {}\nf: null\ng: \"null\"\n"
      "h: \"a: b\"\ni: \" lead\"\nj: \"line\\nbreak \\\"q\\\" \\\\ tab\\t\"\nk: \"$${X}\"\nl: \"\"\nm: \"-\"\n"
      "n: \"#no\"\no: 2018-01-01T06:00:00\np: -5\nq: \"é [1], {2}\"\nr: \"x #y\"\n";
  const Node root = Node::parse(yaml, "exp.yaml");
  const std::string once = root.yaml();
  const Node again = Node::parse(once, "again.yaml");
  EXPECT_EQ(again.yaml(), once);
  for (const std::string key : {"g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r"}) {
    EXPECT_TRUE(again.at(key).is_scalar()) << key << " in\n" << once;
    EXPECT_EQ(again.at(key).scalar(), root.at(key).scalar()) << key;
  }
  EXPECT_EQ(again.at("a").at("c").at(0).at("y").at(1).scalar(), "2");
  EXPECT_TRUE(again.at("a").at("c").at(1).is_map());
  EXPECT_EQ(again.at("a").at("c").at(2).at(0).at("z").scalar(), "1");
  EXPECT_TRUE(again.at("d").is_list());
  EXPECT_TRUE(again.at("e").is_map());
  EXPECT_TRUE(again.at("f").is_null());
}

}  // namespace
}  // namespace tilth
