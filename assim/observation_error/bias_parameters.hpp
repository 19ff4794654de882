#pragma once

#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/schema.hpp"
#include "core/state/parameter_set.hpp"

namespace tilth {

/// `observations[].bias:` the bias of a stream as parameters that are estimated with states and model parameters:
/// prediction = operator(column) + sum over predictors of beta_p(member) * predictor_p(time).
struct BiasOptions {
  double sd = 0.0;  ///< prior standard deviation of each coefficient, in the operator's units; 0: no bias parameters
  std::string scope = "global";                     ///< global | column
  std::vector<std::string> predictors{"constant"};  ///< constant | annual_cosine | annual_sine
  bool estimated = false;                           ///< whether the section is given
  void describe(Schema& s);
};

/// Value of a predictor at a time: 1, or cosine or sine of the year's phase (0 on 1 January, period one year).
double bias_predictor(const std::string& predictor, Time time);

/// The coefficient of a stream's predictor as a parameter: `bias_<stream>` for the constant,
/// `bias_<stream>_<predictor>` else. Prior mean 0, no transform.
ParameterDefinition bias_definition(const std::string& stream, const std::string& units, const BiasOptions& options,
                                    const std::string& predictor);

}  // namespace tilth
