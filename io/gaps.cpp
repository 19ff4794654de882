// Gaps of daily series, and the files a pattern matches.
#include <cmath>

#include <glob.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/site_record.hpp"

namespace tilth {

namespace {

/// Calls `fill(first, past)` for every gap of at most `longest` values between two values; returns the values in them.
template <class Fill>
std::int64_t over_gaps(const std::vector<double>& values, int longest, const Fill& fill) {
  std::int64_t filled = 0;
  std::size_t i = 0;
  while (i < values.size()) {
    if (std::isfinite(values[i])) {
      ++i;
      continue;
    }
    std::size_t past = i;
    while (past < values.size() && !std::isfinite(values[past])) ++past;
    if (i > 0 && past < values.size() && past - i <= std::size_t(longest)) {
      fill(i, past);
      filled += std::int64_t(past - i);
    }
    i = past;
  }
  return filled;
}

}  // namespace

std::int64_t interpolate_gaps(std::vector<double>& values, int longest) {
  return over_gaps(values, longest, [&](std::size_t first, std::size_t past) {
    const double before = values[first - 1], after = values[past];
    for (std::size_t k = first; k < past; ++k)
      values[k] = before + (after - before) * double(k - first + 1) / double(past - first + 1);
  });
}

std::int64_t zero_gaps(std::vector<double>& values, int longest) {
  return over_gaps(values, longest, [&](std::size_t first, std::size_t past) {
    for (std::size_t k = first; k < past; ++k) values[k] = 0.0;
  });
}

std::vector<std::string> matches(const std::string& pattern, const std::string& where) {
  glob_t found{};
  std::vector<std::string> paths;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0)  // sorted
    for (std::size_t i = 0; i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
  globfree(&found);
  require(!paths.empty(), where, ": no file matches ", pattern, "; check the pattern and the data folder");
  return paths;
}

std::string only_match(const std::string& pattern, const std::string& where) {
  const std::vector<std::string> paths = matches(pattern, where);
  require(paths.size() == 1, where, ": ", paths.size(), " files match ", pattern, " (", joined(paths),
          "), expected exactly one; make the pattern more specific");
  return paths.front();
}

}  // namespace tilth
