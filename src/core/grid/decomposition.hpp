#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/schema.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Options of the partitioner (`grid.partition`).
struct PartitionOptions {
  std::string method = "hilbert", cost = "tiles";
  void describe(Schema& s);
};

/// Distributes `loaded` (each rank holds any points, each point once) so that the sums of `weight` per rank are
/// balanced and neighbours stay together; on return `loaded.points` are this rank's, in Hilbert order. A point's data
/// are unchanged. Throws `Error` when there are more ranks than points. Collective.
void decompose(const Comm& comm, Grid& loaded, const std::vector<double>& weight, const PartitionOptions& options);

/// Owner rank of every global id of interest, without a global table: ids are looked up in a distributed directory.
/// Returns for each queried id its owner rank and its index in the owner's `Grid::points`; -1 when unknown. Collective.
struct Location {
  std::int32_t rank = -1, index = -1;
};
std::vector<Location> locate(const Comm& comm, const Grid& grid, const std::vector<std::int64_t>& ids);

/// Nearest land point to each place within `reach_km`, over all ranks: global id or -1. Ties go to the lower id.
/// Collective.
std::vector<std::int64_t> nearest_points(const Comm& comm, const Grid& grid, const std::vector<double>& lon,
                                         const std::vector<double>& lat, double reach_km);

}  // namespace tilth
