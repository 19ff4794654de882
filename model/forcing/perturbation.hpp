#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/config/schema.hpp"
#include "core/physics/solar.hpp"
#include "core/random/random.hpp"
#include "core/state/forcing.hpp"
#include "model/forcing/sphere_lattice.hpp"

namespace tilth {

/// Random errors of the weather, different for each member (Reichle et al. 2007): first-order autoregressive in time,
/// correlated between variables and in space. Temperature and longwave get an added error; precipitation and shortwave
/// a lognormal factor of mean one, shortwave not above the clear sky (so its mean falls a little on clear days).
/// Minimum and maximum temperature move with the mean, vapour pressure is kept but not above saturation. Pressure, wind
/// and CO2 stay.
class ForcingPerturbation {
 public:
  struct Options {
    double precipitation_sd = 0.5, shortwave_sd = 0.3, longwave_sd = 20.0, temperature_sd = 1.0;
    double precipitation_shortwave = -0.8, precipitation_longwave = 0.5, shortwave_longwave = -0.5;
    double precipitation_temperature = -0.1, shortwave_temperature = 0.4, longwave_temperature = 0.3;
    double persistence_days = 3.0;
    double correlation_km = 600.0;
    void describe(Schema& s);
  };
  /// Throws `Error` when the correlations are impossible together.
  explicit ForcingPerturbation(Options options);

  /// Rows of padded members that a column's memory has: 4, or 0 when all standard deviations are 0.
  int memory_rows() const { return off_ ? 0 : variables; }

  /// Draws the memory, [row][padded(members)], from the stationary distribution. Member k has the key first_member + k.
  void start(const Random& random, const GridPoint& point, std::int64_t first_member, int members,
             double* memory) const;

  /// Advances the memory to `day` and writes the weather of every member (padding included). With all standard
  /// deviations 0, `out` is `base` exactly, as is every variable of standard deviation 0. The memory has stride
  /// `out.stride`. Draws of the day are kept between calls: not for two threads at once.
  void apply(const Random& random, Time day, const GridPoint& point, std::int64_t first_member, const MetDay& base,
             double* memory, MetMembers& out) const;

 private:
  enum Variable { precipitation, shortwave, longwave, temperature };
  static constexpr int variables = 4;

  struct DrawKey {
    std::int64_t day, first_member;
    int stride;
    double fingerprint;  ///< of the random generator
    bool operator==(const DrawKey&) const = default;
  };
  struct NodeDraws {
    std::int64_t generation = -1;
    AlignedVector<double> normal;  ///< [variable][member]
  };
  /// Correlated standard normals of a place and day, [variable][member]; valid until the next call.
  const double* innovations(const Random& random, std::int64_t day, const GridPoint& point, std::int64_t first_member,
                            int stride) const;
  const double* draws_of(const Random& random, const DrawKey& key, std::int64_t node) const;
  void mix(int stride) const;
  void write(const MetDay& base, double shortwave_cap, const double* memory, MetMembers& out) const;

  Options options_;
  bool off_ = false;
  double persistence_ = 0.0, fresh_ = 1.0;                       ///< AR(1): x <- persistence x + fresh e
  std::array<double, variables> log_sd_{};                       ///< of the lognormal factors
  std::array<std::array<double, variables>, variables> root_{};  ///< Cholesky factor of the correlations
  std::optional<SphereLattice> lattice_;                         ///< none: every column on its own

  // Draws of the current day, reused by columns that share lattice nodes.
  mutable std::optional<DrawKey> key_;
  mutable std::int64_t generation_ = 0;
  mutable std::unordered_map<std::int64_t, NodeDraws> nodes_;
  mutable AlignedVector<double> blend_;
  mutable Time sun_day_{-1};
  mutable Sun sun_;
};

}  // namespace tilth
