#include "driver/calibrate/scale_scores.hpp"

#include <gtest/gtest.h>

namespace tilth {
namespace {

using calibration::Index;
using calibration::Vector;

ObsRecord daily(int stream, int day, double value, std::uint32_t flag) {
  ObsRecord r;
  r.type = stream;
  r.begin = time_of(2010, 1, 1) + day * seconds_per_day;
  r.end = r.begin + seconds_per_day;
  r.value = value;
  r.flag = flag;
  return r;
}

// Four years of one stream, the last withheld, with a known error.
std::vector<ObsRecord> four_years(int stream, bool assimilated) {
  std::vector<ObsRecord> out;
  for (int d = 0; d < 4 * 365; ++d)
    out.push_back(daily(stream, d, std::sin(0.0172 * d) + 0.1 * double(d / 365),
                        assimilated && d < 3 * 365 ? qc_used : qc_withheld));
  return out;
}

Vector values(const std::vector<ObsRecord>& all, double offset, double noise = 0.0) {
  Vector out(Index(all.size()));
  for (std::size_t i = 0; i < all.size(); ++i) out(Index(i)) = all[i].value + offset + (i % 2 ? noise : -noise);
  return out;
}

TEST(SiteScores, OfAConstantErrorAreItsSizeAtEveryScale) {
  const auto all = four_years(0, true);
  const SiteScores scores = SiteScores::of(1, all, values(all, 0.25));
  for (const Scale scale : {Scale::day, Scale::week, Scale::month, Scale::year}) {
    const ScaleScore& s = scores.at(0, Years::training, scale);
    EXPECT_NEAR(s.rmse, 0.25, 1e-12) << int(scale);
    EXPECT_NEAR(s.bias, 0.25, 1e-12);
    EXPECT_NEAR(s.r, 1.0, 1e-12);
  }
  EXPECT_NEAR(scores.at(0, Years::training, Scale::interannual).rmse, 0.0, 1e-12);
  EXPECT_EQ(scores.at(0, Years::training, Scale::day).n, 1095.0);
  EXPECT_EQ(scores.at(0, Years::validation, Scale::day).n, 365.0);
  EXPECT_EQ(scores.at(0, Years::training, Scale::year).n, 3.0);
  EXPECT_TRUE(std::isnan(scores.at(0, Years::validation, Scale::year).rmse));  // one year
}

TEST(SiteScores, AveragesTakeAlternatingErrorsOut) {
  const auto all = four_years(0, true);
  const SiteScores scores = SiteScores::of(1, all, values(all, 0.0, 1.0));
  EXPECT_NEAR(scores.at(0, Years::training, Scale::day).rmse, 1.0, 1e-12);
  EXPECT_NEAR(scores.at(0, Years::training, Scale::week).rmse, 1.0 / 7.0, 1e-2);
  EXPECT_LT(scores.at(0, Years::training, Scale::month).rmse, 0.04);
}

TEST(SiteScores, PeriodsWithFewDaysDoNotCount) {
  auto all = four_years(0, true);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i % 3 != 0) all[i].flag = qc_bad_quality;
  const SiteScores scores = SiteScores::of(1, all, values(all, 0.0));
  EXPECT_EQ(scores.at(0, Years::training, Scale::day).n, 365.0);
  EXPECT_EQ(scores.at(0, Years::training, Scale::week).n, 0.0);   // two or three of seven days
  EXPECT_EQ(scores.at(0, Years::training, Scale::month).n, 0.0);  // ten of thirty
}

TEST(SiteScores, AStreamThatIsNeverAssimilatedHasTheYearsOfTheOthers) {
  auto all = four_years(0, true);
  const auto other = four_years(1, false);
  all.insert(all.end(), other.begin(), other.end());
  const SiteScores scores = SiteScores::of(2, all, values(all, 0.0));
  EXPECT_EQ(scores.at(1, Years::training, Scale::day).n, 1095.0);
  EXPECT_EQ(scores.at(1, Years::validation, Scale::day).n, 365.0);
  const SiteScores alone = SiteScores::of(2, other, values(other, 0.0));
  EXPECT_EQ(alone.at(1, Years::validation, Scale::day).n, 1460.0);
}

TEST(SiteScores, ComeBackFromTheirNumbers) {
  const auto all = four_years(0, true);
  const SiteScores scores = SiteScores::of(1, all, values(all, 0.25, 0.5));
  const SiteScores back = SiteScores::from(1, scores.numbers());
  EXPECT_EQ(back.at(0, Years::validation, Scale::month).kge, scores.at(0, Years::validation, Scale::month).kge);
  EXPECT_EQ(SiteScores::from(1, Vector::Constant(1, NAN)).at(0, Years::training, Scale::day).n, 0.0);
}

}  // namespace
}  // namespace tilth
