#pragma once

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

}  // namespace tilth
