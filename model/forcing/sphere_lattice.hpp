#pragma once

#include <array>
#include <cstdint>

namespace tilth {

/// Nodes about `spacing_km` apart over the globe, on rows of latitude. Independent standard normals at the nodes,
/// blended with a stencil's weights, give a field of unit variance everywhere, correlated over about the spacing and
/// uncorrelated beyond twice of it. Nothing is stored per node, and nodes have global numbers: any rank can compute
/// any.
class SphereLattice {
 public:
  /// @pre 50 <= spacing_km <= 5000.
  explicit SphereLattice(double spacing_km);

  /// Four nodes (repeated with weight 0 at the poles) and weights whose squares add up to 1.
  struct Stencil {
    std::array<std::int64_t, 4> node;
    std::array<double, 4> weight;
  };
  Stencil stencil(double lon, double lat) const;

 private:
  int intervals_;  ///< rows lie at -90 + j * 180 / intervals_, j = 0..intervals_
  int nodes_in_row(int row) const;
};

}  // namespace tilth
