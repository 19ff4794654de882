#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace tilth::test {

/// Folder of the project's sources.
std::filesystem::path source_folder();

/// Folder of shared reference data: $TILTH_SHARED, else ../shared beside the project; nothing when absent.
std::optional<std::filesystem::path> shared_folder();

/// Parsed JSON `relative` to the shared folder; nothing when absent.
std::optional<nlohmann::json> shared_json(const std::string& relative);

}  // namespace tilth::test

/// Skips the test, saying so, when the shared file is absent.
#define TILTH_SHARED_OR_SKIP(variable, relative)                                                          \
  const auto variable##_file = tilth::test::shared_json(relative);                                        \
  if (!variable##_file) GTEST_SKIP() << relative << " not found; set TILTH_SHARED to the reference data"; \
  const nlohmann::json& variable = *variable##_file
