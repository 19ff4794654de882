#include "driver/parameter_update.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "assim/inflation.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::observations_at;
using test::shared_rows;
using test::SmallRun;

std::string yaml(const std::string& parameters, const std::string& analysis) {
  return test::options("control: {parameters: {" + parameters + "}}\nanalysis: {" + analysis +
                       "}\nobservations:\n  - {name: lai, operator: {lai: {}}, files: [none.nc]}\n");
}

const std::string plain = "parameter_floor: 0, parameter_relaxation: 0, parameter_information: 1";

/// Predictions that follow a row of parameters: hx = factor * row.
void predict(ObsTable& obs, std::span<const double> row, double factor) {
  for (std::size_t i = 0; i < obs.size(); ++i)
    for (int k = 0; k < obs.stride(); ++k)
      obs.predictions(i)[k] = factor * row[std::size_t(std::min(k, obs.members - 1))];
}

void update(const SmallRun& run, Members& members, const ObsTable& obs) {
  const AnyMethod method = run.experiment.analysis.method.make();
  const SharedUpdate move = [&](int, const ObsGram& gram, int n, std::span<double* const> rows) {
    method.local->update(gram, n, rows);
  };
  update_shared_parameters(members, move, false,
                           {&run.experiment.analysis, parameter_spreads(members.parameters), {}, {}}, obs);
}

TEST(ParameterUpdate, WithoutUsedObservationsLeavesEveryBit) {
  const Comm comm = Comm::world();
  SmallRun run(comm,
               yaml("kphio: {scope: pft}, sif_scale: {scope: global}", "parameter_floor: 1, parameter_relaxation: 1"));
  Members members(run.domain, run.role());
  const auto before = shared_rows(members.parameters);
  update(run, members, observations_at(run.domain, {}, 1.0, 0.5, members.size()));
  EXPECT_EQ(shared_rows(members.parameters), before);
  for (const std::uint32_t flag : {qc_withheld, qc_background, qc_outside_domain, qc_no_prediction}) {
    ObsTable obs = observations_at(run.domain, {0, 1, 2}, 1.0, 0.5, members.size(), flag);
    predict(obs, members.parameters.row(0, pft_index("ENB")), 3.0);
    update(run, members, obs);
    EXPECT_EQ(shared_rows(members.parameters), before) << flag;
  }
}

TEST(ParameterUpdate, OfOnePftLeavesTheOthersAlone) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml("kphio: {scope: pft}", plain));
  Members members(run.domain, run.role());
  auto& set = members.parameters;
  const int forest = pft_index("ENB");
  std::vector<std::vector<double>> before;
  for (int pft = 0; pft < pft_count; ++pft) before.emplace_back(set.row(0, pft).begin(), set.row(0, pft).end());
  ObsTable obs = observations_at(run.domain, {0}, 5.0, 0.5, members.size());  // S0 is all forest, S1 all grass
  predict(obs, set.row(0, forest), 1.0);
  update(run, members, obs);
  for (int pft = 0; pft < pft_count; ++pft) {
    const std::vector<double> after(set.row(0, pft).begin(), set.row(0, pft).end());
    if (pft == forest)
      EXPECT_NE(after, before[pft]);
    else
      EXPECT_EQ(after, before[pft]) << pft_names[pft];
  }
}

/// Prior and posterior moments of the forest's parameter after `n` observations with these options.
struct Moments {
  double prior_mean, prior_variance, mean, variance;
};
Moments updated(const Comm& comm, const std::string& analysis, int n, double factor, double value, double error_sd) {
  SmallRun run(comm, yaml("kphio: {scope: pft}", analysis));
  Members members(run.domain, run.role());
  const auto row = members.parameters.row(0, pft_index("ENB"));
  Moments m{member_mean(row), std::pow(member_spread(row), 2), 0.0, 0.0};
  ObsTable obs = observations_at(run.domain, std::vector<std::int64_t>(n, 0), value, error_sd, members.size());
  predict(obs, row, factor);
  update(run, members, obs);
  m.mean = member_mean(row);
  m.variance = std::pow(member_spread(row), 2);
  return m;
}

TEST(ParameterUpdate, GivesTheKalmanAnswerForALinearPrediction) {
  const Comm comm = Comm::world();
  const double factor = 2.0, value = -4.0, sd = 0.3;
  for (const int n : {1, 5}) {
    const Moments m = updated(comm, plain, n, factor, value, sd);
    const double precision = n * factor * factor / (sd * sd);
    const double variance = 1.0 / (1.0 / m.prior_variance + precision);
    const double mean = m.prior_mean + variance * n * factor / (sd * sd) * (value - factor * m.prior_mean);
    EXPECT_NEAR(m.variance, variance, 1e-9 * variance) << n;
    EXPECT_NEAR(m.mean, mean, 1e-9 * std::abs(mean)) << n;
  }
}

TEST(ParameterUpdate, CountsTheDeclaredShareOfTheInformation) {
  const Comm comm = Comm::world();
  const std::string quarter = "parameter_floor: 0, parameter_relaxation: 0, parameter_information: 0.25";
  const Moments few = updated(comm, plain, 2, 2.0, -4.0, 0.3), many = updated(comm, quarter, 8, 2.0, -4.0, 0.3);
  EXPECT_NEAR(many.mean, few.mean, 1e-9);
  EXPECT_NEAR(many.variance, few.variance, 1e-9 * few.variance);
  const std::string none = "parameter_floor: 1, parameter_relaxation: 1, parameter_information: 0";
  const Moments off = updated(comm, none, 8, 2.0, -4.0, 0.3);
  EXPECT_EQ(off.mean, off.prior_mean);
  EXPECT_EQ(off.variance, off.prior_variance);
}

TEST(ParameterUpdate, TakesLocalErrorsForObservationError) {
  const Comm comm = Comm::world();
  SmallRun run(comm, yaml("kphio: {scope: pft}", plain));
  Members members(run.domain, run.role());
  const auto row = members.parameters.row(0, pft_index("ENB"));
  const int n = members.size();
  const double prior_mean = member_mean(row), prior_variance = std::pow(member_spread(row), 2), sd = 0.3;
  // A prediction of the parameter and of something else that has no correlation with it: 1 -1 ... made orthogonal.
  std::vector<double> other(n);
  double along = 0.0, square = 0.0;
  for (int k = 0; k < n; ++k)
    along += (k % 2 ? -1.0 : 1.0) * (row[k] - prior_mean), square += std::pow(row[k] - prior_mean, 2);
  for (int k = 0; k < n; ++k) other[k] = (k % 2 ? -1.0 : 1.0) - along / square * (row[k] - prior_mean);
  double other_variance = 0.0;
  for (const double x : other) other_variance += x * x / (n - 1);
  ObsTable obs = observations_at(run.domain, {0}, 0.5, sd, n);
  for (std::size_t i = 0; i < obs.size(); ++i)
    for (int k = 0; k < n; ++k) obs.predictions(i)[k] = row[k] + other[k];
  update(run, members, obs);
  const double gain = prior_variance / (prior_variance + sd * sd + other_variance);
  EXPECT_NEAR(member_mean(row), prior_mean + gain * (0.5 - prior_mean), 1e-9);
  EXPECT_NEAR(std::pow(member_spread(row), 2), (1.0 - gain) * prior_variance, 1e-9 * prior_variance);
}

TEST(ParameterUpdate, KeepsTheDeclaredShareOfTheSpread) {
  const Comm comm = Comm::world();
  const std::string floor = "parameter_floor: 0.5, parameter_relaxation: 0, parameter_information: 1";
  const Moments m = updated(comm, floor, 20, 2.0, -4.0, 0.01);
  EXPECT_NEAR(m.variance, 0.25 * m.prior_variance, 1e-12);
}

TEST(ParameterUpdate, HasTheSameBitsForAnyNumberOfRanks) {
  const Comm comm = Comm::world(), self = Comm::self();
  auto result = [&](const Comm& c) {
    SmallRun run(c, yaml("kphio: {scope: pft}, lma: {scope: pft}, sif_scale: {scope: global}", "parameter_floor: 0.1"));
    Members members(run.domain, run.role());
    ObsTable obs = observations_at(run.domain, {0, 1, 2, 3, 3, 2, 1}, 1.0, 0.5, members.size());
    for (std::size_t i = 0; i < obs.size(); ++i) {
      obs.value[i] += 0.1 * double(obs.id[i]);
      for (int k = 0; k < obs.stride(); ++k)
        obs.predictions(i)[k] = std::sin(double(obs.id[i]) + 0.7 * std::min(k, obs.members - 1));
    }
    const auto before = shared_rows(members.parameters);
    update(run, members, obs);
    EXPECT_NE(shared_rows(members.parameters), before);
    return shared_rows(members.parameters);
  };
  EXPECT_EQ(result(comm), result(self));
}

}  // namespace
}  // namespace tilth
