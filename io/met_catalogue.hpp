#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/parallel/comm.hpp"
#include "io/grid_cells.hpp"
#include "io/met_raw.hpp"
#include "io/units.hpp"

namespace tilth {

/// Where the samples of one day of one variable are: consecutive times of one file.
struct Samples {
  int file = -1;
  std::int64_t first = 0;
  int count = 0;
  std::int64_t begin_s = 0;  ///< of the first one after 00:00 UTC
};

/// What gridded weather files hold, by variable and day; the same on all ranks.
struct MetCatalogue {
  std::vector<std::string> paths;
  CellAxes axes;
  struct Variable {
    std::string name;                      ///< in the files
    std::vector<UnitConverter> convert;    ///< per file, to the unit of the raw variable
    std::map<std::int64_t, Samples> days;  ///< by day number since 1970; whole days only
    int usual = 0;                         ///< samples of a whole day; 0: no file has the variable
    bool present() const { return usual > 0; }
  };
  std::array<Variable, raw_count> variables;
  std::int64_t incomplete = 0;  ///< days of variables left out because samples are missing

  /// All variables of the files have this day.
  bool has(Time day) const;
  int first_year() const, last_year() const;
};

/// Opens every file once and notes axes, units and days. `Error` when grids differ between the files. Collective.
MetCatalogue read_met_catalogue(const Comm& comm, const std::vector<std::string>& paths, std::int64_t shift_s);

}  // namespace tilth
