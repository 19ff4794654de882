#include "core/state/state_layout.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"

namespace tilth {
namespace {

Variable variable(const std::string& name, int layers) {
  Variable v;
  v.name = name;
  v.layers = layers;
  v.upper = 1.0;
  return v;
}

TEST(StateLayout, StacksLayersInOrder) {
  const StateLayout layout({variable("snow", 1), variable("soil_moisture", 8), variable("lai", 1)});
  EXPECT_EQ(layout.rows(), 10);
  EXPECT_EQ(layout.row("snow"), 0);
  EXPECT_EQ(layout.row("soil_moisture"), 1);
  EXPECT_EQ(layout.row("lai"), 9);
  EXPECT_EQ(layout.index("lai"), 2);
  EXPECT_EQ(layout.row(2), 9);
  EXPECT_EQ(layout.variable("soil_moisture").layers, 8);
  EXPECT_TRUE(layout.has("lai"));
  EXPECT_FALSE(layout.has("LAI"));
  EXPECT_EQ(StateLayout().rows(), 0);
}

TEST(StateLayout, NamesRowsAfterVariableAndLayer) {
  const StateLayout layout({variable("snow", 1), variable("soil_moisture", 8), variable("lai", 1)});
  EXPECT_EQ(layout.row_name(0), "snow");
  EXPECT_EQ(layout.row_name(1), "soil_moisture[0]");
  EXPECT_EQ(layout.row_name(8), "soil_moisture[7]");
  EXPECT_EQ(layout.row_name(9), "lai");
}

TEST(StateLayout, SuggestsTheNameThatWasMeant) {
  const StateLayout layout({variable("soil_moisture", 8), variable("lai", 1)});
  try {
    layout.row("soil_moistrue");
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("did you mean 'soil_moisture'"), std::string::npos) << e.what();
  }
}

TEST(StateLayout, RefusesWhatCannotBeStacked) {
  EXPECT_THROW(StateLayout({variable("a", 1), variable("a", 2)}), Error);
  EXPECT_THROW(StateLayout({variable("a", 0)}), Error);
  EXPECT_THROW(StateLayout({variable("", 1)}), Error);
  Variable reversed = variable("a", 1);
  reversed.lower = 2.0;
  EXPECT_THROW(StateLayout({reversed}), Error);
}

}  // namespace
}  // namespace tilth
