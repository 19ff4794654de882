#include "model/column/definitions.hpp"

#include <utility>

#include "model/roots.hpp"

namespace tilth::column {

Variable state(std::string name, std::string standard_name, std::string long_name, std::string units, double lower,
               double upper, Transform transform) {
  return {std::move(name),
          std::move(standard_name),
          std::move(long_name),
          std::move(units),
          1,
          lower,
          upper,
          transform,
          Variable::Kind::prognostic,
          false};
}

Variable soil(Variable v) {
  double top = 0.0;
  for (const double thickness : physics::layer_thickness) {
    v.levels.push_back(top + 0.5 * thickness);
    top += thickness;
  }
  v.layers = int(v.levels.size());
  return v;
}

Variable flux(std::string name, std::string standard_name, std::string long_name, std::string units, double lower,
              double upper) {
  return {std::move(name),
          std::move(standard_name),
          std::move(long_name),
          std::move(units),
          1,
          lower,
          upper,
          Transform{},
          Variable::Kind::diagnostic,
          true};
}

Variable diagnostic(std::string name, std::string standard_name, std::string long_name, std::string units, double lower,
                    double upper) {
  Variable v = flux(std::move(name), std::move(standard_name), std::move(long_name), std::move(units), lower, upper);
  v.mean_over_day = false;
  return v;
}

Values same(double v) {
  Values values;
  values.fill(v);
  return values;
}

ParameterDefinition define(std::string name, std::string units, std::string about, Values value, double lower,
                           double upper, double sd, Transform::Kind kind, std::string source) {
  Transform transform{kind, 0.0, 0.0};
  if (kind == Transform::Kind::logit) transform = {kind, lower, upper};
  return {std::move(name), std::move(units), std::move(about), std::move(source), value, transform, lower, upper, sd};
}

}  // namespace tilth::column
