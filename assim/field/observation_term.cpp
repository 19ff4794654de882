#include "assim/field/observation_term.hpp"

#include <cmath>
#include <numbers>

namespace tilth {
namespace {

/// Odds of a gross error against a good observation at t = 0 (Andersson & Jaervinen 1999, eq. 12).
double gross_odds(const ObservationTerm& term) {
  const double A = term.gross_probability, d = term.gross_width;
  return A * std::sqrt(2.0 * std::numbers::pi) / ((1.0 - A) * 2.0 * d);
}

}  // namespace

void ObservationTerm::describe(Schema& s) {
  s.text("shape", shape)
      .one_of({"quadratic", "huber", "variational_qc"})
      .about("quadratic: Gaussian errors; huber: linear beyond the threshold; variational_qc: flat far away.");
  s.real("threshold", threshold).in(0.1, 100.0).about("Standard deviations from which on huber is linear.");
  s.real("gross_probability", gross_probability).in(1e-9, 0.5).about("Prior probability of a gross error.");
  s.real("gross_width", gross_width).in(1.0, 100.0).about("Gross errors are uniform over plus and minus so many sd.");
}

double ObservationTerm::cost(double t) const {
  if (shape == "huber" && std::abs(t) > threshold) return threshold * (std::abs(t) - 0.5 * threshold);
  if (shape != "variational_qc") return 0.5 * t * t;
  const double odds = gross_odds(*this);
  return -std::log((odds + std::exp(-0.5 * t * t)) / (odds + 1.0));
}

double ObservationTerm::derivative(double t) const {
  if (shape == "huber" && std::abs(t) > threshold) return std::copysign(threshold, t);
  if (shape != "variational_qc") return t;
  const double good = std::exp(-0.5 * t * t);
  return t * good / (gross_odds(*this) + good);  // t times the probability that the observation is good
}

}  // namespace tilth
