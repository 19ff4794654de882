#include <gtest/gtest.h>

#include <algorithm>

#include "assim/localisation.hpp"
#include "support/ring.hpp"
#include "support/shared.hpp"

namespace tilth::test {
namespace {

const Comm& alone() {
  static const Comm self = Comm::self();
  return self;
}

/// Global update of E by observations HE in the order of their ids.
Matrix updated_globally(const Matrix& E, const Matrix& HE, const Vector& y, const Vector& r, bool reversed = false) {
  Ring ring(alone(), int(E.rows()), E);
  std::vector<RingObs> all;
  for (Eigen::Index i = 0; i < HE.rows(); ++i) all.push_back({0.0, y(i), r(i), HE.row(i).transpose(), 0});
  ring.observe(all, reversed ? HE.rows() : 0, reversed ? -1 : 1);
  ring.analyse(*field_method_of("ensrf"), 0.0);
  return ring.gathered();
}

TEST(Ensrf, IsTheKalmanFilterWithoutLocalisation) {
  const int n = 4, p = 6;
  const Matrix root = normal_matrix(n, n, 3), H = normal_matrix(p, n, 4);
  const Eigen::MatrixXd P = Eigen::MatrixXd(root * root.transpose()) + Eigen::MatrixXd::Identity(n, n);
  const Vector xb = normal_matrix(n, 1, 5), y = normal_matrix(p, 1, 6);
  const Vector r = normal_matrix(p, 1, 7).array().abs() + 0.1;
  const Eigen::MatrixXd S = H * P * H.transpose() + Eigen::MatrixXd(r.asDiagonal());
  const Eigen::MatrixXd K = S.ldlt().solve(Eigen::MatrixXd(H * P)).transpose();
  const Matrix E = exact_ensemble(xb, P, 25, 8);
  const Matrix Ea = updated_globally(E, H * E, y, r);
  EXPECT_LT(largest_difference(Ea.rowwise().mean(), xb + K * (y - H * xb)), 1e-10);
  EXPECT_LT(largest_difference(covariance_of(Ea), Matrix(P - K * H * P)), 1e-10);
}

/// The algorithm as it is written down: every observation moves all rows and all later predictions at once.
Matrix plain_serial_filter(Matrix E, Matrix HE, const std::vector<int>& place, const Vector& y, double r, double c) {
  const int n = int(E.rows()), p = int(HE.rows()), N = int(E.cols());
  const auto taper = [&](int i, int j) { return gaspari_cohn(std::min(std::abs(i - j), n - std::abs(i - j)), c); };
  for (int o = 0; o < p; ++o) {
    const Vector a = HE.row(o).array() - HE.row(o).mean();
    const double s = a.squaredNorm() / (N - 1), alpha = 1.0 / (1.0 + std::sqrt(r / (s + r))),
                 d = y(o) - HE.row(o).mean();
    const auto move = [&](Eigen::Block<Matrix, 1, Eigen::Dynamic, true> row, double weight) {
      const double K = weight * (row.transpose().array() - row.mean()).matrix().dot(a) / (N - 1) / (s + r);
      row += K * (Vector::Constant(N, d) - alpha * a).transpose();
    };
    for (int i = 0; i < n; ++i) move(E.row(i), taper(i, place[o]));
    for (int q = o + 1; q < p; ++q) move(HE.row(q), taper(place[q], place[o]));
  }
  return E;
}

TEST(Ensrf, MovesRowsAndLaterObservationsLikeThePlainAlgorithm) {
  const int n = 30, N = 6;
  const Matrix E = normal_matrix(n, N, 11);
  std::vector<int> place;
  for (int i = 0; i < n; i += 2) place.push_back(i * 7 % n);
  const Vector y = normal_matrix(Eigen::Index(place.size()), 1, 12);
  Ring ring(alone(), n, E);
  ring.observe(ring_observations(E, place, y, Vector::Constant(y.size(), 0.5)));
  ring.analyse(*field_method_of("ensrf"), 3.0);
  Matrix HE(y.size(), N);
  for (std::size_t o = 0; o < place.size(); ++o) HE.row(Eigen::Index(o)) = E.row(place[o]);
  EXPECT_LT(largest_difference(ring.gathered(), plain_serial_filter(E, HE, place, y, 0.5, 3.0)), 1e-13);
}

TEST(Ensrf, RefusesPredictionsThatAreNotFiniteAndIdsGivenTwice) {
  const Matrix E = normal_matrix(10, 4, 11);
  auto all = ring_observations(E, {1, 2}, Vector::Zero(2), Vector::Ones(2));
  Ring twice(alone(), 10, E);
  twice.observe(all, 5, 0);
  EXPECT_THROW(twice.analyse(*field_method_of("ensrf"), 2.0), Error);
  all[1].hx(2) = NAN;
  Ring bad(alone(), 10, E);
  bad.observe(all);
  EXPECT_THROW(bad.analyse(*field_method_of("ensrf"), 2.0), Error);
}

class EnsrfTruth : public ::testing::TestWithParam<const char*> {};

TEST_P(EnsrfTruth, AgreesWithTheReferenceMembersInBothOrders) {
  TILTH_SHARED_OR_SKIP(truth, GetParam());
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]), HE = matrix_of(in["H"]) * E;
  const Vector y = vector_of(in["y"]), r = vector_of(in["R_diag"]);
  const auto& expected = truth["expected"];
  EXPECT_LT(largest_difference(updated_globally(E, HE, y, r), matrix_of(expected["ensrf_Ea"])), 1e-9);
  EXPECT_LT(largest_difference(updated_globally(E, HE, y, r, true), matrix_of(expected["ensrf_rev_Ea"])), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(Cases, EnsrfTruth,
                         ::testing::Values("truth/02_ensemble_update_a.json", "truth/02_ensemble_update_b.json"));

TEST(Ensrf, AgreesWithTheReferenceLocalisedMembers) {
  TILTH_SHARED_OR_SKIP(truth, "truth/04_localised.json");
  const auto& in = truth["inputs"];
  const Matrix E = matrix_of(in["E"]);
  Ring ring(alone(), int(E.rows()), E);
  ring.observe(ring_observations(E, in["obs_index"], vector_of(in["y"]), vector_of(in["R_diag"])));
  ring.analyse(*field_method_of("ensrf"), in["c"]);
  EXPECT_LT(largest_difference(ring.gathered(), matrix_of(truth["expected"]["ensrf_loc_Ea"])), 1e-9);
}

}  // namespace
}  // namespace tilth::test
