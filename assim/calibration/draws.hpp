#pragma once

#include <cstdint>

#include "core/random/random.hpp"

namespace tilth::calibration {

/// What a draw of a calibration is for.
enum class Stream : std::int64_t {
  scramble = 1,
  latin_order,
  latin_place,
  morris,
  bootstrap,
  starts,
  candidates,
  nroy_seed,
  slice,
  cma_es,
  restart,
  genetic,
  proposal,
  acceptance,
  cluster,
  network,
  folds,
  permutation,
  ensemble,
  observed,
  function
};

/// Keyed draws of one stream: a pure function of the seed, the stream and three numbers.
class Draws {
 public:
  Draws(std::uint64_t seed, Stream stream) : random_(seed, Purpose::calibration), stream_(std::int64_t(stream)) {}

  /// Uniform in (0, 1).
  double uniform(std::int64_t a, std::int64_t b, std::int64_t c = 0) const {
    return random_.uniform({.cycle = a, .member = b, .id = c, .draw = stream_});
  }
  /// Standard normal.
  double normal(std::int64_t a, std::int64_t b, std::int64_t c = 0) const {
    return random_.normal({.cycle = a, .member = b, .id = c, .draw = stream_});
  }
  /// Uniform in 0, ..., n - 1. @pre n >= 1
  std::int64_t below(std::int64_t n, std::int64_t a, std::int64_t b, std::int64_t c = 0) const {
    const auto drawn = std::int64_t(uniform(a, b, c) * double(n));
    return drawn < n ? drawn : n - 1;
  }

 private:
  Random random_;
  std::int64_t stream_;
};

}  // namespace tilth::calibration
