#include "driver/calibrate/model_outputs.hpp"

#include <map>

#include "driver/calibrate/scope/callmip_file.hpp"
#include "driver/calibrate/scope/simulations.hpp"
#include "io/netcdf.hpp"
#include "model_runs_case.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using test::RunsCase;

/// Series of a run with outputs, by name.
struct OutputCase {
  explicit OutputCase(const std::string& model)
      : c(test::runs_yaml(model, test::three_parameters + test::four_streams), options()) {}
  /// Spun up once for all tests.
  static const OutputCase& of(const std::string& model) {
    static const OutputCase daily("daily"), hourly("hourly");
    return model == "daily" ? daily : hourly;
  }
  static ModelRunOptions options() {
    ModelRunOptions out = RunsCase::quick();
    out.outputs = true;
    return out;
  }
  std::map<std::string, Vector> series(int site) const {
    const SiteRun run = c.runs->run(site, c.sets(1), RunReach::series);
    std::map<std::string, Vector> out;
    for (std::size_t o = 0; o < c.runs->outputs().size(); ++o)
      out[c.runs->outputs()[o].name] = run.series[c.runs->streams().size() + o].row(0).transpose();
    return out;
  }
  RunsCase c;
};

class ModelOutputsOf : public testing::TestWithParam<const char*> {};

TEST_P(ModelOutputsOf, HaveTheVariablesOfTheTemplate) {
  const OutputCase& one = OutputCase::of(GetParam());
  const auto series = one.series(2);
  for (const char* name : {"nep", "hfls", "hfss", "gpp", "reco", "tran", "evspsblsoi", "ts", "mrso", "mrsos", "lai",
                           "cSoil", "cLiveBioAbove", "evspsbl", "ra", "rh", "snw", "cVeg", "cLitter"}) {
    ASSERT_TRUE(series.contains(name)) << name;
    EXPECT_TRUE(series.at(name).allFinite()) << name;
  }
  EXPECT_EQ(series.contains("hfg"), std::string(GetParam()) == "hourly");
}

// The daily series of the tower's stream is the same variable in g m-2 d-1.
TEST_P(ModelOutputsOf, AgreeWithWhatOperatorsSee) {
  const OutputCase& one = OutputCase::of(GetParam());
  const SiteRun run = one.c.runs->run(2, one.c.sets(1), RunReach::series);
  const auto series = one.series(2);
  const Vector gpp = run.series[0].row(0).transpose(), lai = run.series[2].row(0).transpose();
  EXPECT_LT((86.4e6 * series.at("gpp") - gpp).lpNorm<Eigen::Infinity>(), 1e-9 * gpp.maxCoeff());
  if (std::string(GetParam()) == "daily") {
    EXPECT_LT((series.at("lai") - lai).lpNorm<Eigen::Infinity>(), 1e-12);
  }
}

// Carbon: what the ecosystem gains in a day is in its pools at the end of it. Water of soil and snow falls by at most
// what leaves the column.
TEST_P(ModelOutputsOf, CloseTheBudgets) {
  const OutputCase& one = OutputCase::of(GetParam());
  for (const int site : {0, 1}) {  // not where carbon is added to keep vegetation alive
    const auto s = one.series(site);
    const Vector carbon = s.at("cVeg") + s.at("cLitter") + s.at("cCwd") + s.at("cSoil");
    const Index days = carbon.size();
    const Vector gained = 86400.0 * s.at("nep").tail(days - 1);
    EXPECT_LT((carbon.tail(days - 1) - carbon.head(days - 1) - gained).lpNorm<Eigen::Infinity>(), 1e-7) << site;
    EXPECT_LT((s.at("nep") - s.at("gpp") + s.at("ra") + s.at("rh")).lpNorm<Eigen::Infinity>(), 1e-18);
    const Vector parts = s.at("tran") + s.at("evspsblsoi") + s.at("evspsblveg") + s.at("sbl");
    EXPECT_LT((s.at("evspsbl") - parts).lpNorm<Eigen::Infinity>(), 1e-15);
    EXPECT_GT(s.at("mrso").minCoeff(), s.at("mrsos").maxCoeff());
    EXPECT_GT(s.at("mrsos").minCoeff(), 0.5);  // 0.5 % of 0.1 m
    EXPECT_LT(s.at("mrsos").maxCoeff(), 95.0);
    EXPECT_GT(s.at("ts").minCoeff(), 250.0);
    EXPECT_LT(s.at("ts").maxCoeff(), 330.0);
  }
}

TEST_P(ModelOutputsOf, AreInTheFilesOfSimulations) {
  const OutputCase& one = OutputCase::of(GetParam());
  const ModelRuns& runs = *one.c.runs;
  const std::string folder = test::scratch_folder(Comm::self()) + "/simulations";
  const SimulatedSite site{1, false, one.c.sets(1).row(0).transpose(), one.c.sets(5, 0.3), Vector::Ones(4)};
  write_simulations(Comm::self(), runs, folder, {}, {site});
  CallmipFile named;
  named.phase = "Phase1b", named.scenario = "Scen1", named.site = "S1", named.posterior = true;
  const std::string file = folder + "/" + named.name();
  const Comm self = Comm::self();
  const netcdf::File back = netcdf::File::open(self, file);
  for (const ModelOutput& output : runs.outputs()) {
    EXPECT_EQ(back.units(back.variable(output.name)), output.units);
    EXPECT_TRUE(std::isfinite(back.all(back.variable(output.name + "_post_unc"))[7])) << output.name;
  }
  // The spread of the members, N - 1.
  const SiteRun members = runs.run(1, site.members, RunReach::series);
  const Vector day = 1e-3 / 86400.0 * members.series[0].col(7);
  const double sd = std::sqrt((day.array() - day.mean()).square().sum() / 4.0);
  EXPECT_NEAR(back.all(back.variable("gpp_post_unc"))[7], sd, 1e-9 * sd);
  EXPECT_EQ(back.text_attribute(back.variable("cLiveBioAbove"), "cell_methods"), "time: point");
  EXPECT_TRUE(back.text_attribute(back.variable("cLiveBioAbove"), "comment").has_value());
}

INSTANTIATE_TEST_SUITE_P(Tiers, ModelOutputsOf, testing::Values("daily", "hourly"));

TEST(SimulatedSite, DrawsFromTheSampleOfASearchElseFromItsCurvature) {
  const RunsCase c(test::runs_yaml("daily", test::three_parameters + test::four_streams));
  const Index n = Index(c.runs->parameters().size());
  ProblemResult fit;
  fit.search.best = Vector::Zero(n);
  fit.parameters.resize(std::size_t(n));
  EXPECT_EQ(fitted_site(*c.runs, fit, 0, 8, 1).members.rows(), 0);
  fit.curvature.covariance = 0.01 * Matrix::Identity(n, n);
  const Matrix drawn = fitted_site(*c.runs, fit, 0, 2000, 1).members;
  EXPECT_NEAR(std::sqrt(drawn.col(0).squaredNorm() / 2000.0), 0.1, 0.01);
  fit.search.sample = c.sets(5, 0.5);
  const Matrix chosen = fitted_site(*c.runs, fit, 0, 2, 1).members;
  ASSERT_EQ(chosen.rows(), 2);
  EXPECT_TRUE(test::same(chosen.row(1), fit.search.sample.row(2)));
}

}  // namespace
}  // namespace tilth
