#include "model_runs_case.hpp"

#include "core/base/error.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/spin_up.hpp"
#include "driver/window_forecast.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using test::RunsCase;

constexpr auto each = ModelRunOptions::Start::each;

/// What a forecast of the whole period predicts for the first observations of a site, members as columns.
Matrix forecast(const RunsCase& c, int site, const Matrix& z) {
  const Domain& domain = c.runs->domain();
  Members members(domain, {int(z.rows()), 0, 5});
  for (int k = 0; k < int(members.parameters.uncertain().size()); ++k)
    for (int unit = 0; unit < members.parameters.units(k); ++unit) {
      const UncertainParameter& u = members.parameters.uncertain()[std::size_t(k)];
      const ParameterDefinition& d = members.parameters.definitions()[std::size_t(u.definition)];
      const double centre = d.transform.to_unconstrained(d.value[std::size_t(unit)]);
      for (Index m = 0; m < z.rows() && d.varies(unit); ++m)
        members.parameters.row(k, unit)[std::size_t(m)] = centre + u.sd * z(m, k);
    }
  members.parameters.refresh();
  SpinUp(members, c.experiment.time.start).run([](std::int64_t, std::int64_t) {});
  ObsTable obs = Simulator(domain).visits(c.experiment.time.start, c.experiment.time.end, members.size());
  Products products(product_definitions(domain.model->traits().layout), domain.columns(), members.size());
  forecast_window(members, c.experiment.time.start, c.experiment.time.end, obs, products);
  const auto& records = c.runs->observations(site);
  Matrix out = Matrix::Constant(z.rows(), Index(records.size()), std::nan(""));
  for (std::size_t i = 0; i < records.size(); ++i)
    for (std::size_t o = 0; o < obs.size(); ++o)
      if (obs.id[o] == records[i].id && obs.type[o] == records[i].type && obs.point[o] == records[i].point)
        for (Index m = 0; m < z.rows(); ++m) out(m, Index(i)) = obs.predictions(o)[m];
  return out;
}

class ModelRunsOf : public testing::TestWithParam<const char*> {};

TEST_P(ModelRunsOf, PredictWhatAForecastPredictsToTheBit) {
  const std::string unbiased = R"(
observations:
  - {name: gpp, operator: {gpp: {}}, simulate: {}}
  - {name: sm, operator: {surface_soil_moisture: {}}, simulate: {every: 2 days}}
  - {name: lai, operator: {lai: {}}, simulate: {every: 3 days}, assimilate: false}
)";
  const RunsCase c(test::runs_yaml(GetParam(), test::three_parameters + unbiased), RunsCase::quick(each));
  const Matrix z = c.sets(3);
  for (int site = 0; site < c.runs->sites(); ++site) {
    const Matrix expected = forecast(c, site, z);
    const SiteRun run = c.runs->run(site, z, RunReach::observations);
    ASSERT_GT(run.predictions.cols(), 50);
    EXPECT_TRUE(test::same(run.predictions, expected)) << site << "\n" << run.predictions - expected;
  }
}

TEST_P(ModelRunsOf, DoNotDependOnTheSetsBeside) {
  const RunsCase c(test::runs_yaml(GetParam(), test::three_parameters + test::four_streams));
  const Matrix z = c.sets(11);
  const SiteRun all = c.runs->run(2, z, RunReach::series),
                few = c.runs->run(2, z.middleRows(4, 3), RunReach::observations);
  EXPECT_TRUE(test::same(all.predictions.middleRows(4, 3), few.predictions));
  const SiteRun one = c.runs->run(2, z.row(10), RunReach::series);
  EXPECT_TRUE(test::same(all.predictions.row(10), one.predictions));
  ASSERT_EQ(all.series.size(), 4u);
  for (int s = 0; s < 4; ++s) EXPECT_TRUE(test::same(all.series[std::size_t(s)].row(10), one.series[std::size_t(s)]));
  EXPECT_FALSE(test::same(all.predictions.row(0), all.predictions.row(1)));
}

TEST_P(ModelRunsOf, GiveDailyValuesOfEveryStream) {
  const RunsCase c(test::runs_yaml(GetParam(), test::three_parameters + test::four_streams));
  const SiteRun run = c.runs->run(0, c.sets(2), RunReach::series);
  const auto& records = c.runs->observations(0);
  for (const Matrix& series : run.series) EXPECT_EQ(series.cols(), 30);
  int compared = 0;
  for (std::size_t i = 0; i < records.size(); ++i) {  // the tower is there every day and all day
    if (records[i].type != 0) continue;
    const Index day = (records[i].begin - c.runs->begin()) / seconds_per_day;
    EXPECT_EQ(run.series[0](1, day), run.predictions(1, Index(i)));
    ++compared;
  }
  EXPECT_EQ(compared, 30);
}

INSTANTIATE_TEST_SUITE_P(Tiers, ModelRunsOf, testing::Values("daily", "hourly"));

TEST(ModelRuns, SortObservationsAndSayWhichTrain) {
  ModelRunOptions options = RunsCase::quick();
  options.training = {{time_of(2018, 5, 1), time_of(2018, 5, 16)}};
  RunsCase c(test::runs_yaml("daily", test::three_parameters + test::four_streams), options);
  c.runs->observe(c.comm, Matrix::Zero(3, 5), 7);
  int used = 0;
  for (std::size_t i = 1; i < c.runs->observations(1).size(); ++i) {
    const ObsRecord &a = c.runs->observations(1)[i - 1], &b = c.runs->observations(1)[i];
    EXPECT_LE(std::tuple(a.type, middle(a.begin, a.end), a.id), std::tuple(b.type, middle(b.begin, b.end), b.id));
    EXPECT_EQ((b.flag & qc_withheld) != 0, b.type == 2 || b.begin >= time_of(2018, 5, 16));
    used += b.flag == qc_used;
  }
  EXPECT_GT(used, 30);
}

TEST(ModelRuns, EndAfterTheLastObservationThatTrainsWhereNoMoreIsAskedFor) {
  ModelRunOptions options = RunsCase::quick();
  options.training = {{time_of(2018, 5, 1), time_of(2018, 5, 16)}};
  RunsCase c(test::runs_yaml("daily", test::three_parameters + test::four_streams), options);
  const Matrix z = c.sets(3);
  EXPECT_TRUE(c.runs->run(1, z, RunReach::training).predictions.isZero(0.0));  // nothing is observed yet
  c.runs->observe(c.comm, Matrix::Zero(3, 5), 7);
  const Matrix all = c.runs->run(1, z, RunReach::observations).predictions;
  const Matrix early = c.runs->run(1, z, RunReach::training).predictions;
  int seen = 0, later = 0;
  for (std::size_t i = 0; i < c.runs->observations(1).size(); ++i) {
    const bool before = c.runs->observations(1)[i].begin < time_of(2018, 5, 16);
    const Matrix expected = before ? Matrix(all.col(Index(i))) : Matrix(Matrix::Zero(3, 1));
    EXPECT_TRUE(test::same(early.col(Index(i)), expected)) << i;
    ++(before ? seen : later);
  }
  EXPECT_GT(seen, 30);
  EXPECT_GT(later, 30);
}

TEST(ModelRuns, ObserveATruthWithKeyedNoise) {
  const std::string yaml = test::runs_yaml("daily", test::three_parameters + test::four_streams);
  RunsCase a(yaml), b(yaml), exact(yaml);
  for (const ObsRecord& r : a.runs->observations(0)) EXPECT_TRUE(r.flag & qc_bad_value);
  const Matrix truth = a.sets(3);
  a.runs->observe(a.comm, truth, 7);
  b.runs->observe(b.comm, truth, 7);
  exact.runs->observe(exact.comm, truth, 7, 0.0);
  const Matrix predicted = a.runs->run(1, truth.row(1), RunReach::observations).predictions;
  double sum = 0.0;
  for (std::size_t i = 0; i < a.runs->observations(1).size(); ++i) {
    const ObsRecord &x = a.runs->observations(1)[i], &y = exact.runs->observations(1)[i];
    EXPECT_EQ(x.flag & ~std::uint32_t(qc_withheld), qc_used);
    EXPECT_EQ(x.value, b.runs->observations(1)[i].value);
    EXPECT_EQ(y.value, predicted(0, Index(i)));
    sum += std::pow((x.value - y.value) / x.error_sd, 2);
  }
  const double n = double(a.runs->observations(1).size());
  EXPECT_NEAR(sum / n, 1.0, 4.0 * std::sqrt(2.0 / n));
}

TEST(ModelRuns, LeaveOutForAllSetsWhatThePriorFlags) {
  std::string yaml = test::runs_yaml("daily", test::three_parameters + test::four_streams);
  const auto replace = [&](const std::string& from, const std::string& to) {
    yaml.replace(yaml.find(from), from.size(), to);
  };
  replace("lat: 50", "lat: 65");
  replace("start: 2018-05-01, end: 2018-05-31", "start: 2018-01-01, end: 2018-01-31");
  RunsCase c(yaml);
  c.runs->observe(c.comm, Matrix::Zero(3, 5), 7);
  int flagged = 0;
  for (const ObsRecord& r : c.runs->observations(0)) flagged += (r.flag & qc_snow) != 0;
  EXPECT_GT(flagged, 10);
  EXPECT_TRUE(c.runs->run(0, c.sets(2), RunReach::observations).predictions.allFinite());
}

/// Places on a circle, with a parameter that can make them blow up.
const std::string circle = R"(
grid: {replicas: 2}
model: {lorenz96: {}}
time: {start: 2018-07-01, end: 2018-07-11, window: 1 day}
control: {parameters: {F: {}}}
observations: [{name: x, operator: {state_value: {variable: x, every: 8}}, simulate: {}}]
)";

TEST(ModelRuns, GiveNotANumberForASetThatFailsAndKeepTheOthers) {
  ModelRunOptions options = RunsCase::quick();
  options.bounds_sd = 1000.0;
  const RunsCase c(circle, options);
  Matrix z(3, 1);
  z << 0.5, 950.0, -0.5;
  const SiteRun run = c.runs->run(1, z, RunReach::series);
  ASSERT_EQ(run.predictions.cols(), 50);
  EXPECT_TRUE(run.predictions.row(1).array().isNaN().all());
  EXPECT_TRUE(run.series[0].row(1).array().isNaN().all());
  for (const int k : {0, 2}) {
    EXPECT_TRUE(run.predictions.row(k).allFinite());
    EXPECT_TRUE(test::same(run.predictions.row(k), c.runs->run(1, z.row(k), RunReach::observations).predictions));
  }
  EXPECT_NE(c.runs->without_derivatives().find("lorenz96"), std::string::npos);
}

TEST(ModelRuns, StartFromOtherDefaultsWhereTheyAreGiven) {
  ModelRunOptions options = RunsCase::quick();
  options.defaults = {
      {"lma", "GR3", "", 40.0, "table"}, {"lma", "GR3", "S2", 45.0, "table"}, {"kphio", "", "S0", 0.07, "t"}};
  const std::string yaml = test::runs_yaml("daily", test::three_parameters + test::four_streams);
  const RunsCase moved(yaml, options), plain(yaml);
  const auto at = [](const RunsCase& c, int site, int parameter) { return c.runs->physical(site, parameter, 0.0); };
  EXPECT_DOUBLE_EQ(at(moved, 1, 1), 40.0);
  EXPECT_DOUBLE_EQ(at(moved, 2, 1), 45.0);
  EXPECT_DOUBLE_EQ(at(moved, 0, 0), 0.07);
  EXPECT_EQ(at(moved, 0, 1), at(plain, 0, 1));
  EXPECT_FALSE(test::same(moved.runs->run(1, Matrix::Zero(1, 5), RunReach::observations).predictions,
                          plain.runs->run(1, Matrix::Zero(1, 5), RunReach::observations).predictions));
  options.defaults = {{"lma", "GR3", "S9", 40.0, "table.csv, line 3"}};
  EXPECT_THROW(RunsCase(yaml, options), Error);
  options.defaults = {{"lma", "GR3", "", 1e9, "table.csv, line 3"}};
  EXPECT_THROW(RunsCase(yaml, options), Error);
}

TEST(ModelRuns, BoundTheCoordinatesByPriorAndPhysics) {
  const RunsCase c(test::runs_yaml("daily", test::three_parameters + test::four_streams));
  for (int site = 0; site < 3; ++site) {
    const calibration::Box box = c.runs->box(site);
    for (int k = 0; k < 5; ++k) {
      EXPECT_GE(box.lower[k], -3.0);
      EXPECT_LE(box.upper[k], 3.0);
      const ParameterDefinition& d =
          c.runs->domain().parameters[std::size_t(c.runs->parameters()[std::size_t(k)].definition)];
      const double low = c.runs->physical(site, k, box.lower[k]), high = c.runs->physical(site, k, box.upper[k]);
      EXPECT_TRUE(low > d.lower && low < high && high < d.upper) << d.name;
      EXPECT_EQ(c.runs->physical(site, k, box.upper[k] + 1.0) > d.upper, false);
    }
  }
}

TEST(ModelRuns, MultiplyPoolsAtTheStartByDisequilibrium) {
  const std::string yaml = test::runs_yaml("daily",
                                           "control: {parameters: {eta_soil_fast: {sd: 0.5}}}\n"
                                           "observations: [{name: reco, operator: {reco: {}}, simulate: {}}]\n");
  const RunsCase once(yaml), own(yaml, RunsCase::quick(each));
  Matrix z(3, 1);
  z << 0.0, 1.0, -1.0;
  const SiteRun run = once.runs->run(0, z, RunReach::observations);
  EXPECT_GT(run.predictions(1, 0), 1.05 * run.predictions(0, 0));
  EXPECT_LT(run.predictions(2, 0), 0.95 * run.predictions(0, 0));
  EXPECT_TRUE(
      test::same(run.predictions, own.runs->run(0, z, RunReach::observations).predictions));  // it moves no equilibrium
}

TEST(ModelRuns, RefuseAnExperimentWithNothingToCalibrate) {
  const std::string tower = "observations: [{name: gpp, operator: {gpp: {}}, simulate: {}}]\n";
  EXPECT_THROW(RunsCase(test::runs_yaml("daily", tower)), Error);
}

}  // namespace
}  // namespace tilth
