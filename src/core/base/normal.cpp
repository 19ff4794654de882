#include "core/base/normal.hpp"

#include <cmath>
#include <limits>
#include <span>

#include "core/base/scalar_log.hpp"
#include "core/base/simd/math.hpp"

namespace tilth {
namespace {

constexpr double inverse_root_two_pi = 0.398942280401432677939946;
constexpr double farthest = 37.5;  // the density and the tail beyond are below the smallest normal double

/// Polynomial, highest power first.
double polynomial(std::span<const double> coefficients, double x) {
  double sum = 0.0;
  for (const double c : coefficients) sum = sum * x + c;
  return sum;
}

/// exp(-x^2 / 2) with the rounding of the square taken out: x = a + b with a a multiple of 1/16, so that a^2 is exact.
double exp_half_square(double x) {
  const double a = std::trunc(x * 16.0) / 16.0;
  return simd::exp(-0.5 * (a * a)) * simd::exp(-0.5 * ((x - a) * (x + a)));
}

// Rational approximations of Cody (1969), Mathematics of Computation 23, 631-637, in the scaling of the normal
// distribution. Near zero Phi(x) = 1/2 + x P(x^2) / Q(x^2); tails divided by exp(-x^2 / 2).
constexpr double near_p[] = {.065682337918207449113, 2.2352520354606839287, 161.02823106855587881,
                             1067.6894854603709582, 18154.981253343561249};
constexpr double near_q[] = {1.0, 47.20258190468824187, 976.09855173777669322, 10260.932208618978205,
                             45507.789335026729956};
constexpr double middle_p[] = {1.0765576773720192317e-8, .39894151208813466764, 8.8831497943883759412,
                               93.506656132177855979,    597.27027639480026226, 2494.5375852903726711,
                               6848.1904505362823326,    11602.651437647350124, 9842.7148383839780218};
constexpr double middle_q[] = {1.0,
                               22.266688044328115691,
                               235.38790178262499861,
                               1519.377599407554805,
                               6485.558298266760755,
                               18615.571640885098091,
                               34900.952721145977266,
                               38912.003286093271411,
                               19685.429676859990727};
constexpr double far_p[] = {.02307344176494017303, .21589853405795699,     .1274011611602473639,
                            .022235277870649807,   .001421619193227893466, 2.9112874951168792e-5};
constexpr double far_q[] = {
    1.0, 1.28426009614491121, .468238212480865118, .0659881378689285515, .00378239633202758244, 7.29751555083966205e-5};

/// Probability beyond x > 0.67.
double upper_tail(double x) {
  constexpr double root_32 = 5.656854249492380195;
  if (x > farthest) return 0.0;
  if (x <= root_32) return exp_half_square(x) * polynomial(middle_p, x) / polynomial(middle_q, x);
  const double z = 1.0 / (x * x);
  return exp_half_square(x) * (inverse_root_two_pi - z * polynomial(far_p, z) / polynomial(far_q, z)) / x;
}

// Coefficients of Wichura (1988), Applied Statistics 37, 477-484, algorithm AS 241, PPND16.
constexpr double centre_p[] = {2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4,
                               4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3,
                               1.3314166789178437745e+2, 3.3871328727963666080e0};
constexpr double centre_q[] = {
    5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
    5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0};
constexpr double side_p[] = {7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1,
                             1.27045825245236838258e0,  3.64784832476320460504e0,  5.76949722146069140550e0,
                             4.63033784615654529590e0,  1.42343711074968357734e0};
constexpr double side_q[] = {
    1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
    6.89767334985100004550e-1, 1.67638483018380384940e0,  2.05319162663775882187e0,  1.0};
constexpr double edge_p[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3,
                             2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e0,
                             5.46378491116411436990e0,  6.65790464350110377720e0};
constexpr double edge_q[] = {
    2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
    1.48753612908506148525e-2,  1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0};

}  // namespace

double normal_density(double x) {
  if (std::abs(x) > farthest) return 0.0;
  return inverse_root_two_pi * exp_half_square(x);
}

double normal_cdf(double x) {
  constexpr double quartile = 0.67448975;
  if (std::isnan(x)) return x;
  if (x > quartile) return 1.0 - upper_tail(x);
  if (x < -quartile) return upper_tail(-x);
  return 0.5 + x * polynomial(near_p, x * x) / polynomial(near_q, x * x);
}

double normal_quantile(double p) {
  using Limits = std::numeric_limits<double>;
  constexpr double centre = 0.425, centre_square = 0.180625, side_start = 1.6, edge_start = 5.0;
  if (!(p >= 0.0 && p <= 1.0)) return Limits::quiet_NaN();
  if (p == 0.0) return -Limits::infinity();
  if (p == 1.0) return Limits::infinity();
  const double q = p - 0.5;
  if (std::abs(q) <= centre) {
    const double r = centre_square - q * q;
    return q * polynomial(centre_p, r) / polynomial(centre_q, r);
  }
  const double r = std::sqrt(-scalar_log(q < 0.0 ? p : 1.0 - p));
  const double z = r <= edge_start ? polynomial(side_p, r - side_start) / polynomial(side_q, r - side_start)
                                   : polynomial(edge_p, r - edge_start) / polynomial(edge_q, r - edge_start);
  return q < 0.0 ? -z : z;
}

}  // namespace tilth
