#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

#include "core/parallel/comm.hpp"

namespace tilth::test {

/// Removes a folder when the program ends.
struct Cleaner {
  std::string folder;
  ~Cleaner() {
    std::error_code ignored;
    if (!folder.empty()) std::filesystem::remove_all(folder, ignored);
  }
};

/// A path in a folder of this test run alone, the same on all ranks. Collective.
inline std::string scratch(const Comm& comm, const std::string& name) {
  std::string folder = (std::filesystem::temp_directory_path() / ("tilth_io_" + std::to_string(getpid()))).string();
  comm.broadcast(folder);
  static Cleaner cleaner;
  if (folder.find("_" + std::to_string(getpid())) != std::string::npos) cleaner.folder = folder;
  if (comm.root()) {
    std::filesystem::create_directories(folder);
    std::filesystem::remove_all(folder + "/" + name);
  }
  comm.barrier();
  return folder + "/" + name;
}

inline std::vector<char> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void write_bytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), std::streamsize(bytes.size()));
}

}  // namespace tilth::test
