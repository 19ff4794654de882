#include "driver/calibrate/problems.hpp"

#include <map>

#include "core/base/error.hpp"

namespace tilth {

int main_vegetation(const GridPoint& point) {
  int pft = 0;
  double most = 0.0;
  for (const Tile& tile : point.surface.tiles)
    if (tile.pft > 0 && tile.fraction > most) most = tile.fraction, pft = tile.pft;
  return pft;
}

std::vector<Problem> problems_of(const std::string& scope, const SiteRuns& runs) {
  std::vector<Problem> out;
  std::map<int, Problem> by_pft;
  for (int s = 0; s < runs.sites(); ++s) {
    if (scope == "site") out.push_back({runs.name(s), {s}});
    if (scope == "pft") by_pft[main_vegetation(runs.point(s))].sites.push_back(s);
    if (scope == "global" && out.empty()) out.push_back({"global", {}});
    if (scope == "global") out[0].sites.push_back(s);
  }
  for (auto& [pft, problem] : by_pft) out.push_back({pft_names[std::size_t(pft)], std::move(problem.sites)});
  ensure(!out.empty(), "calibration.scope: '", scope, "' makes no problem of ", runs.sites(), " sites");
  return out;
}

calibration::Box box_of(const SiteRuns& runs, const Problem& problem) {
  calibration::Box box = runs.box(problem.sites.front());
  for (const int s : problem.sites) {
    const calibration::Box other = runs.box(s);
    box.lower = box.lower.cwiseMax(other.lower);
    box.upper = box.upper.cwiseMin(other.upper);
  }
  for (calibration::Index j = 0; j < box.size(); ++j)
    require(box.lower(j) < box.upper(j), "calibration: the sites of '", problem.name, "' leave no room for parameter '",
            runs.parameters()[std::size_t(j)].name, "': z from ", box.lower(j), " to ", box.upper(j),
            "; calibrate them apart");
  return box;
}

}  // namespace tilth
