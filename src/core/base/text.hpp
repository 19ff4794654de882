#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tilth {

/// "; did you mean 'x'?" for the candidate nearest to `word` (Damerau-Levenshtein distance at most a third of its
/// length, at least 1; upper and lower case count as equal), or an empty string.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// "a, b, c".
std::string joined(std::span<const std::string> words, std::string_view separator = ", ");

}  // namespace tilth
