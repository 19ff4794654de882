#include "assim/inflation.hpp"

#include <cassert>
#include <cmath>

namespace tilth {

void AdaptiveInflationOptions::describe(Schema& s) {
  s.text("method", method)
      .one_of({"none", "innovations", "bayesian"})
      .about(
          "none; innovations: one factor from the departures of all observations (Wang & Bishop 2003); bayesian: "
          "one factor per column (Anderson 2009). Kept in restart files.");
  s.real("rate", rate).in(0.0, 1.0).about("innovations: share of each window's estimate.");
  s.real("damping", damping).in(0.0, 1.0).about("bayesian: what is left of factor - 1 after a window; 1: all.");
  s.real("initial_sd", initial_sd).above(0.0).about("bayesian: uncertainty of the first factor, 1.");
  s.real("least_sd", least_sd).above(0.0).about("bayesian: the estimate never becomes surer than this.");
  s.real("upper", upper).in(1.0, 100.0).about("Largest factor on the prior covariance.");
}

void InflationOptions::describe(Schema& s) {
  s.real("multiplicative", multiplicative)
      .in(1.0, 10.0)
      .about("Factor on the posterior anomalies of states (Anderson & Anderson 1999); 1: off.");
  s.real("rtps", rtps)
      .in(0.0, 1.0)
      .about("Relaxation of the posterior spread to the prior's (Whitaker & Hamill 2012); 0: off, 1: prior spread.");
  s.real("rtpp", rtpp)
      .in(0.0, 1.0)
      .about("Relaxation of the posterior anomalies to the prior's (Zhang et al. 2004); 0: off, 1: prior anomalies.");
  s.real("additive", additive)
      .in(0.0, 1.0)
      .about(
          "Normal noise added to every posterior state, keyed by cycle, member and column; standard deviation as a "
          "share of the row's prior spread. 0: off.");
  s.flag("rotation", rotation)
      .about("Random rotation of the members after the analysis that keeps mean and covariance (Sakov & Oke 2008).");
  s.section("adaptive", adaptive).about("Inflation of the prior learnt from departures.");
}

double member_mean(std::span<const double> row) {
  assert(!row.empty());
  double sum = 0.0;
  for (const double x : row) sum += x;
  return sum / double(row.size());
}

double member_spread(std::span<const double> row) {
  assert(row.size() >= 2);
  const double mean = member_mean(row);
  double sum = 0.0;
  for (const double x : row) sum += (x - mean) * (x - mean);
  return std::sqrt(sum / double(row.size() - 1));
}

void inflate(std::span<double> row, double factor) {
  if (factor == 1.0) return;
  const double mean = member_mean(row);
  for (double& x : row) x = mean + factor * (x - mean);
}

void relax_to_prior_spread(std::span<const double> prior, std::span<double> row, double alpha) {
  assert(prior.size() == row.size());
  const double spread = member_spread(row);
  if (alpha == 0.0 || spread == 0.0) return;
  inflate(row, 1.0 - alpha + alpha * member_spread(prior) / spread);
}

void relax_to_prior_perturbations(std::span<const double> prior, std::span<double> row, double alpha) {
  assert(prior.size() == row.size());
  if (alpha == 0.0) return;
  const double mean = member_mean(row), prior_mean = member_mean(prior);
  for (std::size_t k = 0; k < row.size(); ++k)
    row[k] = mean + (1.0 - alpha) * (row[k] - mean) + alpha * (prior[k] - prior_mean);
}

void keep_spread(std::span<double> row, double reference_sd, double fraction) {
  const double spread = member_spread(row), least = fraction * reference_sd;
  if (spread == 0.0 || spread >= least) return;
  inflate(row, least / spread);
}

}  // namespace tilth
