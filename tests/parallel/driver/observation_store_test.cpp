#include "driver/observation_store.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/observation_file.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

struct Row {
  double lon, lat;
  int day;  // after the start
  double value;
};

/// Writes observations of a day each, dealt to the ranks one by one. Collective.
std::string written(const Comm& comm, const std::string& name, const std::vector<Row>& rows) {
  ObservationSeries s;
  for (std::size_t i = std::size_t(comm.rank()); i < rows.size(); i += std::size_t(comm.size())) {
    s.row.push_back(std::int64_t(i));
    s.begin.push_back(time_of(2018, 7, 1) + rows[i].day * seconds_per_day);
    s.end.push_back(s.begin.back() + seconds_per_day);
    s.lon.push_back(rows[i].lon), s.lat.push_back(rows[i].lat);
    s.value.push_back(rows[i].value), s.error_sd.push_back(0.5), s.flag.push_back(0);
  }
  const std::string path = test::scratch_folder(comm) + "/" + name;
  write_observations(comm, path, s, {"value", "1", "leaf_area_index", "leaf area index"});
  return path;
}

std::string stream(const std::string& path, const std::string& more = "") {
  return "{name: lai, operator: {lai: {}}, files: [" + path + "], reach_km: 50" + more + "}";
}

std::string with(const std::vector<std::string>& streams) {
  std::string yaml = "observations:\n";
  for (const auto& s : streams) yaml += "  - " + s + "\n";
  return test::options(yaml);
}

/// Id, point, stream, middle, value and flag of all ranks' records, sorted by id: what must not depend on ranks.
std::vector<std::vector<double>> everything(const Comm& comm, const ObservationStore& store) {
  std::vector<double> mine;
  for (const ObsRecord& r : store.records())
    mine.insert(mine.end(), {double(r.id), double(r.point), double(r.type), double(middle(r.begin, r.end).seconds),
                             r.value, double(r.flag)});
  const auto all = comm.all_gather(std::span<const double>(mine));
  std::vector<std::vector<double>> rows;
  for (std::size_t i = 0; i < all.size(); i += 6) rows.emplace_back(all.begin() + i, all.begin() + i + 6);
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::vector<Row> daily_values(double lon, double lat, int days) {
  std::vector<Row> rows;
  for (int d = 0; d < days; ++d) rows.push_back({lon, lat, d, 1.0 + 0.1 * d});
  return rows;
}

TEST(ObservationStore, ShiftsLocalTimesOfFilesToUtc) {
  const Comm comm = Comm::world();
  const std::string path = written(comm, "local.nc", {{10.1, 50.1, 1, 1.0}});
  SmallRun run(comm, with({stream(path, ", time_shift: 7 hours")}));
  const auto rows = everything(comm, ObservationStore::read(run.domain, {{}}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0][3], double((time_of(2018, 7, 2) + (7 + 12) * 3600).seconds));
}

TEST(ObservationStore, BringsEveryObservationToTheOwnerOfItsColumn) {
  const Comm comm = Comm::world();
  const std::string path =
      written(comm, "routing.nc", {{10.1, 50.1, 0, 1}, {-60, -20, 2, 2}, {0, 0, 3, 3}, {130, -25, 5, 4}});
  SmallRun run(comm, with({stream(path)}));
  const auto store = ObservationStore::read(run.domain, {{}});
  for (const ObsRecord& r : store.records()) {
    EXPECT_EQ(r.column < 0 ? -1 : run.domain.grid.points[r.column].id, r.point);
    EXPECT_EQ(r.flag, r.column < 0 ? qc_outside_domain : qc_used);
  }
  const auto rows = everything(comm, store);
  ASSERT_EQ(rows.size(), 4u);
  const std::vector<double> points{0, 2, -1, 3};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(rows[i][1], points[i]);
    EXPECT_EQ(rows[i][4], i + 1.0);
  }
  EXPECT_EQ(store.files(), (std::vector<std::string>{path}));
}

TEST(ObservationStore, IsTheSameForAnyNumberOfRanks) {
  const Comm comm = Comm::world(), self = Comm::self();
  auto values = daily_values(10, 50, 14);
  for (const Row& r : daily_values(130, -25, 9)) values.push_back(r);
  values.push_back({0, 0, 3, 3});
  values.push_back({0, 1, 12, 3});
  const std::string path = written(comm, "ranks.nc", values);
  for (const char* more : {"", ", withhold_last: 0.4", ", average: 3 days", ", average: 3 days, withhold_last: 0.5"}) {
    SmallRun run(comm, with({stream(path, more)})), alone(self, with({stream(path, more)}));
    EXPECT_EQ(everything(comm, ObservationStore::read(run.domain, {{}})),
              everything(self, ObservationStore::read(alone.domain, {{}})))
        << more;
  }
}

TEST(ObservationStore, DealsObservationsToWindowsByTheirMiddle) {
  const Comm comm = Comm::world();
  const std::string path = written(comm, "windows.nc", daily_values(10, 50, 14));
  SmallRun run(comm, with({stream(path)}));
  const auto store = ObservationStore::read(run.domain, {{}});
  std::vector<std::int64_t> counts;
  for (std::int64_t w = 0; w < run.experiment.windows(); ++w) {
    const ObsTable t = store.window(run.experiment.window_begin(w), run.experiment.window_end(w), 6);
    EXPECT_TRUE(std::is_sorted(t.id.begin(), t.id.end()));
    EXPECT_EQ(t.members, 6);
    counts.push_back(comm.sum(std::int64_t(t.size())));
  }
  EXPECT_EQ(counts, (std::vector<std::int64_t>{4, 4, 4, 2}));
}

TEST(ObservationStore, AveragesWholeIntervalsWithAQuarterOfTheirDays) {
  const Comm comm = Comm::world();
  std::vector<Row> values = daily_values(10, 50, 4);  // 1.0 1.1 1.2 1.3 in the first week
  values.push_back({10, 50, 9, 7.0});                 // one day in the second
  SmallRun run(comm, with({stream(written(comm, "average.nc", values), ", average: 7 days")}));
  const auto rows = everything(comm, ObservationStore::read(run.domain, {{}}));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_NEAR(rows[0][4], 1.15, 1e-15);
  EXPECT_EQ(rows[0][3], double((time_of(2018, 7, 1) + 2 * seconds_per_day).seconds));
}

TEST(ObservationStore, CountsTheDaysOfAnAverageNotItsValues) {
  const Comm comm = Comm::world();
  const std::vector<Row> values(20, {10, 50, 3, 2.0});  // twenty values of one day
  SmallRun run(comm, with({stream(written(comm, "oneday.nc", values), ", average: 7 days")}));
  EXPECT_TRUE(everything(comm, ObservationStore::read(run.domain, {{}})).empty());
}

TEST(ObservationStore, WithholdsTheEndOfEveryPlace) {
  const Comm comm = Comm::world();
  SmallRun run(comm, with({stream(written(comm, "withheld.nc", daily_values(10, 50, 10)), ", withhold_last: 0.3")}));
  const auto rows = everything(comm, ObservationStore::read(run.domain, {{}}));
  ASSERT_EQ(rows.size(), 10u);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(rows[i][5], i >= 7 ? double(qc_withheld) : 0.0) << i;
}

TEST(ObservationStore, FlagsImplausibleValuesAndStreamsThatAreOnlyScored) {
  const Comm comm = Comm::world();
  SmallRun run(comm,
               with({stream(written(comm, "bad.nc", {{10, 50, 1, -3.0}, {10, 50, 2, 1.0}}), ", assimilate: false")}));
  const auto rows = everything(comm, ObservationStore::read(run.domain, {{}}));
  EXPECT_EQ(rows[0][5], double(qc_bad_value | qc_withheld));
  EXPECT_EQ(rows[1][5], double(qc_withheld));
}

TEST(ObservationStore, RefusesStreamsWithoutAnyUseOnAllRanks) {
  const Comm comm = Comm::world();
  const std::string sea = written(comm, "sea.nc", {{0, 0, 1, 1.0}}),
                    late = written(comm, "late.nc", {{10, 50, 40, 1.0}});
  for (const std::string& path : {sea, late, std::string("nowhere_*.nc")}) {
    SmallRun run(comm, with({stream(path)}));
    EXPECT_THROW(ObservationStore::read(run.domain, {{}}), Error) << path;
  }
}

}  // namespace
}  // namespace tilth
