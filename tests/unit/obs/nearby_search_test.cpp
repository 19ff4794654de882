#include "core/obs/nearby_search.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tilth {
namespace {

using Place = NearbySearch::Place;

/// Places in a unit cube, far from regular, some of them equal.
std::vector<Place> scattered(int n) {
  std::vector<Place> places;
  for (int i = 0; i < n; ++i) {
    const double k = i - (i % 7 == 0 ? 1 : 0);
    places.push_back({std::fmod(0.754877666 * k, 1.0), std::fmod(0.569840296 * k, 1.0), std::fmod(0.362 * k, 1.0)});
  }
  return places;
}

TEST(NearbySearch, FindsForEveryPlaceOfAGroupWhatBruteForceFinds) {
  const std::vector<Place> places = scattered(1500);
  NearbySearch search(places);
  std::vector<std::int32_t> found;
  std::vector<double> distance;
  std::size_t most = 0;
  for (int first = 0; first < 1400; first += 97) {
    const auto group = std::span(places).subspan(std::size_t(first), 40);
    for (const double radius : {0.0, 0.1, 0.3, 2.0}) {
      search.gather(group, radius);
      for (const Place& from : group) {
        search.within(from, radius, found, distance);
        std::size_t next = 0;
        for (std::size_t i = 0; i < places.size(); ++i) {
          const double dx = places[i][0] - from[0], dy = places[i][1] - from[1], dz = places[i][2] - from[2];
          const double squared = (dx * dx + dy * dy) + dz * dz;
          if (squared > radius * radius) continue;
          ASSERT_LT(next, found.size()) << first << " " << radius;
          EXPECT_EQ(found[next], std::int32_t(i));
          EXPECT_EQ(distance[next++], std::sqrt(squared));
        }
        EXPECT_EQ(next, found.size());
        most = std::max(most, found.size());
      }
    }
  }
  EXPECT_EQ(most, places.size());
}

TEST(NearbySearch, FindsNothingAmongNoPlaces) {
  NearbySearch search({});
  std::vector<std::int32_t> found{3};
  std::vector<double> distance{1.0};
  search.gather(std::vector<Place>{{0.0, 0.0, 0.0}}, 10.0);
  search.within({0.0, 0.0, 0.0}, 10.0, found, distance);
  EXPECT_TRUE(found.empty());
  EXPECT_TRUE(distance.empty());
}

}  // namespace
}  // namespace tilth
