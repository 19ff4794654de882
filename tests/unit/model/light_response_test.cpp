#include "model/light_response.hpp"

#include <gtest/gtest.h>

namespace tilth::physics {
namespace {

TEST(LightResponse, LeavesTheYieldAloneByDefaultToTheBit) {
  for (const double apar : {0.0, 3.7, 61.3})
    for (const double cloud : {0.0, 0.31, 1.0}) EXPECT_EQ(light_response(apar, cloud, 0.0, 0.0), 1.0);
}

TEST(LightResponse, SaturatesAsAHyperbolaAroundTheReferenceLight) {
  EXPECT_DOUBLE_EQ(light_response(reference_apar, reference_cloud, 0.03, 0.7), 1.0);
  EXPECT_NEAR(light_response(60.0, reference_cloud, 0.03, 0.0), 1.6 / 2.8, 1e-15);
  // Assimilation, light times yield, rises with light towards (1 + gamma r) / gamma.
  EXPECT_NEAR(1e9 * light_response(1e9, reference_cloud, 0.05, 0.0), 2.0 / 0.05, 1e-5);
}

TEST(LightResponse, RisesInAStraightLineWithCloudiness) {
  EXPECT_NEAR(light_response(13.0, 0.0, 0.0, 0.5), 0.8, 1e-15);
  EXPECT_NEAR(light_response(13.0, 1.0, 0.0, 0.5), 1.3, 1e-15);
  EXPECT_EQ(light_response(13.0, 1.0, 0.0, -2.0), 0.0);  // never below nothing
}

TEST(LightResponse, CloudinessIsWhatAClearSkyWouldAdd) {
  EXPECT_NEAR(cloudiness(90.0, 300.0), 0.7, 1e-15);
  EXPECT_EQ(cloudiness(330.0, 300.0), 0.0);
  EXPECT_EQ(cloudiness(0.0, 300.0), 1.0);
  EXPECT_EQ(cloudiness(1.0, 2.0), 0.0);  // polar night
}

}  // namespace
}  // namespace tilth::physics
