#include "core/grid/grid.hpp"

#include <algorithm>

namespace tilth {

const std::array<std::string, pft_count> pft_names = {"BAR", "ENT", "ENB", "DNB", "EBT", "EBM", "DBT",
                                                      "DBS", "SHR", "TUN", "GR3", "GR4", "CR3", "CR4"};

int pft_index(const std::string& name) {
  const auto found = std::find(pft_names.begin(), pft_names.end(), name);
  return found == pft_names.end() ? -1 : int(found - pft_names.begin());
}

}  // namespace tilth
