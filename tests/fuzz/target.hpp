#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <unistd.h>

#include "core/parallel/comm.hpp"
#include "fuzz/samples.hpp"

namespace tilth::test {

inline std::unique_ptr<MpiSession> session;

/// Starts MPI for the life of the program.
inline void start(int argc, char** argv) { session = std::make_unique<MpiSession>(argc, argv); }

inline const Comm& comm() {
  static const Comm self = Comm::world();
  return self;
}

/// Writes a valid file to the folder that TILTH_FUZZ_SEEDS names, if it names one.
template <class Write>
void seed(const std::string& name, const Write& write) {
  const char* folder = std::getenv("TILTH_FUZZ_SEEDS");
  if (folder == nullptr) return;
  std::filesystem::create_directories(folder);
  write(comm(), std::string(folder) + "/" + name);
}

/// A file in memory with these bytes.
inline std::string file_of(const std::uint8_t* data, std::size_t size) {
  const std::string path = "/dev/shm/tilth_fuzz_" + std::to_string(getpid());
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
  return path;
}

}  // namespace tilth::test
