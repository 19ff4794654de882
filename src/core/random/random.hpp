#pragma once

#include <cstdint>
#include <string_view>

namespace tilth {

/// What a draw is for; part of its key, so that no two uses share a draw.
enum class Purpose : std::uint32_t {
  prior_parameters = 1,
  initial_state,
  forcing_perturbation,
  weather,
  observation_error,
  observation_sampling,
  analysis,
  nature,
  test,
  model_noise,
  rain_hour,
  bootstrap,
  clouds,
  observation_bias,
  observation_place,
  calibration = 32
};

/// Counter-based random numbers (Philox4x64-10; Salmon et al. 2011): a draw is a pure function of its key, so it does
/// not depend on ranks, on the order of calls or on a restart. Uses only + - * / sqrt and own log: same bits
/// everywhere.
class Random {
 public:
  Random(std::uint64_t seed, Purpose purpose) : seed_(seed), purpose_(purpose) {}

  /// Key of a draw: `cycle` (or day number), `member` (-1: nature), `id` (global column or observation id), and `draw`
  /// (which of several draws for the same key).
  struct Key {
    std::int64_t cycle = 0, member = 0, id = 0, draw = 0;
  };
  /// Uniform in (0, 1): an odd multiple of 2^-53, never 0 or 1.
  double uniform(const Key& key) const;
  /// Standard normal (polar method on successive random words of the same key); independent of `uniform` at that key.
  double normal(const Key& key) const;

 private:
  std::uint64_t seed_;
  Purpose purpose_;
};

}  // namespace tilth
