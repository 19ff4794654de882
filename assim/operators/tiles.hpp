#pragma once

#include <span>
#include <string_view>

#include "assim/operators/observation_operator.hpp"

namespace tilth {

/// Share, in [0, 1], of members and tiles (tiles weighted by fraction) for which `holds(tile, member)`.
template <class Condition>
double share_of(const ObservedColumn& seen, const Condition& holds) {
  double share = 0.0;
  for (int t = 0; t < seen.column.tiles(); ++t) {
    int count = 0;
    for (int k = 0; k < seen.column.members(); ++k) count += holds(t, k) ? 1 : 0;
    share += seen.point.surface.tiles[t].fraction * count;
  }
  return share / seen.column.members();
}

/// Bit `flag` when more than half of members and tiles (weighted by fraction) have `variable` above `limit`, else 0.
inline std::uint32_t flag_above(const ObservedColumn& seen, std::string_view variable, double limit,
                                std::uint32_t flag) {
  const int row = seen.layout.row(variable);
  const double share = share_of(seen, [&](int t, int k) { return seen.column.row(t, row)[k] > limit; });
  return share > 0.5 ? flag : 0u;
}

/// hx = sum over tiles of fraction * variable, first layer; all padded members.
void mix_tiles(const ObservedColumn& seen, std::string_view variable, std::span<double> hx);

/// Parameter `p` of the operator's traits on a tile: padded members, or null when the model has no such parameter.
inline const double* parameter_of(const ObservedColumn& seen, int tile, int p, int count) {
  const std::size_t i = std::size_t(tile) * count + p;
  return i < seen.parameters.size() ? seen.parameters[i] : nullptr;
}

}  // namespace tilth
