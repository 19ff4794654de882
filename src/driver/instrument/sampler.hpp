#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "driver/domain.hpp"

namespace tilth {

/// One look of an instrument at a cell.
struct Look {
  Time begin = {}, end = {};  ///< equal for an instant
  std::int64_t number = 0;    ///< of the cell's looks of the day, below `most_looks`; part of keys and ids
  double view_zenith_deg = std::numeric_limits<double>::quiet_NaN();
  double footprints = 0.0;                 ///< of a clear sky; 0: the value stands for the cell
  double length_km = 0.0, width_km = 0.0;  ///< of the part of the cell they lie in
  bool composite = false;                  ///< of several passes: clouds and bad values take a share of it, never all
  double lon = 0.0, lat = 0.0;
};

/// More looks of a cell in a day than any sampler makes.
inline constexpr std::int64_t most_looks = 256;

/// When and where an instrument looks, whatever the weather. A pure function of day and place, so that no rank decides.
class Sampler {
 public:
  virtual ~Sampler() = default;
  /// Adds the looks at column `c` on a UTC day.
  virtual void looks(Time day, int c, std::vector<Look>& out) const = 0;
};

/// The sampler of stream `type`. `Error` on all ranks when it sees nothing of the grid. Collective.
std::unique_ptr<Sampler> make_sampler(const Domain& domain, int type);

std::unique_ptr<Sampler> regular_sampler(const Domain& domain, int type);
std::unique_ptr<Sampler> swath_sampler(const Domain& domain, int type);
std::unique_ptr<Sampler> geostationary_sampler(const Domain& domain, int type);
std::unique_ptr<Sampler> track_sampler(const Domain& domain, int type);
std::unique_ptr<Sampler> tower_sampler(const Domain& domain, int type);

}  // namespace tilth
