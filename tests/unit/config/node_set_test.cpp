#include <gtest/gtest.h>

#include "core/config/node.hpp"
#include "unit/config/error_text.hpp"

namespace tilth {
namespace {

constexpr const char* experiment = "a:\n  b:\n    - {c: 1, d: 2}\n    - {c: 3}\n  method: letkf\n  e:\n";

Node after(const std::string& assignment) {
  Node root = Node::parse(experiment, "exp.yaml");
  root.set(assignment);
  return root;
}

std::string set_error(const std::string& assignment) {
  return test::error_text([&] { after(assignment); });
}

TEST(NodeSet, ReplacesAValueAndLeavesTheOthers) {
  const Node root = after("a.b[0].c=5");
  EXPECT_EQ(root.at("a").at("b").at(0).at("c").scalar(), "5");
  EXPECT_EQ(root.at("a").at("b").at(0).at("c").where(), "command line: a.b[0].c");
  EXPECT_EQ(root.at("a").at("b").at(0).at("d").where(), "exp.yaml:3: a.b[0].d");
  EXPECT_EQ(root.at("a").at("b").at(1).at("c").scalar(), "3");
}

TEST(NodeSet, MakesMissingMapsAlsoFromNothing) {
  EXPECT_EQ(after("x.y.z=1").at("x").at("y").at("z").scalar(), "1");
  EXPECT_EQ(after("a.e.f=1").at("a").at("e").at("f").where(), "command line: a.e.f");
  Node empty;
  empty.set("x.y=8 days");
  EXPECT_EQ(empty.at("x").at("y").scalar(), "8 days");
  EXPECT_EQ(empty.yaml(), "x:\n  y: 8 days\n");
}

TEST(NodeSet, ParsesTheValueAsYaml) {
  const Node root = after("a.b=[{c: 9}, {c: 8}, {c: 7}]");
  EXPECT_EQ(root.at("a").at("b").size(), 3U);
  EXPECT_EQ(root.at("a").at("b").at(2).at("c").path(), "a.b[2].c");
  EXPECT_EQ(after("a.f=x=y").at("a").at("f").scalar(), "x=y");
  EXPECT_EQ(after("a.f=\"\"").at("a").at("f").scalar(), "");
  EXPECT_TRUE(after("a.f=").at("a").at("f").is_null());
}

TEST(NodeSet, OpensTheShortFormOfAnAlternative) {
  const Node root = after("a.method.letkf.half_width_km=200");
  EXPECT_EQ(root.at("a").at("method").keys(), std::vector<std::string>{"letkf"});
  EXPECT_EQ(root.at("a").at("method").scalar(), "");
  EXPECT_EQ(root.at("a").at("method").at("letkf").at("half_width_km").scalar(), "200");
}

TEST(NodeSet, LeavesCopiesMadeBefore) {
  Node root = Node::parse(experiment, "exp.yaml");
  const Node before = root;
  root.set("a.b[0].c=5");
  EXPECT_EQ(before.at("a").at("b").at(0).at("c").scalar(), "1");
}

TEST(NodeSet, WorksBelowTheRoot) {
  Node b = Node::parse(experiment, "exp.yaml").at("a");
  b.set("b[1].c=4");
  EXPECT_EQ(b.at("b").at(1).at("c").where(), "command line: a.b[1].c");
}

TEST(NodeSet, RefusesNonsense) {
  EXPECT_EQ(set_error("a.b"), "command line: --set a.b: has no '='; write key=value, such as a.b[0].c=value");
  EXPECT_EQ(set_error("=3"),
            "command line: --set =3: '' is not a key; write keys joined by dots, such as a.b[0].c=value");
  EXPECT_EQ(set_error("a..b=3"),
            "command line: --set a..b=3: '' is not a key; write keys joined by dots, such as a.b[0].c=value");
  EXPECT_EQ(set_error("a.b[x].c=3"),
            "command line: --set a.b[x].c=3: '[x]' is not the number of a list item; items count from 0, such as "
            "observations[0]");
  EXPECT_EQ(set_error("a.b[-1].c=3"),
            "command line: --set a.b[-1].c=3: '[-1]' is not the number of a list item; items count from 0, such as "
            "observations[0]");
  EXPECT_EQ(set_error("a.b[0.c=3"), "command line: --set a.b[0.c=3: 'b[0' has brackets that do not match");
  EXPECT_EQ(set_error("a.b[0]c=3"), "command line: --set a.b[0]c=3: 'b[0]c' has brackets that do not match");
}

TEST(NodeSet, RefusesPlacesThatDoNotFitTheFile) {
  EXPECT_EQ(set_error("a.b[2].c=3"), "command line: --set a.b[2].c=3: a.b has 2 items, counted from 0");
  EXPECT_EQ(set_error("a.b.c=3"), "command line: --set a.b.c=3: a.b is a list; name the item, such as a.b[0].c");
  EXPECT_EQ(set_error("a[0]=3"), "command line: --set a[0]=3: a is not a list");
  EXPECT_EQ(set_error("x[0].c=3"), "command line: --set x[0].c=3: x is not a list");
  EXPECT_EQ(set_error("a.method.etkf.x=3"),
            "command line: --set a.method.etkf.x=3: a.method is the value 'letkf', not a map");
  EXPECT_EQ(set_error("a.f=[1, 2").substr(0, 31), "command line: not valid YAML: e");
}

}  // namespace
}  // namespace tilth
