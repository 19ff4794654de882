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

void Groups::add_towers(const Domain& domain) {
  for (const SiteOptions& site : domain.experiment->grid.sites) {
    for (std::size_t c = 0; c < members_.size(); ++c)
      if (domain.grid.points[c].name == site.name) members_[c].push_back(int(groups_.size()));
    groups_.push_back({"tower:" + site.name, groups_.front().region, "all"});
  }
}

}  // namespace tilth
