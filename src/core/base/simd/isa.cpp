#include "core/base/simd/isa.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/base/error.hpp"

namespace tilth::simd {

namespace {
struct Entry {
  Isa isa;
  const char* name;
  int lanes;
};
constexpr std::array<Entry, 4> entries{
    {{Isa::scalar, "scalar", 1}, {Isa::sse2, "sse2", 2}, {Isa::avx2, "avx2", 4}, {Isa::avx512, "avx512", 8}}};

bool supported(Isa isa) {
  switch (isa) {
    case Isa::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Isa::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
             __builtin_cpu_supports("avx512vl");
    default:
      return true;
  }
}
}  // namespace

std::string to_string(Isa isa) { return entries[std::size_t(isa)].name; }

int lanes_of(Isa isa) { return entries[std::size_t(isa)].lanes; }

std::vector<Isa> supported_isas() {
  std::vector<Isa> all;
  for (const Entry& entry : entries)
    if (supported(entry.isa)) all.push_back(entry.isa);
  return all;
}

Isa chosen_isa() {
  const auto all = supported_isas();
  const char* wanted = std::getenv("TILTH_ISA");
  if (!wanted || !*wanted) return all.back();
  const auto found = std::find_if(all.begin(), all.end(), [&](Isa isa) { return to_string(isa) == wanted; });
  require(found != all.end(), "environment variable TILTH_ISA = '", wanted,
          "': not an instruction set of this processor; use scalar, sse2, avx2 or avx512, or unset it (widest here: ",
          to_string(all.back()), ")");
  return *found;
}

}  // namespace tilth::simd
