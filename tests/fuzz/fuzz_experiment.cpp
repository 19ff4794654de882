// Any bytes as an experiment file: an Error, or an experiment whose resolved configuration resolves to itself.
#include <cstdlib>

#include "core/base/error.hpp"
#include "driver/experiment.hpp"
#include "fuzz/target.hpp"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  tilth::test::start(*argc, *argv);
  tilth::test::seed("sample.yaml", [](const tilth::Comm&, const std::string& path) {
    std::ofstream(path) << tilth::test::experiment_sample();
  });
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string resolved;
  try {
    resolved = tilth::Experiment::load(tilth::test::file_of(data, size), {}).resolved;
  } catch (const tilth::Error&) {
    return 0;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(resolved.data());
  const std::string again = tilth::Experiment::load(tilth::test::file_of(bytes, resolved.size()), {}).resolved;
  if (again != resolved) std::abort();
  return 0;
}
