#pragma once

#include <cmath>

namespace tilth::test {

/// Root mean square error, sum of squared means, spread of one variable after the analysis.
struct Figures {
  double rmse, sumsq, spread;
};

struct KnownAnswer {
  int nx, ny, members, variable;
  Figures figures;
};

/// Figures of another package (PDAF 3.0beta, LETKF) for the race, 12 digits.
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

/// Whether the figures are the known ones (to the digits given), or none are known.
inline bool is_known(int nx, int ny, int members, int variable, const Figures& f) {
  constexpr double digits = 5e-12;
  const auto equal = [](double a, double b) { return std::abs(a - b) <= digits * b; };
  for (const KnownAnswer& k : known_answers)
    if (k.nx == nx && k.ny == ny && k.members == members && k.variable == variable)
      return equal(f.rmse, k.figures.rmse) && equal(f.sumsq, k.figures.sumsq) && equal(f.spread, k.figures.spread);
  return true;
}

}  // namespace tilth::test
