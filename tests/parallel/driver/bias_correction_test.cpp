#include "driver/bias_correction.hpp"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/feedback.hpp"
#include "io/observation_file.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

using test::SmallRun;

constexpr double shift = 0.07, factor = 0.5;  // observation = (model + shift) / factor in the reference

/// A folder of two feedback files: `many` pairs at point 0, `few` at point 2, and rows that must not count. Collective.
std::string reference(const Comm& comm, const std::string& name, int many, int few, const Attributes& attributes = {}) {
  const std::string folder = test::scratch_folder(comm) + "/" + name;
  if (comm.root()) std::filesystem::create_directories(folder);
  comm.barrier();
  std::int64_t id = 0;
  for (int file = 0; file < 2; ++file) {
    FeedbackColumns f;
    for (int i = 0; i < (many + few) / 2; ++i, ++id) {
      if (id % comm.size() != comm.rank()) continue;
      const std::size_t k = f.size();
      f.resize(k + 1);
      const double model = 0.1 + 0.3 * ((id * 37 % 101) / 101.0);
      f.id[k] = id, f.type[k] = 1, f.point[k] = i < many / 2 ? 0 : 2;
      f.begin[k] = f.end[k] = time_of(2017, 7, 1) + id * 3600;
      f.lon[k] = f.lat[k] = 0.0;
      f.prior_mean[k] = model, f.value[k] = (model + shift) / factor, f.flag[k] = id % 3 == 0 ? qc_background : qc_used;
      if (id % 11 == 5) f.flag[k] = qc_snow, f.value[k] = 0.9;
      if (id % 11 == 6) f.flag[k] = qc_withheld, f.value[k] = 0.8;
    }
    write_feedback(comm, folder + "/" + std::to_string(file) + ".nc", f, std::vector<std::string>{"lai", "sm"},
                   attributes);
  }
  return folder;
}

/// Observations 0.4 with an error of 0.04 at points 0, 2 and 3. Collective.
std::string observations(const Comm& comm) {
  ObservationSeries s;
  const double lon[] = {10, -60, 130}, lat[] = {50, -20, -25};
  for (int i = comm.rank(); i < 3; i += comm.size()) {
    s.row.push_back(i);
    s.begin.push_back(time_of(2018, 7, 2));
    s.end.push_back(s.begin.back() + seconds_per_day);
    s.lon.push_back(lon[i]), s.lat.push_back(lat[i]);
    s.value.push_back(0.4), s.error_sd.push_back(0.04), s.flag.push_back(0);
  }
  const std::string path = test::scratch_folder(comm) + "/sm.nc";
  write_observations(comm, path, s, {"value", "m3 m-3", "", ""});
  return path;
}

std::string yaml(const std::string& file, const std::string& correction) {
  return test::options("observations:\n  - {name: sm, operator: {surface_soil_moisture: {}}, files: [" + file +
                       "], reach_km: 50, error_absolute: 0.001, bias_correction: " + correction + "}\n");
}

/// Values and errors of all ranks by point.
std::vector<std::array<double, 3>> corrected(const Comm& comm, const SmallRun& run, const std::string& folder = "") {
  const auto store = ObservationStore::read(run.domain, {{}});
  if (!folder.empty()) store.write_bias_statistics(run.domain, folder);
  std::vector<double> mine;
  for (const ObsRecord& r : store.records()) mine.insert(mine.end(), {double(r.point), r.value, r.error_sd});
  const auto all = comm.all_gather(std::span<const double>(mine));
  std::vector<std::array<double, 3>> rows;
  for (std::size_t i = 0; i < all.size(); i += 3) rows.push_back({all[i], all[i + 1], all[i + 2]});
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST(BiasCorrection, TakesTheClimatologyOfAnEarlierOpenLoop) {
  const Comm comm = Comm::world();
  const std::string folder = reference(comm, "open_loop", 300, 40), file = observations(comm);
  for (const std::string method : {"cdf_matching", "linear"}) {
    SmallRun run(comm, yaml(file, "{" + method + ": {reference: " + folder + "}}"));
    const auto rows = corrected(comm, run);
    ASSERT_EQ(rows.size(), 3u);
    for (const auto& [point, value, error] : rows) {
      // Points 2 (too few pairs) and 3 (none) have the map of the stream, from a histogram of 4096 bins.
      const double tolerance = point == 0 ? 1e-12 : 1e-3;
      EXPECT_NEAR(value, factor * 0.4 - shift, tolerance) << method << point;
      EXPECT_NEAR(error, factor * 0.04, tolerance) << method << point;
    }
  }
}

TEST(BiasCorrection, IsTheSameForAnyNumberOfRanksAndFromItsFile) {
  const Comm comm = Comm::world(), self = Comm::self();
  const std::string folder = reference(comm, "ranks", 300, 40), file = observations(comm);
  const std::string options = "{cdf_matching: {reference: " + folder + ", season: quarter, minimum_samples: 30}}";
  SmallRun run(comm, yaml(file, options)), alone(self, yaml(file, options));
  const auto rows = corrected(comm, run, test::scratch_folder(comm));
  EXPECT_EQ(rows, corrected(self, alone));
  const std::string written = test::scratch_folder(comm) + "/bias_correction_sm.nc";
  SmallRun again(comm, yaml(file, "{cdf_matching: {statistics: " + written + ", season: quarter}}"));
  EXPECT_EQ(rows, corrected(comm, again));
  SmallRun other(comm, yaml(file, "{linear: {statistics: " + written + ", season: quarter}}"));
  EXPECT_THROW(corrected(comm, other), Error);
}

TEST(BiasCorrection, RefusesWhatIsNoClimatologyOfTheModel) {
  const Comm comm = Comm::world();
  const std::string file = observations(comm), few = reference(comm, "few", 20, 20),
                    again = reference(comm, "again", 300, 40, {{"bias_corrected", std::string("sm")}});
  const std::string own = test::scratch_folder(comm) + "/own";
  reference(comm, "own/open_loop/feedback", 300, 40);
  const auto refusal = [&](const std::string& folder) -> std::string {
    SmallRun run(comm, yaml(file, "{linear: {reference: " + folder + "}}"), {"experiment.output=" + own});
    try {
      ObservationStore::read(run.domain, {{}});
    } catch (const Error& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_NE(refusal(few).find("usable pairs"), std::string::npos);
  EXPECT_NE(refusal(again).find("already corrected"), std::string::npos);
  EXPECT_NE(refusal(own + "/open_loop/feedback").find("output of this run"), std::string::npos);
  EXPECT_NE(refusal("nowhere").find("no feedback file"), std::string::npos);
}

}  // namespace
}  // namespace tilth
