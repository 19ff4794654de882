#pragma once

#include <string>
#include <vector>

namespace tilth {

/// A station; degrees.
struct Tower {
  std::string name;
  double lat = 0.0, lon = 0.0;
};

/// Well-known stations of FLUXNET at their published coordinates (Pastorello et al. 2020).
const std::vector<Tower>& known_towers();

/// Stations of a table of comma-separated values: a head line that names the columns, among them `name` or `site`,
/// `lat` or `latitude`, `lon` or `longitude`; others are passed over. `Error` with file and line.
std::vector<Tower> read_towers(const std::string& path);

/// Those of `towers` with the given names, in their order; all when there are none. `Error` for an unknown one.
std::vector<Tower> named_towers(const std::vector<Tower>& towers, const std::vector<std::string>& names,
                                const std::string& where);

}  // namespace tilth
