#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tilth {

// Scalars of the configuration as text; private to this folder.

/// A finite number; nothing otherwise (also for `nan`, `inf` and what a double cannot hold).
std::optional<double> real_of(std::string_view text);
/// A whole number written with digits only; nothing otherwise.
std::optional<std::int64_t> integer_of(std::string_view text);
/// Shortest text that reads back to the same double; empty when not finite.
std::string real_text(double value);
/// A YAML scalar that reads back to `text`, quoted where needed.
std::string yaml_scalar(std::string_view text);
/// `[a, b]` of texts that are YAML already.
std::string yaml_list(std::span<const std::string> items);

}  // namespace tilth
