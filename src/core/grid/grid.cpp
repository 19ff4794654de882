#include "core/grid/grid.hpp"

#include <algorithm>

namespace tilth {

const std::array<std::string, pft_count> pft_names = {"BAR", "ENT", "ENB", "DNB", "EBT", "EBM", "DBT",
                                                      "DBS", "SHR", "TUN", "GR3", "GR4", "CR3", "CR4"};

int pft_index(const std::string& name) {
  const auto found = std::find(pft_names.begin(), pft_names.end(), name);
  return found == pft_names.end() ? -1 : int(found - pft_names.begin());
}

int dominant_pft(const GridPoint& point) {
  const auto& tiles = point.surface.tiles;
  const auto most = std::max_element(tiles.begin(), tiles.end(),
                                     [](const Tile& a, const Tile& b) { return a.fraction < b.fraction; });
  return most == tiles.end() ? 0 : most->pft;
}

}  // namespace tilth
