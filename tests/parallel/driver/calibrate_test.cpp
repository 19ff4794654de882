#include "driver/calibrate/calibrate.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/error.hpp"
#include "core/config/node.hpp"
#include "driver/calibrate/calibration_files.hpp"
#include "io/table.hpp"
#include "support/fake_runs.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Vector;
using test::FakeOptions;
using test::FakeRuns;

CalibrationOptions options_of(const std::string& yaml) {
  CalibrationOptions options;
  read_options(Node::parse(yaml, "test"), options);
  return options;
}

const std::vector<StreamRule> plain{{}, {}};

/// A path of this number of ranks. Collective.
std::string place() {
  return std::filesystem::temp_directory_path() / ("tilth_calibrate_" + std::to_string(Comm::world().size()));
}

CalibrationResults results_of(const FakeRuns& runs, const std::string& yaml) {
  const Comm comm = Comm::world();
  Journal journal(comm, place() + ".bin", "p", false);
  RunPool pool(comm, runs, journal, true);
  return calibrate(pool, options_of(yaml), plain, 3);
}

TEST(Calibrate, OfALinearModelHasThePosteriorOfItsNormalEquations) {
  const FakeRuns runs({.noise = 1.0});
  const CalibrationResults results = results_of(runs, "method: {gauss_newton: {starts: 3}}");
  // Training rows: 30 days of each stream; precision A' A / sd^2 + I.
  const calibration::Matrix all = runs.coefficients(0);
  calibration::Matrix A(60, 3);
  A << all.topRows(30), all.middleRows(40, 30);
  const Eigen::MatrixXd C = (A.transpose() * A / 0.01 + calibration::Matrix::Identity(3, 3)).inverse();
  const ProblemResult& one = results.problems.at(0);
  EXPECT_EQ(one.interval_of, "curvature");
  for (Index j = 0; j < 3; ++j) {
    const ParameterEstimate& e = one.parameters[std::size_t(j)];
    EXPECT_NEAR(e.z_sd, std::sqrt(C(j, j)), 1e-9);
    EXPECT_NEAR(e.z_high - e.z_low, 2.0 * 1.959964 * e.z_sd, 1e-6);
    EXPECT_NEAR(e.value, (1.0 + double(j)) * std::exp(0.2 * e.z), 1e-12);
    EXPECT_LT(std::abs(e.z - runs.truth()(j)), 4.0 * e.z_sd);
    EXPECT_TRUE(e.low < e.value && e.value < e.high);
  }
  EXPECT_EQ(one.equifinality.rows.size(), 3u);  // one optimum, found from every start
  EXPECT_LT(one.equifinality.range.maxCoeff(), 1e-4);
  EXPECT_NEAR(one.curvature.signal_degrees, 3.0, 0.1);
}

TEST(Calibrate, TakesDifferencesWhereThereAreNoDerivatives) {
  const FakeRuns with({.noise = 1.0}), without({.noise = 1.0, .derivatives = false});
  const auto exact = results_of(with, "method: finite_difference"),
             differences = results_of(without, "method: finite_difference");
  for (std::size_t j = 0; j < 3; ++j)
    EXPECT_NEAR(exact.problems[0].parameters[j].z_sd, differences.problems[0].parameters[j].z_sd, 1e-8);
  EXPECT_THROW(results_of(without, "method: quasi_newton"), Error);
}

TEST(Calibrate, ImprovesTheScoresOfTrainingAndValidation) {
  const FakeRuns runs({.sites = 2, .noise = 1.0});
  const auto results = results_of(runs, "{method: {quasi_newton: {starts: 2}}, scope: site}");
  ASSERT_EQ(results.sites.size(), 2u);
  for (const SiteFit& fit : results.sites)
    for (const Years years : {Years::training, Years::validation}) {
      const ScaleScore &before = fit.prior.at(0, years, Scale::day), &after = fit.posterior.at(0, years, Scale::day);
      EXPECT_EQ(after.n, years == Years::training ? 30 : 10);
      EXPECT_LT(after.rmse, before.rmse);
      EXPECT_LT(after.rmse, 0.2);  // twice the error
    }
}

TEST(Calibrate, ListsFailedRunsInItsFile) {
  const Comm comm = Comm::world();
  const FakeRuns runs({.noise = 1.0, .fails = [](int, const Vector& z) { return z(0) > 0.8; }});
  const auto results = results_of(runs, "method: {cma_es: {evaluations: 300}}");
  EXPECT_FALSE(results.failed.empty());
  EXPECT_LT(results.problems[0].posterior.J, results.problems[0].prior.J);
  const std::string folder = place();
  if (comm.root()) std::filesystem::create_directories(folder);
  comm.barrier();
  write_calibration(comm, folder, runs, results);
  bool listed = false;
  for (const TableColumn& c : read_table(comm, folder + "/calibration.nc"))
    if (c.name == "failed_z") listed = std::get<std::vector<double>>(c.values).size() == 3 * results.failed.size();
  EXPECT_TRUE(listed);
}

TEST(Calibrate, NeedsObservationsAndKnownNames) {
  EXPECT_THROW(results_of(FakeRuns({.days = 0}), "method: given"), Error);
  EXPECT_THROW(results_of(FakeRuns(), "{method: given, correlations: [{between: [p0, p9], value: 0.2}]}"), Error);
  EXPECT_THROW(options_of("training: [2004-01-01]"), Error);
  EXPECT_THROW(options_of("training: [2004-01-01, 2003-01-01]"), Error);
  EXPECT_THROW(options_of("method: {genetic: {population: 7}}"), Error);
}

TEST(ParameterTable, ReadsBackWhatWasWritten) {
  const std::string path = place() + std::to_string(Comm::world().rank()) + ".csv";
  write_parameter_table(
      path, {{"g1", "DBS", "FI-Hyy", 3.25, 0.1, 3.0, 3.5, "kPa^0.5", ""}, {"kphio", "", "", 0.05, NAN, 0, 1, "", ""}},
      {});
  const auto rows = read_parameter_table(path);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].pft, "DBS");
  EXPECT_EQ(rows[0].site, "FI-Hyy");
  EXPECT_EQ(rows[0].value, 3.25);
  EXPECT_EQ(rows[1].where, path + ":3");
  EXPECT_THROW(write_parameter_table(path, rows, {path}), Error);
  std::ofstream(path) << "value,remark,name\n# none\n 2.5, x ,\"vcmax\"\r\n";
  EXPECT_EQ(read_parameter_table(path)[0].name, "vcmax");
  EXPECT_EQ(read_parameter_table(path)[0].value, 2.5);
  for (const char* bad :
       {"name,worth\ng1,2\n", "name,value\ng1,two\n", "name,value\ng1\n", "name,value\n", "name,value\n,3\n"}) {
    std::ofstream(path) << bad;
    EXPECT_THROW(read_parameter_table(path), Error) << bad;
  }
}

TEST(ParameterTable, HasEveryTypeOfASiteAndTheDominantOneOfItsType) {
  const FakeRuns runs({.sites = 2, .dominant_pft = {4, 4}});
  const TypeValue value = [](int, int parameter, int pft, double z) {
    return pft == 5 && parameter == 0 ? NAN : pft + z;
  };
  const auto by_site = table_rows(runs, results_of(runs, "method: given"), "site", value);
  EXPECT_EQ(by_site.size(), 3u + 3u + 2u);  // the second site has two types, one of them with a fixed parameter
  EXPECT_EQ(by_site[0].site, "S0");
  const auto by_type = table_rows(runs, results_of(runs, "{method: given, scope: pft}"), "pft", value);
  ASSERT_EQ(by_type.size(), 3u);
  EXPECT_EQ(by_type[0].pft, pft_names[4]);
  EXPECT_EQ(by_type[0].site, "");
}

}  // namespace
}  // namespace tilth
