#include "driver/window_analysis.hpp"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "driver/diagnostics.hpp"
#include "parallel/driver/small_window.hpp"

namespace tilth {
namespace {

using test::bits;
using test::column_values;
using test::leaf_area;
using test::observations_at;
using test::shared_rows;
using test::SmallRun;
using test::Window;

const std::string setup =
    "control: {parameters: {kphio: {scope: pft}, lma: {scope: column}, sif_scale: {scope: global}}}\n"
    "analysis: {inflation: {rtps: 0.3}}\n"
    "observations:\n"
    "  - {name: lai, operator: {lai: {}}, files: [none.nc], half_width_km: 300}\n"
    "  - {name: sm, operator: {surface_soil_moisture: {}}, files: [none.nc], half_width_km: 300}\n";

TEST(WindowAnalysis, WithoutUsedObservationsEqualsTheForecastBitForBit) {
  const Comm comm = Comm::world();
  for (const std::uint32_t flag : {std::uint32_t(qc_used), std::uint32_t(qc_withheld), std::uint32_t(qc_bad_value)}) {
    const std::vector<std::int64_t> points =
        flag == qc_used ? std::vector<std::int64_t>{} : std::vector<std::int64_t>{0, 1, 2};
    Window w(comm, test::options(setup), [&](const Domain& d) { return leaf_area(d, points, flag); });
    const auto before = w.everything();
    const AnalysisSummary summary = w.analyse();
    EXPECT_EQ(bits(w.everything()), bits(before)) << flag;
    EXPECT_EQ(summary.updated_columns, 0);
    EXPECT_EQ(summary.water_increment_kg_m2, 0.0);
    EXPECT_EQ(summary.carbon_increment_g_m2, 0.0);
  }
}

TEST(WindowAnalysis, IsNotInfluencedByWithheldObservations) {
  const Comm comm = Comm::world();
  Window used(comm, test::options(setup), [&](const Domain& d) { return leaf_area(d, {0, 2}); });
  Window both(comm, test::options(setup), [&](const Domain& d) {
    ObsTable obs = leaf_area(d, {0, 2, 0, 1, 2, 3});
    for (std::size_t i = 0; i < obs.size(); ++i)
      if (obs.id[i] >= 2) obs.flag[i] = qc_withheld, obs.value[i] = 6.0;
    return obs;
  });
  const auto before = used.everything();
  used.analyse();
  both.analyse();
  EXPECT_EQ(bits(used.everything()), bits(both.everything()));
  EXPECT_TRUE(comm.any(bits(used.everything()) != bits(before)));
}

TEST(WindowAnalysis, UpdatesOnlyColumnsWithinReach) {
  const Comm comm = Comm::world();
  Window w(comm, test::options(setup), [&](const Domain& d) { return leaf_area(d, {0}); });
  std::vector<std::vector<double>> before;
  for (int c = 0; c < w.run.domain.columns(); ++c) before.push_back(column_values(*w.members, c));
  EXPECT_EQ(w.analyse().updated_columns, 1);
  for (int c = 0; c < w.run.domain.columns(); ++c) {
    const auto after = column_values(*w.members, c);
    EXPECT_EQ(bits(after) == bits(before[c]), w.run.domain.grid.points[c].id != 0);
  }
}

TEST(WindowAnalysis, DoesNotReadPaddingLanes) {
  const Comm comm = Comm::world();
  auto observe = [](const Domain& d) { return leaf_area(d, {0, 1, 2, 3}); };
  Window clean(comm, test::options(setup), observe), scribbled(comm, test::options(setup), observe);
  for (std::size_t i = 0; i < scribbled.obs.size(); ++i)
    std::fill(scribbled.obs.predictions(i) + 6, scribbled.obs.predictions(i) + padded(6), 1e3);
  for (int c = 0; c < scribbled.run.domain.columns(); ++c) {
    const ColumnView column = scribbled.members->state.column(c);
    for (int t = 0; t < column.tiles(); ++t)
      for (int r = 0; r < column.rows(); ++r)
        std::fill(column.row(t, r) + 6, column.row(t, r) + padded(6), column.row(t, r)[0]);
  }
  const auto a = clean.analyse(), b = scribbled.analyse();
  EXPECT_EQ(a.water_increment_kg_m2, b.water_increment_kg_m2);
  EXPECT_EQ(a.clipped, b.clipped);
  for (int c = 0; c < clean.run.domain.columns(); ++c) {
    const ColumnView x = clean.members->state.column(c), y = scribbled.members->state.column(c);
    for (int t = 0; t < x.tiles(); ++t)
      for (int r = 0; r < x.rows(); ++r)
        for (int k = 0; k < 6; ++k)
          ASSERT_EQ(std::bit_cast<std::uint64_t>(x.row(t, r)[k]), std::bit_cast<std::uint64_t>(y.row(t, r)[k]));
  }
}

TEST(WindowAnalysis, HasTheSameBitsForAnyNumberOfRanks) {
  const Comm comm = Comm::world(), self = Comm::self();
  auto observe = [](const Domain& d) {
    ObsTable obs = leaf_area(d, {0, 1, 2, 3, 1});
    for (std::size_t i = 0; i < obs.size(); ++i)
      if (obs.id[i] == 4) obs.type[i] = 1, obs.value[i] = 0.2, obs.error_sd[i] = 0.05;
    return obs;
  };
  Window all(comm, test::options(setup), observe), alone(self, test::options(setup), observe);
  const AnalysisSummary a = all.analyse(), b = alone.analyse();
  EXPECT_EQ(a.water_increment_kg_m2, b.water_increment_kg_m2);
  EXPECT_EQ(a.carbon_increment_g_m2, b.carbon_increment_g_m2);
  EXPECT_EQ(a.updated_columns, b.updated_columns);
  EXPECT_EQ(bits(shared_rows(all.members->parameters)), bits(shared_rows(alone.members->parameters)));
  for (int c = 0; c < all.run.domain.columns(); ++c)
    for (int o = 0; o < alone.run.domain.columns(); ++o)
      if (all.run.domain.grid.points[c].id == alone.run.domain.grid.points[o].id) {
        EXPECT_EQ(bits(column_values(*all.members, c)), bits(column_values(*alone.members, o)));
      }
}

TEST(WindowAnalysis, RefusesStatesThatItCannotUpdate) {
  const Comm comm = Comm::world();
  auto rows = [&](const std::string& states) {
    SmallRun run(comm, test::options("control: {states: [" + states + "]}\n"));
    return control_rows(run.experiment, run.domain.model->traits());
  };
  EXPECT_EQ(rows("none").size(), 0u);
  EXPECT_EQ(rows("soil_moisture").size(), 8u);
  EXPECT_GT(rows("").size(), 8u);
  EXPECT_THROW(rows("soil_moistur"), Error);
  EXPECT_THROW(rows("gpp"), Error);  // diagnosed
}

TEST(CheckObservations, FlagsDeparturesAndReportsPriorStatistics) {
  const Comm comm = Comm::world();
  Window w(comm, test::options(setup), [&](const Domain& d) {
    ObsTable obs = leaf_area(d, {0, 0, 0});
    for (std::size_t i = 0; i < obs.size(); ++i) obs.value[i] = obs.id[i] == 1 ? 1e6 : obs.value[i];
    for (std::size_t i = 0; i < obs.size(); ++i)  // outside the first window: no prediction
      if (obs.id[i] == 2) obs.begin[i] = obs.end[i] = time_of(2019, 1, 1);
    return obs;
  });
  for (std::size_t i = 0; i < w.feedback.size(); ++i) {
    double mean = 0.0, square = 0.0;
    for (int k = 0; k < 6; ++k) mean += w.obs.predictions(i)[k] / 6.0;
    for (int k = 0; k < 6; ++k) square += std::pow(w.obs.predictions(i)[k] - mean, 2) / 5.0;
    const std::uint32_t expected[] = {qc_used, qc_background, qc_no_prediction};
    EXPECT_EQ(w.feedback.flag[i], expected[w.feedback.id[i]]);
    if (w.feedback.id[i] == 2) {
      EXPECT_TRUE(std::isnan(w.feedback.prior_mean[i]));
      continue;
    }
    EXPECT_NEAR(w.feedback.prior_mean[i], mean, 1e-14);
    EXPECT_NEAR(w.feedback.prior_sd[i], std::sqrt(square), 1e-14);
  }
}

TEST(Diagnostics, KeepEveryNumberThroughARestart) {
  const Comm comm = Comm::world();
  Window w(comm, test::options(setup), [&](const Domain& d) { return leaf_area(d, {0, 1, 2}); });
  Diagnostics diagnostics(w.run.domain), other(w.run.domain);
  diagnostics.add(0, w.run.experiment.window_end(0), w.feedback, w.analyse());
  diagnostics.add_parameters(0, w.run.experiment.window_end(0), *w.members);
  const auto numbers = diagnostics.numbers();
  other.restore(numbers);
  EXPECT_EQ(bits(other.numbers()), bits(numbers));
  EXPECT_EQ(other.used(), diagnostics.used());
  EXPECT_GT(other.used(), 0);
  EXPECT_THROW(other.restore({numbers.begin(), numbers.end() - 1}), Failure);
  const Comm self = Comm::self();
  Window alone(self, test::options(setup), [&](const Domain& d) { return leaf_area(d, {0, 1, 2}); });
  Diagnostics same(alone.run.domain);
  same.add(0, alone.run.experiment.window_end(0), alone.feedback, alone.analyse());
  same.add_parameters(0, alone.run.experiment.window_end(0), *alone.members);
  EXPECT_EQ(bits(same.numbers()), bits(numbers));
}

}  // namespace
}  // namespace tilth
