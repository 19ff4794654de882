#include "assim/observation_error/thinning.hpp"

#include <algorithm>
#include <cstdlib>

#include "assim/observation_error/boxes.hpp"

namespace tilth {

void thin_observations(ObsTable& table, int type, const BoxOptions& options) {
  for (const ObsBox& box : observation_boxes(table, type, options)) {
    const auto distance = [&](std::size_t i) { return std::abs(middle(table.begin[i], table.end[i]) - box.middle); };
    const std::size_t kept = *std::min_element(  // the first of equals: rows ascend by id
        box.rows.begin(), box.rows.end(), [&](std::size_t a, std::size_t b) { return distance(a) < distance(b); });
    for (const std::size_t i : box.rows)
      if (i != kept) table.flag[i] |= qc_thinned;
  }
}

}  // namespace tilth
