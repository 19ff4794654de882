#pragma once

#include <cstdint>
#include <vector>

#include "assim/observation_error/options.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// Used observations of a stream that share a box: a column (or a square within it), a level and an interval of time.
/// Columns are not divided between ranks, so boxes are the same for any rank count.
struct ObsBox {
  std::vector<std::size_t> rows;  ///< ascending by id
  Time middle;                    ///< of the interval; of the observations when the box is the whole window
};

/// All boxes with used observations (flag 0) of stream `type`, in an order that depends on places and times only.
std::vector<ObsBox> observation_boxes(const ObsTable& table, int type, const BoxOptions& options);

}  // namespace tilth
