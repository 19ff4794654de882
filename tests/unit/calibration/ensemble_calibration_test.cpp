#include <gtest/gtest.h>

#include "assim/calibration/draws.hpp"
#include "assim/calibration/ensemble/ensemble_calibration.hpp"
#include "core/base/error.hpp"
#include "support/shared.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

Matrix normal_members(Index members, const Vector& mean, const Vector& sd) {
  const Draws draws(3, Stream::bootstrap);
  Matrix E(members, mean.size());
  for (Index k = 0; k < members; ++k)
    for (Index d = 0; d < mean.size(); ++d) E(k, d) = mean(d) + sd(d) * draws.normal(k, d);
  return E;
}

using Predictions = std::function<Matrix(const Matrix&)>;

void run(EnsembleCalibration& calibration, const Predictions& h) {
  while (!calibration.finished()) calibration.tell(h(calibration.ask()));
}

TEST(EnsembleCalibration, EndsAtTheKalmanPosteriorOfALinearModel) {
  const Matrix E = normal_members(30, Vector{{1.0, -1.0}}, Vector{{0.5, 1.0}});
  const Matrix G{{1.0, 0.5}, {0.0, 2.0}, {1.0, -1.0}};
  const Vector y{{1.0, 0.5, 2.0}}, r{{0.3, 0.2, 0.5}};
  const Vector mean = E.colwise().mean().transpose();
  const Matrix A = E.rowwise() - mean.transpose();
  const Matrix P = A.transpose() * A / 29.0;
  const Matrix S = G * P * G.transpose() + Matrix(r.asDiagonal());
  const Vector posterior = mean + P * G.transpose() * S.llt().solve(y - G * mean);
  for (const auto& [name, options] :
       {std::pair{"es_mda", "{steps: 3}"}, {"eki", "{}"}, {"4denvar_ensemble", "{}"}, {"ienks", "{}"}}) {
    EnsembleCalibration calibration(name, options, E, y, r);
    run(calibration, [&](const Matrix& X) { return Matrix(X * G.transpose()); });
    const Vector found = calibration.ask().colwise().mean().transpose();
    EXPECT_LT(largest(found - posterior), 1e-5) << name;
  }
  EXPECT_THROW(EnsembleCalibration("es_mdb", "{}", E, y, r), Error);
  EXPECT_THROW(EnsembleCalibration("es_mda", "{step: 3}", E, y, r), Error);
}

TEST(EnsembleCalibration, RepeatsItsBitsAfterAStopWithFailedRuns) {
  const Matrix E = normal_members(20, Vector{{1.0, 0.0}}, Vector{{0.5, 0.5}});
  const Vector y{{1.5, 0.2}}, r{{0.1, 0.1}};
  const Predictions h = [](const Matrix& X) {
    Matrix Y = X.array().cube().matrix();
    Y(3, 0) = NAN;
    return Y;
  };
  EnsembleCalibration whole("es_mda", "{steps: 4, update: enkf}", E, y, r, 7),
      first = EnsembleCalibration("es_mda", "{steps: 4, update: enkf}", E, y, r, 7),
      second("es_mda", "{steps: 4, update: enkf}", E, y, r, 7);
  run(whole, h);
  for (int pass = 0; pass < 2; ++pass) first.tell(h(first.ask()));
  second.restore(first.numbers());
  run(second, h);
  EXPECT_EQ(whole.ask(), second.ask());
  EXPECT_EQ(second.passes(), 4);
  EXPECT_EQ(second.failed()[2], std::vector<Index>{3});
  EXPECT_THROW(whole.restore(std::vector<double>{3.0}), Error);
  EnsembleCalibration lost("es_mda", "{}", E, y, r);
  EXPECT_THROW(lost.tell(Matrix::Constant(20, 2, NAN)), Failure);
}

TEST(EnsembleCalibration, AgreesWithTheScalarReference) {
  TILTH_SHARED_OR_SKIP(truth, "truth/28_scalar_nonlinear.json");
  const auto& in = truth["inputs"];
  const double m0 = in["m0"], s0 = in["s0"];
  const Vector y{{double(in["y"])}}, r{{double(in["r"])}};
  const auto near = [&](double value, const char* key) {
    EXPECT_NEAR(value, double(truth["expected"][key]["value"]), double(truth["expected"][key]["tol"])) << key;
  };
  const Predictions cube = [](const Matrix& X) { return Matrix(X.array().cube().matrix()); };
  const auto moments = [](const Matrix& E) {
    const double mean = E.mean();
    return std::pair(mean, std::sqrt((E.array() - mean).square().sum() / double(E.rows() - 1)));
  };
  Matrix E = normal_members(20, Vector{{0.0}}, Vector{{1.0}});
  const auto [mean, sd] = moments(E);
  E = (m0 + s0 * (E.array() - mean) / sd).matrix();  // exact prior
  EnsembleCalibration map("ienks", "{form: bundle}", E, y, r);
  run(map, cube);
  near(map.ask().mean(), "map");
  near(moments(map.ask()).second, "sd_gauss_newton");
  Matrix many = normal_members(1000, Vector{{0.0}}, Vector{{1.0}});
  const auto [first, second] = moments(many);
  many = (m0 + s0 * (many.array() - first) / second).matrix();
  EnsembleCalibration steps("es_mda", "{steps: 8, update: enkf}", many, y, r);
  run(steps, cube);
  near(steps.ask().mean(), "esmda8_mean");
  near(moments(steps.ask()).second, "esmda8_sd");
}

}  // namespace
}  // namespace tilth::calibration::test
