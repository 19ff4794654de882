#pragma once

#include <string>
#include <vector>

#include "assim/calibration/types.hpp"
#include "driver/calibrate/model_outputs.hpp"
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
  int members = 0;  ///< whose spread is the uncertainty
  Time begin;       ///< of the first day
  std::string calibration_period, validation_period;
  std::vector<CallmipParameter> parameters;

  struct Variable {
    std::string name, long_name, standard_name, units;
    calibration::Vector values;
    std::string comment = {};
    bool mean = true;  ///< over the day; false: the value at its end
  };
  std::vector<Variable> variables;

  /// Adds the series of an output of the model. `uncertainty`: empty, or one standard deviation of every day.
  void add(const ModelOutput& output, const calibration::Vector& values, const calibration::Vector& uncertainty);
  /// Adds the series of a stream with its CMIP name, sign and units where its operator has one, else with the name of
  /// the stream. Left out where a variable of the name is there.
  void add(const Stream& stream, const calibration::Vector& values, const calibration::Vector& uncertainty);
  /// Tilth.<version>_<phase>_<scenario>_<site>_<Cal|Val>_<Prior|Posterior>.nc
  std::string name() const;
  /// Writes it aside, then renames it. Of one rank.
  void write(const std::string& folder) const;

 private:
  void add(Variable variable, const calibration::Vector& uncertainty);
};

}  // namespace tilth
