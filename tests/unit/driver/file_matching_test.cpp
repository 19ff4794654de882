#include "driver/calibrate/file_matching.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include <gtest/gtest.h>

#include "assim/calibration/design/sobol_sequence.hpp"
#include "core/base/error.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

namespace fs = std::filesystem;

struct Folder {
  Folder() : path(fs::temp_directory_path() / "tilth_file_matching") {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path / name) << content;
    return path / name;
  }
  fs::path path;
};

// Runs of x1^2 + x2^2 over [-2, 2], in a table of another program.
std::string runs(std::int64_t first, int count) {
  std::string out = "\"a\",\"b\",\"noise\",\"square\"\n";
  const auto u = calibration::sobol_points(first, count, 2, 3);
  for (int i = 0; i < count; ++i) {
    const double a = 4.0 * u(i, 0) - 2.0, b = 4.0 * u(i, 1) - 2.0;
    out += text(a, ",", b, ",0.1,", a * a + b * b, "\n");
  }
  return out;
}

TEST(FileMatching, FindsTheExactRegionFromTablesOfRuns) {
  const Folder folder;
  const std::string one = folder.write("one.csv", runs(0, 30)), two = folder.write("two.csv", runs(30, 30));
  const std::string path = folder.write(
      "problem.yaml", "history_matching:\n  waves: [" + one + ", " + two +
                          "]\n  parameters: [a, b]\n  lower: [-2]\n  upper: [2, 2]\n"
                          "  targets: [{name: square, value: 1, observation_sd: 0.08, structural_sd: 0.06}]\n");
  ASSERT_TRUE(asks_for_matching(path));
  const auto result = match_files(Comm::self(), FileMatchingProblem::load(path, {}));
  ASSERT_EQ(result.waves.size(), 2u);
  EXPECT_NEAR(result.waves[1].volume, std::numbers::pi * 0.6 / 16.0, 0.006);  // an annulus, from 0.7 to 1.3
  EXPECT_GT(result.waves[0].emulators[0].q2, 0.99);
  const Table& sample = result.tables.back();
  const auto &a = std::get<std::vector<double>>(sample.columns[0].values),
             &b = std::get<std::vector<double>>(sample.columns[1].values);
  ASSERT_EQ(a.size(), 500u);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i] * a[i] + b[i] * b[i], 1.0, 0.33) << i;
}

TEST(FileMatching, NamesWhatIsMissing) {
  const Folder folder;
  const std::string one = folder.write("one.csv", runs(0, 30));
  const auto problem = [&](const std::string& parameters, const std::string& target) {
    return folder.write("problem.yaml", "history_matching: {waves: [" + one + "], parameters: " + parameters +
                                            ", lower: [-2], upper: [2], targets: [{" + target + "}]}\n");
  };
  const auto matched = [&](const std::string& path) {
    return match_files(Comm::self(), FileMatchingProblem::load(path, {}));
  };
  EXPECT_THROW(matched(problem("[a, c]", "name: square, value: 1, observation_sd: 1")), Error);
  EXPECT_THROW(matched(problem("[a, b]", "name: circle, value: 1, observation_sd: 1")), Error);
  EXPECT_THROW(matched(problem("[a, b]", "name: square, value: 1")), Error);
  EXPECT_NO_THROW(matched(problem("[a, b]", "name: square, value: 1, observation_sd: 1")));
  folder.write("one.csv", "a,b,square\n3,0,9\n");
  EXPECT_THROW(matched(problem("[a, b]", "name: square, value: 1, observation_sd: 1")), Error);
}

TEST(FileMatching, RepeatsThePublishedVolumesOfAStudy) {
  const auto shared = test::shared_folder();
  if (!shared || !fs::exists(*shared / "data/raoult2024_hm"))
    GTEST_SKIP() << "data/raoult2024_hm not found; set TILTH_SHARED to the reference data";
  const fs::path study = *shared / "data/raoult2024_hm/RMSD";
  std::string waves;
  std::vector<double> published;
  for (int wave = 1; wave <= 10; ++wave) {
    const fs::path here = study / ("WAVE" + std::to_string(wave));
    waves += (waves.empty() ? "" : ", ") + (here / "Data4Emulatore.csv").string();
    std::ifstream in(here / "ratio.csv");
    std::string head;
    std::getline(in, head);
    in >> published.emplace_back();
  }
  const Folder folder;
  const std::string path = folder.write(
      "problem.yaml",
      "history_matching:\n  waves: [" + waves +
          "]\n  parameters: [VCMAX25__06, SLA__06, LEAFAGECRIT__06, RS_SCALE, HYDROL_HUMCSTE__06, SOIL_Q10]\n"
          "  pool: false\n  draws: 50000\n  targets:\n"
          "    - {name: NEEt_noise_rmsd, value: 0, observation_sd: 0.207}\n"
          "    - {name: fluxlat_noise_rmsd, value: 0, observation_sd: 3.446}\n");
  const auto result = match_files(Comm::self(), FileMatchingProblem::load(path, {}));
  for (std::size_t wave = 0; wave < 10; ++wave)
    EXPECT_NEAR(result.waves[wave].volume / published[wave], 1.0, 0.15) << "wave " << wave + 1;
}

}  // namespace
}  // namespace tilth
