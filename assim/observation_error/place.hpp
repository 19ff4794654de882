#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>

#include "core/obs/obs_table.hpp"

namespace tilth {

/// Where an observation belongs: its grid point and level; observations without level share one.
using Place = std::pair<std::int64_t, std::uint64_t>;

inline Place place_of(const ObsTable& table, std::size_t i) {
  const double level = table.level[i] == 0.0 ? 0.0 : table.level[i];  // -0 is 0
  return {table.point[i], std::isnan(level) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(level)};
}

inline bool is_used(const ObsTable& table, std::size_t i, int type) {
  return table.type[i] == type && table.flag[i] == qc_used;
}

}  // namespace tilth
