#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "assim/calibration/history/history_matching.hpp"
#include "core/base/error.hpp"
#include "support/shared.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {
namespace {

const Box square{Vector::Constant(2, -2.0), Vector::Constant(2, 2.0)};

TEST(Implausibility, CountsAllVariancesAndOrdersMetrics) {
  EXPECT_DOUBLE_EQ(implausibility({1.0, 0.04, 0.05}, 2.5, 0.16), 3.0);
  EXPECT_EQ(implausibility({1.0}, 1.0, 0.0), 0.0);
  EXPECT_EQ(implausibility({1.0}, 1.1, 0.0), INFINITY);
  const Matrix I{{1.0, 5.0, 3.0}, {2.0, 0.0, 1.0}};
  EXPECT_EQ(nth_largest(I, 1), (Vector{{5.0, 2.0}}));
  EXPECT_EQ(nth_largest(I, 2), (Vector{{3.0, 1.0}}));
  EXPECT_THROW(nth_largest(I, 4), Error);
}

TEST(RegionSampler, FindsTheVolumeOfALargeRegion) {
  const RegionSample out = sample_region([](const Matrix& u, double) { return Vector(2.0 * u.col(0)); }, 3, 50);
  EXPECT_NEAR(out.volume, 0.5, 0.02);
  EXPECT_EQ(out.levels, 0);
  EXPECT_EQ(out.points.rows(), 50);
  EXPECT_LE(out.points.col(0).maxCoeff(), 0.5);
}

TEST(RegionSampler, FindsAndFillsATinyShell) {
  // A shell in 5 dimensions between radii 0.04 and 0.05 about a point; volume of a ball: 8 pi^2 / 15 r^5.
  const Vector centre{{0.3, 0.6, 0.5, 0.4, 0.7}};
  const Ratio ratio = [&](const Matrix& u, double) {
    const Vector r = (u.rowwise() - centre.transpose()).rowwise().norm();
    return Vector((r.array() - 0.045).abs() / 0.005);
  };
  const double volume = 8.0 * std::pow(std::numbers::pi, 2) / 15.0 * (std::pow(0.05, 5) - std::pow(0.04, 5));
  double mean = 0.0;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    const RegionSample out = sample_region(ratio, 5, 400, {.chains = 1000, .steps = 15, .seed = seed});
    EXPECT_GT(out.levels, 3);
    EXPECT_LT(out.relative_error, 0.3);
    mean += 0.25 * out.volume;
    ASSERT_EQ(out.points.rows(), 400);
    EXPECT_LE(ratio(out.points, 1.0).maxCoeff(), 1.0);
    const Vector offset = out.points.colwise().mean().transpose() - centre;
    EXPECT_LT(offset.norm(), 0.012);  // sd of a mean of 400 points of the shell: 0.0023; chains share their starts
  }
  EXPECT_NEAR(mean / volume, 1.0, 0.25);
}

TEST(RegionSampler, SaysThatAnEmptyRegionIsEmpty) {
  const RegionSample out =
      sample_region([](const Matrix& u, double) { return Vector((u.col(0).array() + 2.0).matrix()); }, 2, 10,
                    {.draws = 500, .chains = 50, .steps = 2});
  EXPECT_EQ(out.volume, 0.0);
  EXPECT_EQ(out.points.rows(), 0);
}

// x1^2 + x2^2 = 1 within a total sd of 0.1 and a cutoff of 3: an annulus of area pi (1.3 - 0.7).
constexpr double annulus = std::numbers::pi * 0.6 / 16.0;
double squares(const Vector& x) { return x.squaredNorm(); }

TEST(HistoryMatching, ReachesTheExactRegionInWaves) {
  HistoryMatching matching(square, {{1.0, 0.005, 0.005}}, {.runs = 25, .emulator = {.trend = Trend::quadratic}});
  for (int wave = 0; wave < 3; ++wave) {
    ASSERT_EQ(matching.ask().rows(), 25);
    const WaveReport& report = matching.tell(evaluated(matching.ask(), squares));
    EXPECT_GT(report.emulators[0].q2, 0.99);
    EXPECT_GE(matching.waves().front().volume, report.volume);
  }
  EXPECT_NEAR(matching.waves().back().volume, annulus, 0.006);
  const RegionSample left = matching.sample(200);
  for (Index i = 0; i < left.points.rows(); ++i)
    EXPECT_NEAR(left.points.row(i).squaredNorm(), 1.0, 0.32) << i;  // 0.3 and what the emulator does not know
}

TEST(HistoryMatching, ContinuesFromItsNumbersAndListsFailedRuns) {
  const HistoryOptions options{.runs = 20};
  const std::vector<Target> targets{{1.0, 0.01}, {0.0, 0.04}};
  const auto metrics = [](const Matrix& X) {
    Matrix Y(X.rows(), 2);
    Y.col(0) = evaluated(X, squares);
    Y.col(1) = X.col(0);
    return Y;
  };
  HistoryMatching whole(square, targets, options), again(square, targets, options);
  Matrix Y = metrics(whole.ask());
  Y(4, 1) = NAN;
  EXPECT_EQ(whole.tell(Y).failed, std::vector<Index>{4});
  again.restore(whole.numbers());
  EXPECT_EQ(whole.ask(), again.ask());
  whole.tell(metrics(whole.ask()));
  again.tell(metrics(again.ask()));
  EXPECT_EQ(whole.waves().back().volume, again.waves().back().volume);
  EXPECT_THROW(whole.add_wave(Y, Matrix(3, 2)), Error);
}

TEST(HistoryMatching, RulesNothingOutByAnEmulatorWithoutSkill) {
  HistoryMatching matching(square, {{0.0, 1e-4}},
                           {.runs = 30, .least_q2 = 0.5, .emulator = {.trend = Trend::constant}});
  Vector noise(30);
  for (Index i = 0; i < 30; ++i) noise(i) = std::fmod(double(i * i) * 0.754877, 1.0);
  const WaveReport& report = matching.tell(noise);
  EXPECT_FALSE(report.used[0]);
  EXPECT_EQ(report.volume, 1.0);
}

TEST(HistoryMatching, AgreesWithTheReference) {
  TILTH_SHARED_OR_SKIP(truth, "truth/15_history_matching.json");
  const auto& in = truth["inputs"];
  const auto& expected = truth["expected"];
  const double z = in["z"], sd = in["sd"], cutoff = in["cutoff"];
  const Target target{z, 0.4 * sd * sd, 0.6 * sd * sd};
  const Vector x = vector_of(in["x_test"]), I = vector_of(expected["I_test"]);
  for (Index i = 0; i < x.size(); ++i) EXPECT_NEAR(implausibility(target, x(i) * x(i), 0.0), I(i), 1e-8);
  std::vector<Target> targets;
  for (std::size_t m = 0; m < 3; ++m) targets.push_back({in["multi_z"][m], in["multi_var"][m]});
  const Matrix f = matrix_of(in["multi_f"]), several = implausibilities(targets, f, Matrix::Zero(2, 3));
  EXPECT_LT(largest(nth_largest(several, 1) - vector_of(expected["I_max"])), 1e-9);
  EXPECT_LT(largest(nth_largest(several, 2) - vector_of(expected["I_second"])), 1e-9);
  const auto fraction = [&](Index dimensions) {
    const Ratio ratio = [&](const Matrix& u, double) {
      return Vector(evaluated(u, [&](const Vector& p) {
        return implausibility(target, (4.0 * p.array() - 2.0).matrix().squaredNorm(), 0.0) / cutoff;
      }));
    };
    return sample_region(ratio, dimensions, 1, {.draws = 100000}).volume;
  };
  EXPECT_NEAR(fraction(1), double(expected["fraction_1d"]), 0.004);
  EXPECT_NEAR(fraction(2), double(expected["fraction_2d"]), 0.006);  // the tolerance of case 26
}

// Numbers of a table with a header line, up to its first empty line.
Matrix csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::vector<double> numbers;
  Index rows = 0;
  for (; std::getline(file, line) && line.find_first_not_of(" \r") != std::string::npos; ++rows)
    for (std::stringstream fields(line); std::getline(fields, line, ',');) numbers.push_back(std::stod(line));
  return Eigen::Map<Matrix>(numbers.data(), rows, Index(numbers.size()) / rows);
}

// Volumes per wave of the published designs and metrics of a folder.
std::vector<WaveReport> published(const std::filesystem::path& folder, int waves, HistoryOptions options) {
  std::unique_ptr<HistoryMatching> matching;
  for (int wave = 1; wave <= waves; ++wave) {
    const auto here = folder / ("WAVE" + std::to_string(wave));
    const Matrix runs = csv(here / "Data4Emulatore.csv"), target = csv(here / "Obs.csv");
    if (!matching) {
      std::vector<Target> targets;
      for (Index m = 0; m < target.cols(); ++m) targets.push_back({target(0, m), std::pow(target(1, m), 2)});
      const Box box{Vector::Constant(6, -1.0), Vector::Constant(6, 1.0)};
      matching = std::make_unique<HistoryMatching>(box, targets, options);
    }
    matching->add_wave(runs.leftCols(6), runs.rightCols(target.cols()));
  }
  return matching->waves();
}

TEST(HistoryMatching, RepeatsThePublishedVolumesPerWave) {
  const auto shared = tilth::test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/raoult2024_hm"))
    GTEST_SKIP() << "data/raoult2024_hm not found; set TILTH_SHARED to the reference data";
  const auto folder = *shared / "data/raoult2024_hm/RMSD";
  const auto waves = published(folder, 10, {.region = {.draws = 50000}});
  for (std::size_t wave = 0; wave < 10; ++wave) {
    const double ratio = csv(folder / ("WAVE" + std::to_string(wave + 1)) / "ratio.csv")(0, 0);
    RecordProperty("wave" + std::to_string(wave + 1), std::to_string(waves[wave].volume));
    EXPECT_NEAR(waves[wave].volume / ratio, 1.0, 0.15) << "wave " << wave + 1;
  }
}

TEST(HistoryMatching, ReachesTheTinyPublishedRegionOfNineMetrics) {
  const auto shared = tilth::test::shared_folder();
  if (!shared || !std::filesystem::exists(*shared / "data/raoult2024_hm"))
    GTEST_SKIP() << "data/raoult2024_hm not found; set TILTH_SHARED to the reference data";
  const auto waves =
      published(*shared / "data/raoult2024_hm/ALL", 4, {.region = {.draws = 20000, .chains = 300, .steps = 8}});
  // Published: 6.4e-4 1.65e-4 1.25e-4 9.5e-5; the emulator and the sampler of a tiny region decide within a factor.
  const double ratios[] = {0.000638, 0.000165, 0.000125, 0.0000954};
  for (std::size_t wave = 0; wave < 4; ++wave) {
    EXPECT_GT(waves[wave].levels, 1);
    EXPECT_NEAR(std::log(waves[wave].volume / ratios[wave]), 0.0, std::log(2.5)) << "wave " << wave + 1;
  }
}

}  // namespace
}  // namespace tilth::calibration::test
