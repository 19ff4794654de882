#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/grid/grid.hpp"
#include "core/random/random.hpp"
#include "model/forcing/sphere_lattice.hpp"

namespace tilth {

/// What varies from day to day, each a standard normal field.
enum class Field : int { wetness, amount, temperature, cloud, humidity, wind, count };
inline constexpr int field_count = int(Field::count);

/// Keyed standard normal fields, correlated in space (lattice) and time (a finite window of white noise: the field of
/// any day is computed alone, so its bits depend on neither the days asked before nor the other points).
class WeatherFields {
 public:
  /// `persistence_days`: e-folding time of temperature; the other fields forget in two thirds of it.
  WeatherFields(std::uint64_t seed, double spacing_km, double persistence_days);

  /// Chooses the points of the following days.
  void set_points(std::span<const GridPoint> points);
  /// Fields of day number `day` (days since 1970) at every point, [point * field_count + field]; valid until the next
  /// call.
  std::span<const double> on_day(std::int64_t day);

 private:
  struct PointStencil {
    std::array<int, 4> node;  ///< index in nodes_
    std::array<double, 4> weight;
  };
  const std::vector<double>& white_noise(std::int64_t day);
  void blend_days(std::int64_t day);

  Random random_;
  SphereLattice lattice_;
  int window_;                       ///< days
  std::vector<double> kernel_;       ///< [days back * field_count + field], squares of a field add up to 1
  std::vector<std::int64_t> nodes_;  ///< lattice nodes in use, ascending
  std::vector<PointStencil> stencils_;
  std::vector<std::int64_t> ring_day_;
  std::vector<std::vector<double>> ring_;  ///< white noise of recent days, [node * field_count + field]
  std::vector<double> node_value_, point_value_;
};

}  // namespace tilth
