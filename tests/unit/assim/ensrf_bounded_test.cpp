#include <gtest/gtest.h>

#include "assim/distribution/bnrh.hpp"

#include "support/ring.hpp"
#include "support/shared.hpp"

namespace tilth::test {
namespace {

const Comm& alone() {
  static const Comm self = Comm::self();
  return self;
}

constexpr double infinite = std::numeric_limits<double>::infinity();

/// Rows of one column: the observed quantity itself and others; one observation of the first type.
struct BoundedCase {
  Matrix E;
  std::vector<RowKind> kinds;  // distribution of each row
  Bounds bounds;               // of the observed quantity
  double y, r;
  Matrix analysed(const std::string& options) const {
    Ring ring(alone(), 1, E);
    for (std::size_t k = 0; k < kinds.size(); ++k) {
      ring.kinds_to_change()[k].rank_histogram = kinds[k].rank_histogram;
      ring.kinds_to_change()[k].lower = kinds[k].lower;
      ring.kinds_to_change()[k].upper = kinds[k].upper;
    }
    ring.histogram().rank_histogram = true;
    ring.histogram().lower = bounds.lower;
    ring.histogram().upper = bounds.upper;
    ring.observe({{0.0, y, r, E.row(0).transpose(), 0}});
    ring.analyse(*field_method_of("ensrf", options), 0.0);
    return ring.gathered();
  }
};

RowKind histogram(double lower, double upper) {
  RowKind kind;
  kind.rank_histogram = true;
  kind.lower = lower;
  kind.upper = upper;
  return kind;
}

class EnsrfBounded : public ::testing::TestWithParam<const char*> {};

TEST_P(EnsrfBounded, AgreesWithTheReferenceMembers) {
  TILTH_SHARED_OR_SKIP(truth, "truth/12_qceff_bnrh.json");
  const auto& in = truth["inputs"][GetParam()];
  const auto& expected = truth["expected"][GetParam()];
  const Vector ens = vector_of(in["ens"]);
  BoundedCase one;
  one.bounds = {in["has_lower"] ? double(in["lower"]) : -infinite, in["has_upper"] ? double(in["upper"]) : infinite};
  one.y = in["y"];
  one.r = in["r"];
  one.E.resize(3, ens.size());
  one.E << ens.transpose(), vector_of(in["state_normal"]).transpose(), vector_of(in["state_positive"]).transpose();
  one.kinds = {histogram(one.bounds.lower, one.bounds.upper), RowKind{}, histogram(0.0, infinite)};
  const Matrix Ea = one.analysed("{}");
  const auto row = [&](int i) { return Vector(Ea.row(i).transpose()); };
  EXPECT_LT(largest_difference(row(0), vector_of(expected["posterior"])), 1e-7);
  EXPECT_LT(largest_difference(row(1), vector_of(expected["state_normal_post"])), 1e-7);
  EXPECT_LT(largest_difference(row(2), vector_of(expected["state_positive_post"])), 1e-7);
  const Vector plain = one.analysed("{likelihood: gaussian}").row(0).transpose();
  EXPECT_LT(largest_difference(plain, vector_of(expected["posterior_plain_like"])), 1e-7);
}

INSTANTIATE_TEST_SUITE_P(Cases, EnsrfBounded, ::testing::Values("unbounded", "below", "both", "tight"));

TEST(EnsrfBounded, ApproachesTheExactPosteriorOfABoundedQuantity) {
  TILTH_SHARED_OR_SKIP(truth, "truth/25_bounded_bayes_limit.json");
  const auto& in = truth["inputs"];
  const int N = in["N"];
  ASSERT_EQ(int(in["k"]), 2);
  const Random random(3, Purpose::test);
  BoundedCase one;
  one.E.resize(1, N);
  for (int k = 0; k < N; ++k)  // Gamma of shape 2: the sum of two exponential draws
    one.E(0, k) = -std::log(random.uniform({0, k, 0, 0})) - std::log(random.uniform({0, k, 0, 1}));
  one.kinds = {histogram(0.0, infinite)};
  one.bounds = {0.0, infinite};
  one.y = in["y"];
  one.r = in["r"];
  for (const char* like : {"truncated", "gaussian"}) {
    const auto& expected = truth["expected"][std::string(like) == "gaussian" ? "plain_like" : "truncated_like"];
    const Vector x = one.analysed(text("{likelihood: ", like, "}")).row(0).transpose();
    const auto near = [&](const char* key, double value) {
      const auto& e = expected[key];
      EXPECT_NEAR(value, double(e["value"]), double(e["tol"])) << like << " " << key;
    };
    near("mean", x.mean());
    near("sd", std::sqrt((x.array() - x.mean()).square().sum() / (N - 1)));
    near("prob_below_0p2", double((x.array() < 0.2).count()) / N);
    EXPECT_EQ((x.array() < 0.0).count(), 0);
  }
}

TEST(EnsrfBounded, KeepsBoundsAndRefusesPredictionsOutsideThem) {
  BoundedCase one;
  one.E = normal_matrix(2, 12, 51).cwiseAbs();
  one.kinds = {histogram(0.0, infinite), histogram(0.0, infinite)};
  one.bounds = {0.0, infinite};
  one.y = 0.0;
  one.r = 0.01;
  EXPECT_GE(one.analysed("{}").minCoeff(), 0.0);
  one.bounds = {1.0, infinite};
  EXPECT_THROW(one.analysed("{}"), Error);
}

}  // namespace
}  // namespace tilth::test
