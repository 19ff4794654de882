#include "io/surface_classes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace tilth {

namespace {

/// Weights between climates from effective latitude (degrees of latitude plus elevation / 150 m).
struct Climates {
  double tropical, boreal, arctic, c4;
  explicit Climates(double lat, double elevation_m) {
    const double cold = std::abs(lat) + std::max(elevation_m, 0.0) / 150.0;
    const auto rising = [&](double from, double to) { return std::clamp((cold - from) / (to - from), 0.0, 1.0); };
    tropical = 1.0 - rising(20.0, 30.0);
    boreal = rising(48.0, 58.0);
    arctic = rising(58.0, 66.0);
    c4 = 1.0 - rising(25.0, 40.0);
  }
};

/// A share of a class that goes to one type: `weight` of it, times the climate weight.
struct Part {
  const char* pft;
  double weight;
  double (*climate)(const Climates&);
};

double all(const Climates&) { return 1.0; }
double tropical(const Climates& c) { return c.tropical; }
double not_tropical(const Climates& c) { return 1.0 - c.tropical; }
double boreal(const Climates& c) { return c.boreal; }
double not_boreal(const Climates& c) { return 1.0 - c.boreal; }
double arctic(const Climates& c) { return c.arctic; }
double not_arctic(const Climates& c) { return 1.0 - c.arctic; }
double warm(const Climates& c) { return c.c4; }
double cool(const Climates& c) { return 1.0 - c.c4; }

using Parts = std::vector<Part>;

const std::map<std::string, Parts>& classes() {
  static const std::map<std::string, Parts> table = [] {
    const Parts needle = {{"ENB", 1.0, boreal}, {"ENT", 1.0, not_boreal}};
    const Parts evergreen = {{"EBT", 1.0, tropical}, {"EBM", 1.0, not_tropical}};
    const Parts deciduous = {{"DBT", 1.0, tropical}, {"DBS", 1.0, not_tropical}};
    const Parts mixed = {
        {"ENB", 0.5, boreal}, {"ENT", 0.5, not_boreal}, {"DBT", 0.5, tropical}, {"DBS", 0.5, not_tropical}};
    const Parts shrub = {{"TUN", 1.0, arctic}, {"SHR", 1.0, not_arctic}};
    const Parts open_shrub = {{"TUN", 0.5, arctic}, {"SHR", 0.5, not_arctic}, {"BAR", 0.5, all}};
    const Parts savanna = {{"DBT", 0.3, tropical}, {"DBS", 0.3, not_tropical}, {"GR4", 0.7, warm}, {"GR3", 0.7, cool}};
    const Parts grass = {{"GR4", 1.0, warm}, {"GR3", 1.0, cool}};
    const Parts crop = {{"CR4", 0.4, warm}, {"CR3", 0.6, warm}, {"CR4", 0.2, cool}, {"CR3", 0.8, cool}};
    const auto one = [](const char* pft) { return Parts{{pft, 1.0, all}}; };
    std::map<std::string, Parts> t = {// groups of grid files
                                      {"tree_needleleaf_evergreen", needle},
                                      {"tree_broadleaf_evergreen", evergreen},
                                      {"tree_needleleaf_deciduous", one("DNB")},
                                      {"tree_broadleaf_deciduous", deciduous},
                                      {"tree_mixed", mixed},
                                      {"shrub", shrub},
                                      {"savanna", savanna},
                                      {"grass", grass},
                                      {"crop", crop},
                                      {"bare", one("BAR")},
                                      {"ice", one("BAR")},
                                      // IGBP codes
                                      {"ENF", needle},
                                      {"EBF", evergreen},
                                      {"DNF", one("DNB")},
                                      {"DBF", deciduous},
                                      {"MF", mixed},
                                      {"CSH", shrub},
                                      {"OSH", open_shrub},
                                      {"WSA", savanna},
                                      {"SAV", savanna},
                                      {"GRA", grass},
                                      {"WET", grass},
                                      {"CRO", crop},
                                      {"CVM", crop},
                                      {"BSV", one("BAR")},
                                      // site lists
                                      {"NET boreal", one("ENB")},
                                      {"NET temperate", one("ENT")},
                                      {"NDT boreal", one("DNB")},
                                      {"NDT temperate", one("DNB")},
                                      {"BET tropical", one("EBT")},
                                      {"BET temperate", one("EBM")},
                                      {"BDT tropical", one("DBT")},
                                      {"BDT temperate", one("DBS")},
                                      {"BDT boreal", one("DBS")},
                                      {"broadleaf evergreen shrub", one("SHR")},
                                      {"drought-deciduous shrub", one("SHR")},
                                      {"broadleaf deciduous shrub boreal", one("TUN")},
                                      {"C3 grass", one("GR3")},
                                      {"C4 grass", one("GR4")},
                                      {"C3 crop", one("CR3")},
                                      {"C4 crop", one("CR4")}};
    for (const std::string& name : pft_names) t[name] = Parts{{name.c_str(), 1.0, all}};
    return t;
  }();
  return table;
}

}  // namespace

bool add_class(Cover& cover, const std::string& name, double fraction, double lat, double elevation_m) {
  const auto found = classes().find(name);
  if (found == classes().end()) return false;
  const Climates climates(lat, elevation_m);
  for (const Part& part : found->second)
    cover[std::size_t(pft_index(part.pft))] += fraction * part.weight * part.climate(climates);
  return true;
}

std::vector<Tile> tiles_of(const Cover& cover, double threshold) {
  const double total = std::accumulate(cover.begin(), cover.end(), 0.0);
  std::vector<Tile> tiles;
  for (int p = 0; p < pft_count; ++p)
    if (cover[std::size_t(p)] > 0.0) tiles.push_back({p, cover[std::size_t(p)] / total});
  if (tiles.empty()) return {{0, 1.0}};
  std::stable_sort(tiles.begin(), tiles.end(), [](const Tile& a, const Tile& b) { return a.fraction > b.fraction; });
  std::vector<Tile> kept;
  int vegetated = 0;
  for (const Tile& tile : tiles) {
    if (!kept.empty() && (tile.fraction < threshold || (tile.pft != 0 && vegetated == max_tiles - 1))) continue;
    kept.push_back(tile);
    vegetated += tile.pft != 0;
  }
  double sum = 0.0;
  for (const Tile& tile : kept) sum += tile.fraction;
  for (Tile& tile : kept) tile.fraction /= sum;
  std::sort(kept.begin(), kept.end(), [](const Tile& a, const Tile& b) { return a.pft < b.pft; });
  return kept;
}

// Sand and clay: centres of the classes in the texture triangle (Balsamo et al. 2009, Table 1; FAO/UNESCO soil map).
const std::array<Texture, 7> soil_textures = {{{"coarse", 78.0, 9.0, 0.0},
                                               {"medium", 42.0, 21.0, 0.0},
                                               {"medium_fine", 9.0, 24.0, 0.0},
                                               {"fine", 18.0, 46.0, 0.0},
                                               {"very_fine", 10.0, 70.0, 0.0},
                                               {"organic", 42.0, 21.0, 0.8},
                                               {"tropical_organic", 42.0, 21.0, 0.5}}};

}  // namespace tilth
