#include "model_runs_case.hpp"

#include "core/base/error.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using test::RunsCase;

/// Twenty parameters that the model reads, one that only an operator reads, and the start.
const std::string many_parameters = R"(
control:
  parameters: {kphio: {}, rd_fraction: {}, g1: {}, lma: {}, clumping: {}, psi_50: {}, beta_r: {}, f_ks: {}, f_b: {},
               d_theta_s: {}, soil_evaporation_resistance: {}, canopy_storage: {}, xi: {}, k_senescence: {},
               tau_leaf: {}, allocation_leaf: {}, q10_h: {}, s_opt: {}, k_litter: {}, r_r: {}, sif_scale: {},
               eta_wood: {}, eta_soil_fast: {}, eta_soil_slow: {}}
)";
const std::string many_streams = R"(
observations:
  - {name: gpp, operator: {gpp: {}}, simulate: {}}
  - {name: nee, operator: {nee: {}}, simulate: {}}
  - {name: le, operator: {latent_heat_flux: {}}, simulate: {}, bias: {sd: 2, predictors: [constant, annual_cosine]}}
  - {name: sm, operator: {surface_soil_moisture: {}}, simulate: {every: 2 days}}
  - {name: lai, operator: {lai: {}}, simulate: {every: 3 days}}
  - {name: sif, operator: {sif: {}}, simulate: {}}
  - {name: fapar, operator: {fapar: {}}, simulate: {every: 4 days}}
)";
const std::string all = many_parameters + many_streams;

/// Of a prediction over the step: net exchange is a difference of pools that are ten thousand times larger.
constexpr double round_off = 2e-12 / 1e-4;

/// Central differences of the predictions at z by parameter k, of fourth and of second order.
struct Differences {
  Matrix fourth, second;
};
Differences differences(const ModelRuns& runs, int site, const Vector& z, double h) {
  const Index n = z.size();
  Matrix sets = z.transpose().replicate(4 * n, 1);
  for (Index k = 0; k < n; ++k)
    for (int s = 0; s < 4; ++s) sets(4 * k + s, k) += h * std::array{-2.0, -1.0, 1.0, 2.0}[std::size_t(s)];
  const Matrix f = runs.run(site, sets, RunReach::training).predictions;
  Differences out{Matrix(f.cols(), n), Matrix(f.cols(), n)};
  for (Index k = 0; k < n; ++k) {
    out.second.col(k) = (f.row(4 * k + 2) - f.row(4 * k + 1)) / (2.0 * h);
    out.fourth.col(k) = (8.0 * (f.row(4 * k + 2) - f.row(4 * k + 1)) - (f.row(4 * k + 3) - f.row(4 * k))) / (12.0 * h);
  }
  return out;
}

RunsCase observed(const std::string& yaml) {
  RunsCase c(yaml);
  c.runs->observe(c.comm, Matrix::Zero(3, Index(c.runs->parameters().size())), 7);
  return c;
}

class ModelRunDerivatives : public testing::TestWithParam<const char*> {};

TEST_P(ModelRunDerivatives, KeepTheBitsOfTheRun) {
  const RunsCase c = observed(test::runs_yaml(GetParam(), all));
  const Matrix z = c.sets(9, 0.5);
  for (int site = 0; site < 3; ++site) {
    const Matrix values = c.runs->run(site, z, RunReach::training).predictions;
    const SiteDerivatives d = c.runs->run_with_derivatives(site, z.row(4 + site));
    ASSERT_GT(d.predictions.size(), 150);
    EXPECT_TRUE(test::same(d.predictions.transpose(), values.row(4 + site))) << site;
  }
}

TEST_P(ModelRunDerivatives, AgreeWithDifferences) {
  const RunsCase c = observed(test::runs_yaml(GetParam(), all));
  const Vector z = c.sets(1, 0.3).row(0);
  Vector largest = Vector::Zero(26);
  for (const int site : {1, 2}) {
    const SiteDerivatives d = c.runs->run_with_derivatives(site, z);
    const Differences by = differences(*c.runs, site, z, 1e-4);
    ASSERT_EQ(d.jacobian.cols(), 26);
    int compared = 0, kinks = 0;
    for (Index i = 0; i < d.jacobian.rows(); ++i)
      for (Index k = 0; k < d.jacobian.cols(); ++k) {
        const double tolerance = 1e-6 * std::abs(d.jacobian(i, k)) + round_off;
        largest[k] = std::max(largest[k], std::abs(d.jacobian(i, k)));
        if (std::abs(by.fourth(i, k) - by.second(i, k)) > tolerance) {
          ++kinks;  // differences over two steps do not agree: one of them crosses a limit
          continue;
        }
        ++compared;
        EXPECT_NEAR(d.jacobian(i, k), by.fourth(i, k), tolerance)
            << "site " << site << " " << c.runs->parameters()[std::size_t(k)].name << " of "
            << c.runs->streams()[std::size_t(c.runs->observations(site)[std::size_t(i)].type)] << " " << i << ": "
            << d.predictions[i];
      }
    EXPECT_LT(kinks, compared / 20) << site;
  }
  for (Index k = 0; k < 26; ++k) {
    const std::string& name = c.runs->parameters()[std::size_t(k)].name;
    EXPECT_EQ(largest[k] > 0.0, name != "kphio" || GetParam() == std::string("daily")) << name;
  }
}

INSTANTIATE_TEST_SUITE_P(Tiers, ModelRunDerivatives, testing::Values("daily", "hourly"));

TEST(ModelRunDerivatives, AreRefusedWhereEverySetHasItsOwnStart) {
  const RunsCase c(test::runs_yaml("daily", all), RunsCase::quick(ModelRunOptions::Start::each));
  EXPECT_NE(c.runs->without_derivatives().find("start: each"), std::string::npos);
  EXPECT_THROW(c.runs->run_with_derivatives(0, Vector::Zero(26)), Error);
}

TEST(ModelRunDerivatives, OfASiteWithoutObservationsAreEmpty) {
  const RunsCase c(test::runs_yaml("daily", test::three_parameters));
  const SiteDerivatives d = c.runs->run_with_derivatives(0, Vector::Zero(3));
  EXPECT_EQ(d.predictions.size(), 0);
  EXPECT_EQ(d.jacobian.rows(), 0);
  EXPECT_EQ(c.runs->run(0, Matrix::Zero(4, 3), RunReach::series).predictions.rows(), 4);
}

}  // namespace
}  // namespace tilth
