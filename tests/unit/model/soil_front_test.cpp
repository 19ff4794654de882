#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "soil_column.hpp"
#include "support/shared.hpp"

namespace tilth::physics {
namespace {

constexpr double pi = 3.14159265358979323846, porosity = 0.35, k_frozen = 2.2, c_frozen = 2.1e6;

/// Soil of the Stefan tests: capacity 2.1 MJ when frozen, all freezes at 0 C.
SoilHeat<double> stefan_soil() {
  SoilHeat<double> soil = test::loam();
  soil.theta_s = porosity;
  soil.sharp = true;
  soil.solid_capacity = (c_frozen - 1000.0 * ice_heat_capacity * porosity) / (1.0 - porosity);
  return soil;
}

struct FrontCase {
  double surface, start, days, dt, k_thawed;
};

/// Depth of frozen soil (m) in N layers over `depth` m.
template <int N>
double front(const FrontCase& c, double depth) {
  const std::vector<double> dz(N, depth / N);
  test::SoilTestColumn<N> column(stefan_soil(), dz.data(), c.start, porosity);
  for (double time = 0.0; time < c.days * 86400.0 - 1.0; time += c.dt) {
    for (int i = 0; i < N; ++i) column.k[i] = column.state[i].liquid < 0.5 * porosity ? k_frozen : c.k_thawed;
    column.fixed_surface(c.surface, c.dt);
  }
  return column.ice() / porosity;
}

/// lambda of Neumann's two-phase solution (Carslaw & Jaeger 1959, 11.2), one-phase when start = 0; front = 2 lambda
/// sqrt(a t) with a the diffusivity of frozen soil.
double neumann(double surface, double start, double k_thawed, double c_thawed) {
  const double nu = std::sqrt((k_frozen / c_frozen) / (k_thawed / c_thawed));
  double low = 1e-6, high = 3.0;
  for (int i = 0; i < 200; ++i) {
    const double x = 0.5 * (low + high);
    const double conducted = std::exp(-x * x) / std::erf(x);
    const double warm = k_thawed / k_frozen * nu * (start / -surface) * std::exp(-nu * nu * x * x) / std::erfc(nu * x);
    const double latent = x * std::sqrt(pi) * porosity * fusion_per_volume / (c_frozen * -surface);
    (conducted - warm > latent ? low : high) = x;
  }
  return low;
}

double neumann_front(double lambda, double days) {
  return 2.0 * lambda * std::sqrt(k_frozen / c_frozen * days * 86400.0);
}

TEST(StefanProblem, FrontOfOnePhaseIsWithinThreePercentAtTwoCentimetres) {
  struct {
    double cold, days, front;
  } const cases[] = {{2, 1, 0.0802067319970858},   {2, 10, 0.25363595678949674}, {2, 60, 0.6212786745568697},
                     {10, 1, 0.1753507509337445},  {10, 10, 0.5545077623715297}, {10, 60, 1.358261076222714},
                     {20, 1, 0.24165115858229058}, {20, 10, 0.7641680603385838}, {20, 60, 1.8718218255618775}};
  for (const auto& c : cases) {
    const double dt = c.days > 1 ? 3600.0 : 900.0;  // the hours after a jump of 10 K need shorter steps
    const double simulated = front<110>({-c.cold, 0.0, c.days, dt, k_frozen}, 2.2);
    EXPECT_NEAR(simulated / c.front, 1.0, 0.03) << c.cold << " K, " << c.days << " d";
    EXPECT_NEAR(neumann_front(neumann(-c.cold, 0.0, k_frozen, c_frozen), c.days), c.front, 1e-10);
  }
}

TEST(StefanProblem, FrontOfOnePhaseIsThatOfTheReferenceFile) {
  TILTH_SHARED_OR_SKIP(reference, "model-ref/R11_stefan.json");
  for (const auto& c : reference["cases"]) {
    const double days = c["days"];
    const double simulated = front<110>({-c["dT"].get<double>(), 0.0, days, days > 1 ? 3600.0 : 900.0, k_frozen}, 2.2);
    EXPECT_NEAR(simulated / c["front_m"].get<double>(), 1.0, 0.03) << c.dump();
  }
}

TEST(StefanProblem, FrontOfTwoPhasesConvergesInTheLayerThickness) {
  const double k_thawed = 1.5, start = 5.0;
  const SoilHeat<double> soil = stefan_soil();
  const double c_thawed = soil_heat_capacity(soil, porosity, 0.0);
  const double exact = neumann_front(neumann(-10.0, start, k_thawed, c_thawed), 10.0);
  const FrontCase fast{-10.0, start, 10.0, 225.0, k_thawed};
  const double e[] = {std::abs(front<40>(fast, 3.2) - exact), std::abs(front<80>(fast, 3.2) - exact),
                      std::abs(front<160>(fast, 3.2) - exact), std::abs(front<320>(fast, 3.2) - exact)};
  const double order = std::log2(e[0] / e[3]) / 3.0;
  std::printf("two-phase front %.5f m; errors at 8, 4, 2, 1 cm: %.2e %.2e %.2e %.2e m; order %.2f\n", exact, e[0], e[1],
              e[2], e[3], order);
  EXPECT_LT(e[2] / exact, 0.03);
  EXPECT_GT(order, 0.8);
}

/// Amplitude and lag (s) at the middle of layers, after a sine at the surface of `amplitude` K and `period` s.
template <int N>
void heat_wave(double depth, double period, double amplitude, const std::vector<double>& z, double mean = 15.0) {
  constexpr int steps = 720;
  const std::vector<double> dz(N, depth / N);
  SoilHeat<double> soil = test::loam();
  soil.solid_capacity = (2.5e6 - 4.188e6 * 0.3) / 0.55;
  test::SoilTestColumn<N> column(soil, dz.data(), mean, 0.3);  // 1.2 W m-1 K-1, 2.5 MJ m-3 K-1
  std::vector<double> sine(z.size(), 0.0), cosine(z.size(), 0.0);
  for (int i = 1; i <= 8 * steps; ++i) {
    const double phase = 2.0 * pi * i / steps;
    column.fixed_surface(mean + amplitude * std::sin(phase), period / steps);
    if (i <= 7 * steps) continue;
    for (std::size_t j = 0; j < z.size(); ++j) {  // Fourier component of the last period
      const double x = z[j] * N / depth - 0.5;
      const int k = int(x);
      const double t = column.state[k].t * (1 - (x - k)) + column.state[k + 1].t * (x - k) - mean;
      sine[j] += t * std::sin(phase) * 2.0 / steps;
      cosine[j] += t * std::cos(phase) * 2.0 / steps;
    }
  }
  const double damping = std::sqrt(1.2 / 2.5e6 * period / pi);
  for (std::size_t j = 0; j < z.size(); ++j) {
    const double a = std::hypot(sine[j], cosine[j]), lag = std::atan2(-cosine[j], sine[j]) * period / (2.0 * pi);
    EXPECT_NEAR(a / (amplitude * std::exp(-z[j] / damping)), 1.0, 0.01) << z[j];
    const double exact = z[j] / damping * period / (2.0 * pi);
    EXPECT_NEAR(lag / exact, 1.0, 0.02) << z[j];
  }
}

TEST(HeatWave, DiurnalAmplitudeAndLagFollowTheDampingDepth) { heat_wave<200>(1.0, 86400.0, 10.0, {0.05, 0.1}); }

TEST(HeatWave, AnnualAmplitudeAndLagFollowTheDampingDepth) { heat_wave<200>(16.0, 31557600.0, 12.0, {0.5, 1.0, 2.0}); }

}  // namespace
}  // namespace tilth::physics
