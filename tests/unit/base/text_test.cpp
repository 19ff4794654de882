#include "core/base/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.hpp"

namespace tilth {
namespace {

const std::vector<std::string> options = {"half_width_km", "inflation", "method", "lai"};

TEST(DidYouMean, FindsAnInsertionADeletionAReplacementAndASwap) {
  const std::string hint = "; did you mean 'half_width_km'?";
  EXPECT_EQ(did_you_mean("half_widht_km", options), hint);
  EXPECT_EQ(did_you_mean("half_widthh_km", options), hint);
  EXPECT_EQ(did_you_mean("half_wdth_km", options), hint);
  EXPECT_EQ(did_you_mean("half-width-km", options), hint);
}

TEST(DidYouMean, CountsASwapOfNeighboursAsOneEdit) {
  EXPECT_EQ(did_you_mean("lia", options), "; did you mean 'lai'?");  // one edit allowed in three letters
  EXPECT_EQ(did_you_mean("ial", options), "");
}

TEST(DidYouMean, AllowsAThirdOfTheLengthAndAtLeastOneEdit) {
  EXPECT_EQ(did_you_mean("la", options), "; did you mean 'lai'?");
  EXPECT_EQ(did_you_mean("mexxod", options), "; did you mean 'method'?");
  EXPECT_EQ(did_you_mean("xexxod", options), "");
}

TEST(DidYouMean, IgnoresCase) {
  EXPECT_EQ(did_you_mean("LAI", options), "; did you mean 'lai'?");
  EXPECT_EQ(did_you_mean("Method", options), "; did you mean 'method'?");
}

TEST(DidYouMean, TakesTheNearestAndIsSilentWithoutCandidates) {
  const std::vector<std::string> close = {"soil_temp", "soil_temps", "soil_tempe"};
  EXPECT_EQ(did_you_mean("soil_tempe_", close), "; did you mean 'soil_tempe'?");
  EXPECT_EQ(did_you_mean("anything", {}), "");
  EXPECT_EQ(did_you_mean("", options), "");
}

TEST(Joined, PutsTheSeparatorBetweenWordsOnly) {
  EXPECT_EQ(joined(std::vector<std::string>{}), "");
  EXPECT_EQ(joined(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(joined(std::vector<std::string>{"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(joined(std::vector<std::string>{"a", "b"}, " | "), "a | b");
}

TEST(Require, ThrowsTheStreamedPartsAndKeepsQuietOtherwise) {
  EXPECT_NO_THROW(require(true, "no"));
  EXPECT_NO_THROW(ensure(true, "no"));
  try {
    require(false, "error_sd = ", 0.1, ", count ", 3);
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.what(), "error_sd = 0.1, count 3");
  }
  EXPECT_THROW(ensure(false, "x"), Failure);
}

}  // namespace
}  // namespace tilth
