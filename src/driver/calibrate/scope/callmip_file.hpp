#pragma once

#include <string>
#include <vector>

#include "assim/calibration/types.hpp"
#include "driver/domain.hpp"

namespace tilth {

struct CallmipParameter {
  std::string name, units;
  double value = 0.0, uncertainty = 0.0;  ///< physical, one standard deviation
};

/// One file of daily series at a site, with the names, attributes and layout of the template of CalLMIP phase 1.
struct CallmipFile {
  std::string phase, scenario, site;
  double lat = 0.0, lon = 0.0;
  bool posterior = false, held_out = false;
  Time begin;  ///< of the first day
  std::string calibration_period, validation_period;
  std::vector<CallmipParameter> parameters;

  struct Variable {
    std::string name, long_name, standard_name, units;
    calibration::Vector values;
  };
  std::vector<Variable> variables;

  /// Adds the series of a stream with its CMIP name, sign and units where its operator has one, else with the name of
  /// the stream. `uncertainty`: empty, or one standard deviation of every day. The second stream of an operator is
  /// left out.
  void add(const Stream& stream, const calibration::Vector& values, const calibration::Vector& uncertainty);
  /// Tilth.<version>_<phase>_<scenario>_<site>_<Cal|Val>_<Prior|Posterior>.nc
  std::string name() const;
  /// Writes it aside, then renames it. Of one rank.
  void write(const std::string& folder) const;
};

}  // namespace tilth
