#include "driver/verify/observation_cases.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/obs/obs_table.hpp"
#include "driver/verify/groups.hpp"
#include "driver/verify/record_sums.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

const std::string streams = R"(
observations:
  - {name: lai, operator: {lai: {}}, withhold_last: 0.5, simulate: {}}
  - {name: gpp, operator: {gpp: {}}, assimilate: false, simulate: {}}
)";

/// A row of feedback: what is observed at a point in a window, and what the forecast said.
struct Line {
  std::int64_t id, point;
  std::int32_t stream;
  double value, mean;
  std::uint32_t flag;
};

constexpr double error_sd = 0.5, spread = 1.2;

// Feedback of window w of a part; all its rows are on rank 0.
void write(const test::SmallRun& run, const std::string& part, int w, const std::vector<Line>& lines) {
  FeedbackColumns f;
  const Time begin = run.experiment.window_begin(w);
  if (run.domain.comm->root()) {
    f.resize(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
      f.id[i] = lines[i].id, f.type[i] = lines[i].stream, f.point[i] = lines[i].point, f.value[i] = lines[i].value;
      f.begin[i] = begin, f.end[i] = begin + seconds_per_day, f.error_sd[i] = error_sd, f.flag[i] = lines[i].flag;
      f.lon[i] = f.lat[i] = 0.0, f.weight[i] = 1.0;
      f.prior_mean[i] = f.posterior_mean[i] = lines[i].mean, f.prior_sd[i] = f.posterior_sd[i] = spread;
      f.prior_crps[i] = 0.25, f.prior_crps_fair[i] = 0.125, f.prior_rank[i] = 2.5 / 7.0;
    }
  }
  const std::string folder = part + "/feedback";
  if (run.domain.comm->root()) std::filesystem::create_directories(folder);
  run.domain.comm->barrier();
  write_feedback(*run.domain.comm, folder + "/" + format_time(begin) + ".nc", f,
                 std::vector<std::string>{"lai", "gpp"});
}

/// Two windows at two of four sites; `kept` is withheld of both parts, `used` of none, `bad` is screened.
struct Written {
  explicit Written(const Comm& comm) : run(comm, test::options(streams)) {
    const std::uint32_t kept = qc_withheld, used = qc_used;
    for (const char* part : {"open_loop", "analysis"}) {
      const double shift = part[0] == 'o' ? 1.0 : 0.0;
      const std::string folder = test::scratch_folder(comm) + "/cases/" + part;
      write(run, folder, 0, {{1, 0, 0, 3.0, 4.0 + shift, used}, {2, 0, 1, 5.0, 5.5, kept}, {3, 3, 1, 5.0, 7.0, kept}});
      write(run, folder, 1,
            {{4, 0, 0, 3.0, 3.5 + shift, kept},
             {5, 0, 0, 2.0, 3.0 + shift, kept | qc_background},
             {6, 0, 0, 2.0, 9.0, kept | qc_snow},
             {7, 0, 1, 5.0, 5.0 + 4.0 * shift, kept}});
    }
    const std::string folder = test::scratch_folder(comm) + "/cases/";
    all =
        observation_cases(run.domain, {{"open_loop", folder + "open_loop"}, {"analysis", folder + "analysis"}}, false);
    chosen.resize(2);
    for (std::size_t i = 0; i < all.cases.size(); ++i)
      if (all.has(i, {0, 1}, true)) chosen[std::size_t(all.cases[i].stream)].push_back(i);
    keep_withheld_period(run.domain, all, chosen);
  }
  test::SmallRun run;
  ObservationCases all;
  std::vector<std::vector<std::size_t>> chosen;
};

double cases(const Comm& comm, const std::vector<std::size_t>& chosen) {
  return double(comm.sum(std::int64_t(chosen.size())));
}

TEST(ObservationCases, AreThoseThatNoPartAssimilatesAndNothingScreens) {
  const Comm comm = Comm::world();
  const Written w(comm);
  EXPECT_EQ(cases(comm, w.chosen[0]), 2.0);  // 4 and 5: the check against the forecast screens nothing here
}

TEST(ObservationCases, OfAStreamThatNothingAssimilatesBeginWithTheWithheldPeriodOfTheirPlace) {
  const Comm comm = Comm::world();
  const Written w(comm);
  EXPECT_EQ(cases(comm, w.chosen[1]), 2.0);  // 7, and 3 where nothing else is observed; 2 comes before 4
}

TEST(FeedbackCases, GiveMomentsWithTheErrorOfTheObservationsInTheSpread) {
  const Comm comm = Comm::world();
  const Written w(comm);
  FeedbackCases reader(w.run.domain, w.all, {0, 1}, w.chosen[0]);
  ASSERT_EQ(reader.times().size(), 1u);  // windows without a case are no records
  Groups groups(w.run.domain, "withheld");
  groups.add_towers(reader.tower_names(), reader.tower_columns());
  const RecordSums sums = record_sums(comm, reader, groups, 0, {});
  const auto global = [&](int source) { return scores_of(moments_of(sums.at(0, 0, source), false), 6); };
  const auto at = [](const ScoreValues& v, Score s) { return v[std::size_t(s)]; };
  EXPECT_NEAR(at(global(1), Score::rmse), std::sqrt((0.25 + 1.0) / 2.0), 1e-12);
  EXPECT_NEAR(at(global(0), Score::rmse), std::sqrt((2.25 + 4.0) / 2.0), 1e-12);
  EXPECT_NEAR(at(global(1), Score::spread), spread, 1e-12);
  EXPECT_NEAR(at(global(1), Score::spread_skill),
              std::sqrt((7.0 / 6.0 * spread * spread + error_sd * error_sd) / 0.625), 1e-12);
  EXPECT_NEAR(at(global(1), Score::crps), 0.25, 1e-12);
  EXPECT_EQ(at(global(1), Score::coverage90), 1.0);  // within 1.645 sqrt(1.2^2 + 0.5^2) = 2.14
  EXPECT_EQ(sums.ranks[1][2], 2.0);                  // two members below, both times
  EXPECT_EQ(groups.all()[std::size_t(groups.size() - 1)].reference, "tower:S0");
  EXPECT_EQ(sums.at(0, groups.size() - 1, 1)[RecordSums::stats - 1], 2.0);
}

}  // namespace
}  // namespace tilth
