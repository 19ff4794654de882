#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace tilth {

/// k-d tree of places on the sphere (unit vectors, so that neither the date line nor the poles are special).
class SphereTree {
 public:
  /// Degrees; `lon` and `lat` of equal size, finite.
  SphereTree(std::span<const double> lon, std::span<const double> lat);
  ~SphereTree();
  SphereTree(SphereTree&&) noexcept;
  SphereTree& operator=(SphereTree&&) noexcept;

  std::size_t size() const;
  /// Unit vector of place `i`.
  const std::array<double, 3>& place(std::int32_t i) const;
  /// Indices of the places whose great-circle distance is at most `radius_km`, ascending; allocates only to grow `out`.
  void within(const std::array<double, 3>& from, double radius_km, std::vector<std::int32_t>& out) const;
  /// Whether any place is within `radius_km`.
  bool any_within(const std::array<double, 3>& from, double radius_km) const;
  /// Distance to the nearest place in km; infinite when there is none.
  double nearest_km(const std::array<double, 3>& from) const;

 private:
  struct Index;
  std::unique_ptr<Index> index_;
};

}  // namespace tilth
