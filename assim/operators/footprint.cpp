#include "assim/operators/footprint.hpp"

#include <algorithm>

#include "assim/operators/overpass.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

void FootprintOptions::describe(Schema& s) {
  s.text("footprint", footprint)
      .one_of({"area", "dominant", "types"})
      .about("Weights of the tiles: their area fractions, the largest tile alone, or by vegetation type.");
  s.words("types", types).about("Vegetation types of `footprint: types`, such as DBS or GR3.");
  s.reals("weights", weights).in(0.0, 1e6).about("Weight of each of these types; they need not add up to 1.");
  s.text("daylight", daylight)
      .one_of({"any", "day", "night"})
      .about("Part of the day that is used of data with a time of day; others are flagged (qc_daylight).");
  if (!s.is_reading()) return;
  require((footprint == "types") == !types.empty(), s.where(),
          ".types: give them with footprint: types, and only then");
  require(types.size() == weights.size(), s.where(), ".weights: ", weights.size(), " weights for ", types.size(),
          " types; give one each");
  double sum = 0.0;
  for (std::size_t i = 0; i < types.size(); ++i) {
    require(pft_index(types[i]) >= 0, s.where(), ".types: no vegetation type '", types[i], "'",
            did_you_mean(types[i], pft_names), "; known: ", joined(pft_names));
    sum += weights[i];
  }
  require(types.empty() || sum > 0.0, s.where(), ".weights: all are 0; one at least must be positive");
}

Footprint footprint_of(const FootprintOptions& options, const Surface& surface) {
  const std::vector<Tile>& tiles = surface.tiles;
  Footprint out;
  if (options.footprint == "dominant") {
    const auto largest = std::max_element(tiles.begin(), tiles.end(),
                                          [](const Tile& a, const Tile& b) { return a.fraction < b.fraction; });
    out.weight[std::size_t(largest - tiles.begin())] = 1.0;
    return out;
  }
  double sum = 0.0;
  for (std::size_t i = 0; i < options.types.size(); ++i) {
    const int pft = pft_index(options.types[i]);
    double area = 0.0;  // tiles of one type share its weight
    for (const Tile& tile : tiles) area += tile.pft == pft ? tile.fraction : 0.0;
    if (!(area > 0.0)) continue;
    sum += options.weights[i];
    for (std::size_t t = 0; t < tiles.size(); ++t)
      if (tiles[t].pft == pft) out.weight[t] += options.weights[i] * tiles[t].fraction / area;
  }
  out.covered = options.types.empty() || sum > 0.0;
  for (std::size_t t = 0; t < tiles.size(); ++t) out.weight[t] = sum > 0.0 ? out.weight[t] / sum : tiles[t].fraction;
  return out;
}

std::uint32_t flag_daylight(const FootprintOptions& options, const ObservedColumn& seen) {
  if (options.daylight == "any" || !seen.timed) return qc_used;
  return (sun_cosine_at(seen) > 0.0) == (options.daylight == "day") ? qc_used : qc_daylight;
}

}  // namespace tilth
