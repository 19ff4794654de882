#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <vector>

#include "assim/inflation.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "tests/support/race.hpp"

namespace tilth::test {

/// Root mean square error, sum of squared means, spread of one variable over the whole grid.
struct Figures {
  double rmse, sumsq, spread;
};

/// Figures of variable v as it is now. Collective.
inline Figures figures(const Comm& comm, Race& race, int v) {
  std::vector<double> error, square, variance;
  for (int c = 0; c < race.columns(); ++c) {
    const std::span<const double> row(race.row(c, v), std::size_t(race.members()));
    const double mean = member_mean(row), spread = member_spread(row);
    error.push_back((mean - race.truth(c, v)) * (mean - race.truth(c, v)));
    square.push_back(mean * mean);
    variance.push_back(spread * spread);
  }
  const double columns = double(race.shape().nx) * race.shape().ny;
  return {std::sqrt(reproducible_sum(comm, error) / columns), reproducible_sum(comm, square),
          std::sqrt(reproducible_sum(comm, variance) / columns)};
}

struct KnownAnswer {
  int nx, ny, members, variable;
  Figures figures;
};

/// Figures of another package (PDAF 3.0beta, LETKF) after the analysis with inflation 1 / 0.98, also of the columns
/// without observations; 12 digits.
inline constexpr KnownAnswer known_answers[] = {
    {90, 45, 20, 0, {0.442274096117, 2.75529574678e+04, 0.487844194191}},
    {90, 45, 20, 1, {0.458006858900, 2.71051476175e+04, 0.494800307806}},
    {90, 45, 20, 2, {0.453137747216, 2.76005992742e+04, 0.495098590986}},
    {90, 45, 40, 0, {0.428316566260, 2.75798137472e+04, 0.493374804732}},
    {90, 45, 40, 1, {0.445181348172, 2.70503183173e+04, 0.501697400167}},
    {90, 45, 40, 2, {0.439836257384, 2.76091587999e+04, 0.501836887496}},
    {720, 360, 20, 0, {0.367350680345, 1.79393373685e+06, 0.371415511446}},
    {720, 360, 20, 1, {0.385652043411, 1.78877317458e+06, 0.384150384871}},
    {720, 360, 20, 2, {0.396896834535, 1.78812721026e+06, 0.398074501527}},
    {720, 360, 40, 0, {0.357221401369, 1.79440137772e+06, 0.379383759495}},
    {720, 360, 40, 1, {0.373980943625, 1.78838350024e+06, 0.393565699246}},
    {720, 360, 40, 2, {0.384404478699, 1.78821080848e+06, 0.407413501293}},
    {720, 360, 80, 0, {0.351054771126, 1.79457370103e+06, 0.383378270167}},
    {720, 360, 80, 1, {0.367001932375, 1.78762685639e+06, 0.398385042568}},
    {720, 360, 80, 2, {0.376898200815, 1.78755399236e+06, 0.412170129557}},
};

/// The known figures of a variable, if there are any.
inline std::optional<Figures> known_figures(const Race::Shape& shape, int variable) {
  for (const KnownAnswer& k : known_answers)
    if (k.nx == shape.nx && k.ny == shape.ny && k.members == shape.members && k.variable == variable) return k.figures;
  return std::nullopt;
}

/// Relative to the known figure: what 12 digits allow.
inline constexpr double answer_tolerance = 5e-12;

inline bool agree(const Figures& got, const Figures& known) {
  const auto near = [](double a, double b) { return std::abs(a - b) <= answer_tolerance * std::abs(b); };
  return near(got.rmse, known.rmse) && near(got.sumsq, known.sumsq) && near(got.spread, known.spread);
}

}  // namespace tilth::test
