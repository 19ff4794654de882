#include "assim/calibration/design/sobol_sequence.hpp"

#include <array>
#include <bit>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

constexpr int bits = 32;

struct Direction {
  std::uint32_t polynomial;        // all coefficients as bits, the highest is the degree
  std::array<std::uint32_t, 9> m;  // first direction integers, as many as the degree
};

constexpr Direction directions[] = {
#include "assim/calibration/design/direction_numbers.inc"
};
static_assert(std::size(directions) + 1 == std::size_t(most_sobol_dimensions));

// Direction numbers v_1 ... v_32 of a dimension, the first bit after the point highest (Joe & Kuo 2008, eq. 2).
std::array<std::uint32_t, bits> direction_numbers(Index dimension) {
  std::array<std::uint32_t, bits> v{};
  if (dimension == 0) {
    for (int k = 0; k < bits; ++k) v[k] = 1U << (bits - 1 - k);
    return v;
  }
  const Direction& direction = directions[dimension - 1];
  const int degree = std::bit_width(direction.polynomial) - 1;
  for (int k = 0; k < bits; ++k) {
    if (k < degree) {
      v[k] = direction.m[k] << (bits - 1 - k);
      continue;
    }
    v[k] = v[k - degree] ^ (v[k - degree] >> degree);
    for (int j = 1; j < degree; ++j)
      if (direction.polynomial >> (degree - j) & 1U) v[k] ^= v[k - j];
  }
  return v;
}

// Owen 1995: bit k is flipped by a coin that belongs to the bits above it.
std::uint32_t scrambled(std::uint32_t x, const Draws& coin, Index dimension) {
  std::uint32_t out = x;
  for (int k = 0; k < bits; ++k) {
    const std::uint32_t prefix = k == 0 ? 0U : x >> (bits - k);
    if (coin.uniform(k, dimension, prefix) < 0.5) out ^= 1U << (bits - 1 - k);
  }
  return out;
}

}  // namespace

Matrix sobol_points(std::int64_t first, Index count, Index dimensions, std::uint64_t seed) {
  require(dimensions >= 1 && dimensions <= most_sobol_dimensions, "Sobol' sequence of ", dimensions,
          " dimensions, must be 1 to ", most_sobol_dimensions, "; use a Latin hypercube for more");
  require(first >= 0 && first + count <= std::int64_t{1} << bits, "Sobol' sequence: points ", first, " to ",
          first + count, ", there are 2^32");
  const Draws coin(seed, Stream::scramble);
  Matrix points(count, dimensions);
  for (Index d = 0; d < dimensions; ++d) {
    const auto v = direction_numbers(d);
    for (Index i = 0; i < count; ++i) {
      std::uint32_t x = 0;
      const auto number = std::uint32_t(first + i);
      for (int k = 0; k < bits; ++k)
        if (number >> k & 1U) x ^= v[k];
      points(i, d) = (double(scrambled(x, coin, d)) + 0.5) * 0x1p-32;
    }
  }
  return points;
}

}  // namespace tilth::calibration
