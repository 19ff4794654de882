#include "core/random/random.hpp"

#include <cmath>

#include <Random123/philox.h>

#include "core/base/scalar_log.hpp"

namespace tilth {
namespace {

using Engine = r123::Philox4x64;

// Four random words of a key. Words of different `stream` are independent: 0 serves uniform(), 1, 2, ... normal().
Engine::ctr_type words(std::uint64_t seed, Purpose purpose, const Random::Key& key, std::uint64_t stream) {
  const auto word = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const Engine::ctr_type counter = {{word(key.cycle), word(key.member), word(key.id), word(key.draw)}};
  const Engine::key_type secret = {{seed, static_cast<std::uint64_t>(purpose) | stream << 32}};
  return Engine()(counter, secret);
}

// Odd multiple of 2^-53 in (0, 1); all steps exact.
double unit_interval(std::uint64_t word) { return (static_cast<double>(word >> 12) + 0.5) * 0x1p-52; }

}  // namespace

double Random::uniform(const Key& key) const { return unit_interval(words(seed_, purpose_, key, 0)[0]); }

double Random::normal(const Key& key) const {
  // Marsaglia & Bray 1964: a point in the unit disc; two tries per block of four words, 5 % of draws need another.
  for (std::uint64_t stream = 1;; ++stream) {
    const Engine::ctr_type w = words(seed_, purpose_, key, stream);
    for (const int i : {0, 2}) {
      const double u = 2.0 * unit_interval(w[i]) - 1.0;
      const double v = 2.0 * unit_interval(w[i + 1]) - 1.0;
      const double s = u * u + v * v;  // never 0: u and v are odd multiples of 2^-52
      if (s < 1.0) return u * std::sqrt(-2.0 * scalar_log(s) / s);
    }
  }
}

}  // namespace tilth
