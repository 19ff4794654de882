#include "driver/calibrate/set_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/error.hpp"
#include "core/config/node.hpp"
#include "driver/calibrate/design_file.hpp"
#include "support/fake_runs.hpp"

namespace tilth {
namespace {

using calibration::Matrix;
using calibration::Vector;
using test::FakeRuns;

/// A folder for the files of a test.
struct Folder {
  explicit Folder(const std::string& name) : path(std::filesystem::temp_directory_path() / ("tilth_sets_" + name)) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  std::string file(const std::string& name) const { return path + "/" + name; }
  std::string path;
};

/// Calibrates and writes the sets.
CalibrationResults run(const SiteRuns& runs, const Folder& folder, const std::string& yaml) {
  CalibrationOptions options;
  read_options(Node::parse(yaml, "test"), options);
  const Comm self = Comm::self();
  Journal journal(self, folder.file("journal.bin"), "p", false);
  RunPool pool(self, runs, journal, true);
  const CalibrationResults results = calibrate(pool, options, {{}, {}}, 3);
  write_sets(self, folder.path, runs, results);
  return results;
}

std::string matching(int waves, const std::string& designs = "") {
  return "method: {history_matching: {waves: " + std::to_string(waves) +
         ", targets: [{name: gpp.mean}, {name: et.mean}], sample: 20, draws: 2000, runs: 20, structural: 0.01, "
         "emulator: {least_q2: 0, least_coverage: 0}" +
         designs + "}}";
}

const std::vector<double>& column(const SearchResult& result, const std::string& table, const std::string& name) {
  for (const Table& t : result.tables)
    for (const TableColumn& c : t.columns)
      if (t.name == table && c.name == name) return std::get<std::vector<double>>(c.values);
  throw Error("no column " + name);
}

// A wave on one machine, the next elsewhere, and both read in are the two waves in one go.
TEST(Sets, CarryHistoryMatchingFromOneRunToAnother) {
  const FakeRuns runs({.noise = 1.0, .fails = [](int, const Vector& z) { return z(0) > 2.7; }});
  const Folder whole("whole"), first("first"), elsewhere("elsewhere"), joined("joined");
  const auto both = run(runs, whole, matching(2)).problems[0].search;
  run(runs, first, matching(1));
  run(runs, elsewhere, "method: {given: {design: " + first.file("next_wave.csv") + "}}");
  const std::string designs = ", designs: [" + first.file("wave_1.csv") + ", " + elsewhere.file("design.nc") + "]";
  const auto before = runs.runs();
  const auto read = run(runs, joined, matching(2, designs)).problems[0].search;
  EXPECT_LT(runs.runs() - before, 12);  // scores and curvature alone
  EXPECT_EQ(column(read, "wave", "volume"), column(both, "wave", "volume"));
  EXPECT_LT(column(read, "wave", "volume")[1], 0.5);
  EXPECT_EQ(column(read, "wave", "failed"), column(both, "wave", "failed"));
  EXPECT_EQ(read.sample, both.sample);
  EXPECT_EQ(read.best, both.best);
  EXPECT_FALSE(std::filesystem::exists(joined.file("wave_1.csv")));  // nothing was run
  EXPECT_EQ(read_design(Comm::self(), joined.file("next_wave.csv")).values,
            read_design(Comm::self(), whole.file("next_wave.csv")).values);
}

TEST(Sets, NameTheirProblemWhereThereAreSeveral) {
  const FakeRuns runs({.sites = 2, .noise = 1.0});
  const Folder folder("several"), given("given_several");
  run(runs, folder, matching(1));
  const DesignFile next = read_design(Comm::self(), folder.file("next_wave.csv"));
  EXPECT_EQ(next.rows("S0").size(), 20u);
  EXPECT_EQ(next.rows("S1").size(), 20u);
  EXPECT_NEAR(design_z(next, runs, 1, next.rows("S1"))(3, 2), next.values(next.rows("S1")[3], next.column("z_p2")),
              0.0);
  const auto results = run(runs, given, "method: {given: {design: " + folder.file("next_wave.csv") + "}}");
  EXPECT_LT(results.problems[1].search.value, results.problems[1].prior.J);
}

TEST(Sets, RefuseWhatTheyCannotUse) {
  const FakeRuns runs({.sites = 2, .noise = 1.0});
  const Folder folder("refused");
  const std::string file = folder.file("bad.csv");
  for (const char* content :
       {"z_p0,z_p1\n0,0\n", "z_p0,z_p1,z_p2\n0,0,9\n", "site,z_p0,z_p1,z_p2\nelsewhere,0,0,0\n"}) {
    std::ofstream(file) << content;
    EXPECT_THROW(run(runs, folder, "method: {given: {design: " + file + "}}"), Error) << content;
  }
  std::ofstream(file) << "z_p0,z_p1,z_p2,feature_gpp.mean\n0,0,0,1\n";
  EXPECT_THROW(run(runs, folder, matching(2, ", designs: [" + file + "]")), Error);
}

}  // namespace
}  // namespace tilth
