// Any bytes as an observation file: an Error, or observations that are what they must be.
#include <cmath>
#include <cstdlib>
#include <exception>

#include "core/base/error.hpp"
#include "fuzz/target.hpp"
#include "io/observation_file.hpp"

namespace {

void check(const tilth::ObservationSeries& s) {
  for (std::size_t i = 0; i < s.size(); ++i) {
    const bool good = std::isfinite(s.value[i]) && s.error_sd[i] >= 0.0 && std::abs(s.lat[i]) <= 90.0 &&
                      s.lon[i] >= -180.0 && s.lon[i] < 180.0 && s.begin[i] <= s.end[i];
    if (!good) std::abort();
  }
}

void read(const tilth::ObservationFileOptions& options, const char* units) {
  try {
    check(tilth::read_observations(tilth::test::comm(), options, units));
  } catch (const tilth::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  tilth::test::start(*argc, *argv);
  tilth::test::seed("point.nc", tilth::test::write_point_sample);
  tilth::test::seed("station.nc", tilth::test::write_station_sample);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = tilth::test::file_of(data, size);
  read(tilth::test::point_options(path), tilth::test::point_units);
  read(tilth::test::station_options(path), tilth::test::station_units);
  return 0;
}
