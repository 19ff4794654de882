#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "assim/scores.hpp"
#include "core/base/quantile.hpp"
#include "core/random/random.hpp"
#include "driver/verify/record_sums.hpp"
#include "driver/verify/score_rows.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// Truth and members of each record and place by formula; two sources, `open_loop` (0) and `analysis` (1).
struct Script {
  std::vector<Time> times;
  int members = 6;
  std::function<double(int record, int cell)> truth;
  std::function<double(int record, int cell, int source, int k)> member;
  std::function<bool(int record, int cell, int source)> knows_crps = [](int, int, int) { return true; };
};

class ScriptedCases final : public CaseReader {
 public:
  ScriptedCases(const Domain& domain, Script script) : domain_(domain), script_(std::move(script)) {
    for (const char* name : {"open_loop", "analysis"})
      sources_.push_back({name, none, script_.members, true, true, true, true});
  }
  const std::vector<ForecastSource>& sources() const override { return sources_; }
  const std::vector<Time>& times() const override { return script_.times; }

  void read(int r, Detail, Cases& cases) override {
    cases.clear(sources_.size());
    for (int c = 0; c < domain_.columns(); ++c) {
      cases.cell.push_back(c);
      cases.weight.push_back(1.0);
      cases.truth.push_back(script_.truth(r, c));
    }
    for (int s = 0; s < 2; ++s) {
      ForecastCases& f = cases.forecasts[std::size_t(s)];
      f.present = true;
      for (int c = 0; c < domain_.columns(); ++c) add(r, c, s, cases.truth[std::size_t(c)], f);
    }
  }

 private:
  void add(int r, int c, int s, double o, ForecastCases& f) const {
    std::vector<double> x;
    for (int k = 0; k < script_.members; ++k) x.push_back(script_.member(r, c, s, k));
    f.members.insert(f.members.end(), x.begin(), x.end());
    f.mean.push_back(member_mean(x));
    f.sd.push_back(x.size() > 1 ? member_spread(x) : 0.0);
    const bool known = script_.knows_crps(r, c, s);
    f.crps.push_back(known ? crps(x, o) : none);
    f.crps_fair.push_back(known && x.size() > 1 ? crps_fair(x, o) : none);
    std::sort(x.begin(), x.end());
    f.inside.push_back(o >= sorted_quantile(x, 0.05) && o <= sorted_quantile(x, 0.95) ? 1.0 : 0.0);
  }
  const Domain& domain_;
  Script script_;
  std::vector<ForecastSource> sources_;
};

std::vector<Time> every_eight_days(Time first, int n) {
  std::vector<Time> out;
  for (int r = 0; r < n; ++r) out.push_back(first + 8 * r * seconds_per_day);
  return out;
}

/// Four places, two of them northern, one in the tropics, one southern, and a region without any.
class Verification : public ::testing::Test {
 protected:
  RecordSums sums(const Script& script, std::vector<EventRule> events = {}, int harmonics = 0) const {
    ScriptedCases cases(run.domain, script);
    return record_sums(comm, cases, groups, harmonics, std::move(events));
  }
  std::vector<ScoreEntry> rows(const RecordSums& of) const { return score_rows(comm, of, groups, variable, plan); }
  /// Rows of the analysis for all types by region, season and score.
  using Rows = std::map<std::string, ScoreEntry>;
  Rows analysis(const Script& script, std::vector<EventRule> events = {}) const {
    Rows out;
    for (const ScoreEntry& e : rows(sums(script, std::move(events))))
      if (e.source == "analysis" && e.pft == "all")
        out[e.region + " " + e.season + " " + std::string(score_names[std::size_t(e.score)])] = e;
    return out;
  }

  const Comm comm = Comm::world();
  const test::SmallRun run{comm,
                           test::options("verification: {regions: {sea: {west: 0, east: 1, south: 0, north: 1}}}")};
  const Groups groups{run.domain, "nature"};
  const ScoredVariable variable{"x", "variable", "1", false};
  const BootstrapPlan plan{3, BootstrapOptions{100, 0, 0.95}};
};

double drawn(std::int64_t r, std::int64_t c, std::int64_t source, std::int64_t k) {
  static const Random random(17, Purpose::test);
  return random.normal({r, c, source, k});
}

Script noisy(int records, int members = 6) {
  Script s;
  s.times = every_eight_days(time_of(2018, 6, 1), records);
  s.members = members;
  s.truth = [](int r, int c) { return 5.0 + drawn(r, c, 9, 0); };
  s.member = [](int r, int c, int source, int k) { return 5.0 + drawn(r, c, source, k); };
  return s;
}

TEST_F(Verification, RegionsWithoutCellsAndSeasonsWithoutRecordsLeaveNoRow) {
  const Rows found = analysis(noisy(8));  // June and July
  EXPECT_EQ(found.at("global all rmse").n, 32.0);
  EXPECT_EQ(found.at("northern JJA rmse").n, 16.0);
  EXPECT_EQ(found.at("southern all rmse").n, 8.0);
  for (const auto& [key, row] : found) {
    EXPECT_NE(row.region, "sea") << key;
    EXPECT_TRUE(row.season == "all" || row.season == "JJA") << key;
    EXPECT_TRUE(std::isfinite(row.value)) << key;
  }
}

TEST_F(Verification, ARecordWithoutAnyTruthAndARunWithoutRecordsAreNoCase) {
  EXPECT_TRUE(analysis(noisy(0)).empty());
  Script s = noisy(6);
  s.truth = [](int, int) { return none; };
  EXPECT_TRUE(analysis(s).empty());
}

TEST_F(Verification, ACaseThatOneSourceLacksCountsForNone) {
  Script s = noisy(10);
  s.member = [](int r, int c, int source, int k) {
    return source == 0 && r == 3 && c == 1 ? none : 5.0 + drawn(r, c, source, k);
  };
  s.truth = [](int r, int c) { return r == 4 && c == 2 ? none : 5.0 + drawn(r, c, 9, 0); };
  const Rows found = analysis(s);
  EXPECT_EQ(found.at("global all rmse").n, 38.0);
  double square = 0.0;
  for (int r = 0; r < 10; ++r)
    for (int c = 0; c < 4; ++c) {
      if ((r == 3 && c == 1) || (r == 4 && c == 2)) continue;
      double mean = 0.0;
      for (int k = 0; k < 6; ++k) mean += s.member(r, c, 1, k) / 6.0;
      square += std::pow(mean - s.truth(r, c), 2) / 38.0;
    }
  EXPECT_NEAR(found.at("global all rmse").value, std::sqrt(square), 1e-12);
}

TEST_F(Verification, AScoreThatSomeCasesLackIsTheMeanOfTheOthersAndNotZero) {
  Script s = noisy(10);
  s.knows_crps = [](int r, int, int) { return r % 2 == 0; };
  double sum = 0.0;
  for (int r = 0; r < 10; r += 2)
    for (int c = 0; c < 4; ++c) {
      std::vector<double> x;
      for (int k = 0; k < 6; ++k) x.push_back(s.member(r, c, 1, k));
      sum += crps_fair(x, s.truth(r, c)) / 20.0;
    }
  EXPECT_NEAR(analysis(s).at("global all crps_fair").value, sum, 1e-12);
  s.knows_crps = [](int, int, int) { return false; };
  const Rows found = analysis(s);
  EXPECT_FALSE(found.contains("global all crps") || found.contains("global all crps_fair"));
  EXPECT_TRUE(found.contains("global all rmse"));
}

TEST_F(Verification, OneRecordHasErrorsButNoVariationInTimeAndNoInterval) {
  const Rows found = analysis(noisy(1));
  for (const char* score : {"ubrmse", "r", "anomaly_r", "nse", "kge"})
    EXPECT_FALSE(found.contains("global all " + std::string(score))) << score;
  for (const char* score : {"rmse", "bias", "crps", "spread", "spread_skill", "coverage90"}) {
    EXPECT_TRUE(std::isfinite(found.at("global all " + std::string(score)).value)) << score;
    EXPECT_TRUE(std::isnan(found.at("global all " + std::string(score)).low)) << score;
  }
  const Rows two = analysis(noisy(2));  // of one place: a correlation would be 1 or -1
  EXPECT_FALSE(two.contains("southern all r"));
  EXPECT_TRUE(two.contains("northern all r"));  // of two
  EXPECT_TRUE(std::isnan(two.at("northern all r").low));
}

TEST_F(Verification, ConstantSeriesHaveErrorsButNoCorrelationOrEfficiency) {
  Script s = noisy(46);
  s.truth = [](int, int c) { return 0.1 * (c + 1); };  // sums of 0.1 are not multiples of it
  Rows found = analysis(s);
  for (const char* score : {"r", "anomaly_r", "nse", "kge"})
    EXPECT_FALSE(found.contains("global all " + std::string(score))) << score;
  EXPECT_GT(found.at("global all ubrmse").value, 0.1);
  s.member = [](int, int, int source, int) { return 0.7 + 0.1 * source; };
  found = analysis(s);
  EXPECT_EQ(found.at("global all ubrmse").value, 0.0);
  EXPECT_EQ(found.at("global all spread").value, 0.0);
  EXPECT_EQ(found.at("global all coverage90").value, 0.0);
  EXPECT_NEAR(found.at("global all rmse").low, found.at("global all rmse").high, 1e-12);
}

TEST_F(Verification, APerfectForecastHasScoresAndIntervalsOfItsOwn) {
  Script s = noisy(20);
  s.member = [&](int r, int c, int, int) { return s.truth(r, c); };
  const Rows found = analysis(s);
  EXPECT_EQ(found.at("global all rmse").value, 0.0);
  EXPECT_EQ(found.at("global all rmse").high, 0.0);
  EXPECT_NEAR(found.at("global all nse").value, 1.0, 1e-15);
  EXPECT_FALSE(found.contains("global all spread_skill"));     // nothing to divide by
  EXPECT_FALSE(found.contains("global all skill_open_loop"));  // which is perfect, too
  EXPECT_EQ(found.at("global all skill_climatology").value, 1.0);
}

TEST_F(Verification, OneMemberHasNoSpreadAndNoFairScore) {
  const Rows found = analysis(noisy(10, 1), {{"low", true, true, 20.0}});
  for (const char* score : {"spread", "spread_skill", "coverage90", "crps_fair"})
    EXPECT_FALSE(found.contains("global all " + std::string(score))) << score;
  EXPECT_TRUE(found.contains("global all crps"));  // the mean absolute error
  EXPECT_TRUE(found.contains("global all roc_area"));
}

TEST_F(Verification, ClimatologyIsTheSeasonOfEachCellAndAnomaliesAreFromIt) {
  Script s = noisy(456);  // ten years
  const auto season = [&s](int r, int c) {
    const double years = double((s.times[std::size_t(r)] - s.times[0])) / (365.2425 * double(seconds_per_day));
    return 3.0 * (c + 1) * std::sin(2.0 * 3.14159265358979 * years + c);
  };
  s.truth = [&](int r, int c) { return season(r, c) + 2.0 * drawn(r, c, 9, 0); };
  s.member = [&](int r, int c, int, int) { return season(r, c) + 1.2 * drawn(r, c, 9, 0) + 1.6 * drawn(r, c, 8, 0); };
  const RecordSums of = sums(s, {}, 1);
  std::map<std::string, double> climatology, analysis;
  for (const ScoreEntry& e : rows(of)) {
    if (e.region != "global" || e.pft != "all" || e.season != "all") continue;
    auto& scores = e.source == "climatology" ? climatology : analysis;
    scores[std::string(score_names[std::size_t(e.score)])] = e.value;
  }
  const double tolerance = 4.0 / std::sqrt(4.0 * 456.0);
  EXPECT_NEAR(climatology["rmse"], 2.0, 2.0 * tolerance);
  EXPECT_NEAR(climatology["spread"], 2.0, 2.0 * tolerance);
  EXPECT_NEAR(climatology["coverage90"], 0.9, 0.3 * tolerance);
  EXPECT_NEAR(climatology["crps"], 2.0 / std::sqrt(3.14159265358979), 2.0 * tolerance);
  EXPECT_GT(analysis["r"], 0.9);  // both know the season
  EXPECT_NEAR(analysis["anomaly_r"], 0.6, tolerance);
  EXPECT_NEAR(analysis["skill_climatology"], 1.0 - (0.8 * 0.8 + 1.6 * 1.6) / 4.0, tolerance);
}

TEST_F(Verification, SkillIsThatAgainstTheOpenLoopOnTheSameCases) {
  Script s = noisy(12);
  s.truth = [](int r, int c) { return std::sin(r + c); };
  s.member = [&](int r, int c, int source, int) { return s.truth(r, c) + (source == 0 ? 2.0 : 1.0); };
  const Rows found = analysis(s);
  EXPECT_NEAR(found.at("global all skill_open_loop").value, 0.75, 1e-12);
  EXPECT_NEAR(found.at("global all r").value, 1.0, 1e-12);
  EXPECT_NEAR(found.at("tropics all bias").value, 1.0, 1e-12);
}

TEST_F(Verification, EventsAreThoseOfEachCellsOwnPercentile) {
  Script s = noisy(40, 4);
  s.truth = [](int r, int c) { return 100.0 * c + (r * 7) % 40; };  // each cell 0 ... 39 above its own level
  s.member = [&](int r, int c, int, int k) { return s.truth(r, c) + (k == 0 ? 1000.0 : -0.9); };
  const RecordSums of =
      sums(s, {{"low", true, true, 20.0}, {"high", false, true, 80.0}, {"fixed", true, false, 200.0}});
  const std::size_t at = 1 * of.events.size();  // global, analysis
  // Below the 20 % percentile of 0 ... 39, which is 7.8: 8 values, and by members 0.9 lower one more.
  const EventCounts& low = of.cases[at];
  EXPECT_EQ(low.hits, (std::vector<double>{0, 0, 0, 4 * 8, 0}));
  EXPECT_EQ(low.misses, (std::vector<double>{4 * 31, 0, 0, 4, 0}));
  const EventCounts& high = of.cases[at + 1];  // above 31.2
  EXPECT_EQ(high.hits, (std::vector<double>{0, 4, 0, 0, 4 * 7}));
  EXPECT_EQ(high.misses, (std::vector<double>{0, 4 * 32, 0, 0, 0}));
  const EventCounts& fixed = of.cases[at + 2];  // two cells, and a member of one value of a third
  EXPECT_EQ(fixed.hits, (std::vector<double>{0, 0, 0, 80, 0}));
  EXPECT_EQ(fixed.misses, (std::vector<double>{79, 0, 0, 1, 0}));
}

TEST_F(Verification, ChangeAgainstTheControlIsPositiveWhereTheLossIsSmaller) {
  Script s = noisy(30);
  s.member = [&](int r, int c, int source, int k) {
    return s.truth(r, c) + (source == 0 ? 2.0 : 0.5) * drawn(r, c, 3, 0) + 0.1 * k - 0.25;
  };
  std::map<std::string, ScorecardEntry> card;
  for (const ScorecardEntry& e : scorecard_rows(comm, sums(s), groups, variable, plan, "open_loop")) {
    EXPECT_EQ(e.experiment, "analysis");
    card[e.region + " " + std::string(score_names[std::size_t(e.score)])] = e;
  }
  EXPECT_NEAR(card.at("global rmse").change, 0.75, 1e-12);
  EXPECT_TRUE(card.at("global rmse").significant);
  EXPECT_GT(card.at("global r").change, 0.0);
  EXPECT_FALSE(card.contains("sea rmse"));
  EXPECT_TRUE(scorecard_rows(comm, sums(s), groups, variable, plan, "no_such").empty());
}

}  // namespace
}  // namespace tilth
