#pragma once

#include <string>
#include <vector>

namespace tilth {

/// A row of a table of parameters.
struct ParameterRow {
  std::string name;
  std::string pft;   ///< short name; empty: all
  std::string site;  ///< empty: all
  double value = 0.0, sd = 0.0, lower = 0.0, upper = 0.0;
  std::string units;
  std::string where;  ///< file and line, for messages
};

/// Reads a CSV file whose first line names the columns: name and value are needed, pft and site are looked at, others
/// passed over. Lines with # are remarks. @throws Error that names file and line
std::vector<ParameterRow> read_parameter_table(const std::string& path);

/// Writes name,pft,site,value,sd,lower,upper,units aside, then renames. @throws Error where `path` is one of `inputs`
void write_parameter_table(const std::string& path, const std::vector<ParameterRow>& rows,
                           const std::vector<std::string>& inputs);

}  // namespace tilth
