// Any bytes as a restart file: an Error, or the content that was written. A file of other content needs its checksum.
#include <cstdlib>

#include "core/base/error.hpp"
#include "fuzz/target.hpp"

namespace {

std::string written;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  tilth::test::start(*argc, *argv);
  tilth::test::seed("restart.nc", tilth::test::write_restart_sample);
  const std::string path = tilth::test::file_of(nullptr, 0);
  tilth::test::write_restart_sample(tilth::test::comm(), path);
  written = tilth::test::restart_as_text(tilth::test::comm(), path);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    if (tilth::test::restart_as_text(tilth::test::comm(), tilth::test::file_of(data, size)) != written) std::abort();
  } catch (const tilth::Error&) {
  }
  return 0;
}
