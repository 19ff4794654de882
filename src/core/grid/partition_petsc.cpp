#include "core/base/error.hpp"
#include "core/grid/partition.hpp"

namespace tilth {

std::vector<int> split_by_graph(const Comm&, const Grid&, const std::vector<std::int64_t>&) {
  throw Error("grid.partition.method: ptscotch is not available yet; use hilbert");
}

}  // namespace tilth
