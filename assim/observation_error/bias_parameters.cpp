#include "assim/observation_error/bias_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/error.hpp"

namespace tilth {

void BiasOptions::describe(Schema& s) {
  s.real("sd", sd).required().above(0.0).in(0.0, 1e9).about(
      "Prior standard deviation of each coefficient, operator units.");
  s.text("scope", scope).one_of({"global", "column"}).about("One bias for the stream, or one per column.");
  s.words("predictors", predictors)
      .one_of({"constant", "annual_cosine", "annual_sine"})
      .about("What the bias is proportional to; each has its own coefficient.");
  if (!s.is_reading()) return;
  std::vector<std::string> sorted = predictors;
  std::sort(sorted.begin(), sorted.end());
  require(!sorted.empty(), s.where(), ".predictors: name at least one, e.g. [constant]");
  require(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(), s.where(),
          ".predictors: one is named twice; their coefficients could not be told apart");
}

double bias_predictor(const std::string& predictor, Time time) {
  if (predictor == "constant") return 1.0;
  const Time begin = time_of(date_of(time).year, 1, 1), end = time_of(date_of(time).year + 1, 1, 1);
  const double phase = 2.0 * std::numbers::pi * double(time - begin) / double(end - begin);
  return predictor == "annual_cosine" ? std::cos(phase) : std::sin(phase);
}

ParameterDefinition bias_definition(const std::string& stream, const std::string& units, const BiasOptions& options,
                                    const std::string& predictor) {
  constexpr double widest = 20.0;  // bounds in prior standard deviations: never met, but every parameter has some
  ParameterDefinition d;
  d.name = "bias_" + stream + (predictor == "constant" ? "" : "_" + predictor);
  d.units = units;
  d.about = "bias of the observations of " + stream + ", " + predictor;
  d.lower = -widest * options.sd;
  d.upper = widest * options.sd;
  d.prior_sd = options.sd;
  return d;
}

}  // namespace tilth
