#include "support/shared.hpp"

#include <cstdlib>
#include <fstream>

namespace tilth::test {

std::filesystem::path source_folder() { return TILTH_SOURCE_DIR; }

std::optional<std::filesystem::path> shared_folder() {
  namespace fs = std::filesystem;
  if (const char* given = std::getenv("TILTH_SHARED")) {
    if (fs::is_directory(given)) return fs::path(given);
    return {};
  }
  const fs::path beside = fs::path(TILTH_SOURCE_DIR) / ".." / "shared";
  if (fs::is_directory(beside)) return fs::canonical(beside);
  return {};
}

std::optional<nlohmann::json> shared_json(const std::string& relative) {
  const auto folder = shared_folder();
  if (!folder || !std::filesystem::exists(*folder / relative)) return {};
  std::ifstream in(*folder / relative);
  return nlohmann::json::parse(in);
}

}  // namespace tilth::test
