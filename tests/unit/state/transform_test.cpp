#include "core/state/transform.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "support/shared.hpp"

namespace tilth {
namespace {

constexpr double tolerance = 1e-10;  // of the reference data

TEST(Transform, IdentityChangesNothing) {
  const Transform t;
  EXPECT_EQ(t.to_unconstrained(-3.25), -3.25);
  EXPECT_EQ(t.to_physical(7.5), 7.5);
  EXPECT_EQ(t.derivative(100.0), 1.0);
}

TEST(Transform, LogitHasItsKnownValues) {
  const Transform t{Transform::Kind::logit, -1.0, 3.0};
  EXPECT_NEAR(t.to_unconstrained(-0.8666930869651901), -3.36750083467263, tolerance);
  EXPECT_NEAR(t.to_unconstrained(2.9373891001290557), 4.141333735397461, tolerance);
  EXPECT_NEAR(t.derivative(-0.8666930869651901), 0.12886422976909231, tolerance);
  EXPECT_NEAR(t.derivative(1.0659233983810903), 0.9989135263864721, tolerance);
  EXPECT_NEAR(t.to_physical(-8.0), -0.9986585994781341, tolerance);
  EXPECT_EQ(t.to_physical(0.0), 1.0);
}

TEST(Transform, ProbitHasItsKnownValues) {
  const Transform t{Transform::Kind::probit, -1.0, 3.0};
  EXPECT_EQ(t.to_unconstrained(1.0), 0.0);
  EXPECT_NEAR(t.to_unconstrained(0.0), -0.6744897501960817432, 1e-15);  // quartiles of the normal distribution
  EXPECT_NEAR(t.to_unconstrained(2.0), 0.6744897501960817432, 1e-15);
  EXPECT_EQ(t.to_physical(0.0), 1.0);
  EXPECT_NEAR(t.derivative(1.0), 4.0 * 0.3989422804014327, 1e-15);
  EXPECT_EQ(to_string(t.kind), "probit");
}

TEST(Transform, LogHasItsKnownValues) {
  const Transform t{Transform::Kind::log, -1.0, 0.0};
  EXPECT_NEAR(t.to_unconstrained(-0.9764197364657379), -3.747345207758006, tolerance);
  EXPECT_NEAR(t.to_unconstrained(9.97775309669686), 2.3958707791384732, tolerance);
  EXPECT_EQ(t.derivative(4.0), 5.0);
}

TEST(Transform, AgreesWithTheReferenceData) {
  TILTH_SHARED_OR_SKIP(truth, "truth/11_transforms.json");
  const auto& in = truth.at("inputs");
  const auto& out = truth.at("expected");
  const Transform logit{Transform::Kind::logit, in.at("lo"), in.at("hi")};
  const Transform log{Transform::Kind::log, in.at("lo"), 0.0};
  const Transform probit{Transform::Kind::probit, in.at("lo"), in.at("hi")};
  for (std::size_t i = 0; i < in.at("x").size(); ++i) {
    EXPECT_NEAR(logit.to_unconstrained(in["x"][i]), out.at("logit")[i], tolerance);
    EXPECT_NEAR(logit.derivative(in["x"][i]), out.at("dxdt")[i], tolerance);
    EXPECT_NEAR(probit.to_unconstrained(in["x"][i]), out.at("probit")[i], tolerance);
    EXPECT_NEAR(probit.to_physical(out["probit"][i]), in["x"][i], tolerance);
  }
  for (std::size_t i = 0; i < in.at("t_in").size(); ++i)
    EXPECT_NEAR(logit.to_physical(in["t_in"][i]), out.at("inv_logit")[i], tolerance);
  for (std::size_t i = 0; i < in.at("xlog").size(); ++i)
    EXPECT_NEAR(log.to_unconstrained(in["xlog"][i]), out.at("log")[i], tolerance);
  const Lognormal lognormal = lognormal_of(in.at("logn_mean"), in.at("logn_var"));
  EXPECT_NEAR(lognormal.mu, out.at("logn_mu"), tolerance);
  EXPECT_NEAR(lognormal.sigma, out.at("logn_sigma"), tolerance);
}

TEST(Lognormal, HasTheMeanAndVarianceItWasMadeFrom) {
  for (const double mean : {0.03, 1.0, 250.0})
    for (const double cv : {1e-9, 0.1, 2.0}) {
      const auto [mu, sigma] = lognormal_of(mean, cv * cv * mean * mean);
      EXPECT_NEAR(std::exp(mu + 0.5 * sigma * sigma), mean, 1e-14 * mean);
      EXPECT_NEAR(std::expm1(sigma * sigma), cv * cv, 1e-14 * cv * cv) << cv;
    }
  EXPECT_EQ(lognormal_of(1.0, 0.0).sigma, 0.0);
}

TEST(Transform, DerivativeIsTheSlopeOfTheInverse) {
  for (const Transform& t :
       {Transform{}, Transform{Transform::Kind::log, 0.5, 0.0}, Transform{Transform::Kind::logit, 0.0, 0.4},
        Transform{Transform::Kind::probit, 0.0, 0.4}}) {
    for (const double z : {-2.0, -0.3, 0.0, 1.7}) {
      const double h = 1e-5, slope = (t.to_physical(z + h) - t.to_physical(z - h)) / (2 * h);
      EXPECT_NEAR(t.derivative(t.to_physical(z)), slope, 1e-9) << to_string(t.kind);  // h^2 of a central difference
      EXPECT_NEAR(t.to_unconstrained(t.to_physical(z)), z, 1e-13);
    }
  }
}

TEST(Transform, StaysInBoundsFarOut) {
  const Transform logit{Transform::Kind::logit, 0.05, 0.45}, log{Transform::Kind::log, 0.0, 0.0};
  const Transform probit{Transform::Kind::probit, 0.05, 0.45};
  for (const double z : {-1e4, -800.0, 800.0, 1e4}) {
    EXPECT_GE(logit.to_physical(z), 0.05);
    EXPECT_LE(logit.to_physical(z), 0.45);
    EXPECT_GE(probit.to_physical(z), 0.05);
    EXPECT_LE(probit.to_physical(z), 0.45);
    EXPECT_GE(log.to_physical(z), 0.0);
  }
}

}  // namespace
}  // namespace tilth
