#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/site_runs.hpp"
#include "io/table.hpp"

namespace tilth {

/// A table of parameter sets, one per row, with what is known of their runs: columns `u_<parameter>` (unit cube),
/// `z_<parameter>` or `<parameter>` (physical), `site` (absent: for all sites), `failed` (1), and results by name.
struct DesignFile {
  std::string path;
  std::vector<std::string> site;  ///< of each row; empty: the rows are for all sites
  std::vector<std::string> columns;
  calibration::Matrix values;  ///< row x column; not-a-number where there is none

  /// Number of a column, or -1.
  int column(const std::string& name) const;
  /// Rows for a site.
  std::vector<calibration::Index> rows(const std::string& site_name) const;
};

/// Reads CSV (a name that ends in .csv) or NetCDF as `write_design` makes it. Collective.
DesignFile read_design(const Comm& comm, const std::string& path);

/// Coordinates z of the rows for a site, from whichever columns there are. @throws Error where a parameter has no
/// column or a value lies outside of the bounds
calibration::Matrix design_z(const DesignFile& file, const SiteRuns& runs, int site,
                             const std::vector<calibration::Index>& rows);

/// Columns of a file by name, as rows. @throws Error for a name without a column
calibration::Matrix design_columns_of(const DesignFile& file, const std::vector<calibration::Index>& rows,
                                      const std::vector<std::string>& names);

/// The z at which a parameter has a physical value at a site, within its bounds; not-a-number when there is none.
double z_of_physical(const SiteRuns& runs, int site, int parameter, double value);

/// Writes `folder/name.nc` and `folder/name.csv`, which `read_design` reads back to the bit. Collective.
void write_design(const Comm& comm, const std::string& folder, const std::string& name,
                  const std::vector<TableColumn>& columns);

}  // namespace tilth
