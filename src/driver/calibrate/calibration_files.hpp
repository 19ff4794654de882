#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/calibrate/calibrate.hpp"
#include "driver/calibrate/parameter_table.hpp"

namespace tilth {

/// Physical value of a parameter for a type at a site; not-a-number where that type keeps its default.
using TypeValue = std::function<double(int site, int parameter, int pft, double z)>;

/// Rows of parameters.csv: of every site and type for scope site, of every type for the others; with the dominant type
/// of the sites only for scope pft, as others at its sites belong to other problems.
std::vector<ParameterRow> table_rows(const SiteRuns& runs, const CalibrationResults& results, const std::string& scope,
                                     const TypeValue& value);

/// Writes calibration.nc into a folder. Collective.
void write_calibration(const Comm& comm, const std::string& folder, const SiteRuns& runs,
                       const CalibrationResults& results);

/// Writes calibration.json, for people, on this rank.
void write_report(const std::string& folder, const SiteRuns& runs, const CalibrationResults& results,
                  const std::string& method);

/// What was found, as lines of text.
std::string calibration_text(const SiteRuns& runs, const CalibrationResults& results, const std::string& method);

}  // namespace tilth
