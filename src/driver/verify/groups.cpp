#include "driver/verify/groups.hpp"

#include "driver/verify/regions.hpp"

namespace tilth {

Groups::Groups(const Domain& domain, const std::string& reference) : members_(std::size_t(domain.columns())) {
  std::vector<std::int64_t> columns_of(pft_count, 0);
  for (const GridPoint& p : domain.points()) ++columns_of[std::size_t(dominant_pft(p))];
  domain.comm->sum(columns_of);
  const std::vector<Region> regions = regions_of(*domain.experiment);
  regions_ = int(regions.size());
  for (const Region& region : regions) groups_.push_back({reference, region.name, "all"});
  std::vector<int> number(pft_count, -1);
  for (int pft = 0; pft < pft_count; ++pft) {
    if (columns_of[std::size_t(pft)] == 0) continue;
    number[std::size_t(pft)] = int(groups_.size());
    groups_.push_back({reference, regions.front().name, pft_names[std::size_t(pft)]});
  }
  for (std::size_t c = 0; c < members_.size(); ++c) {
    const GridPoint& p = domain.grid.points[c];
    for (int r = 0; r < regions_; ++r)
      if (regions[std::size_t(r)].contains(p.lon, p.lat)) members_[c].push_back(r);
    members_[c].push_back(number[std::size_t(dominant_pft(p))]);
  }
}

void Groups::add_towers(std::span<const std::string> names, std::span<const int> columns) {
  for (std::size_t t = 0; t < names.size(); ++t) {
    std::vector<int> here;
    if (columns[t] >= 0) here = members_[std::size_t(columns[t])];
    if (columns[t] >= 0 && !names[t].empty()) here.push_back(int(groups_.size()));
    if (!names[t].empty()) groups_.push_back({"tower:" + names[t], groups_.front().region, "all"});
    members_.push_back(std::move(here));
  }
}

}  // namespace tilth
