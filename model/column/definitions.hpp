#pragma once

#include <array>
#include <string>

#include "core/state/parameter_set.hpp"
#include "core/state/state_layout.hpp"

namespace tilth::column {

// How tables of variables and parameters are written.

Variable state(std::string name, std::string standard_name, std::string long_name, std::string units, double lower,
               double upper, Transform transform = {});
/// A state of every soil layer, with the depths of their middles.
Variable soil(Variable v);
/// A diagnostic averaged (or summed as a rate) over the day.
Variable flux(std::string name, std::string standard_name, std::string long_name, std::string units, double lower,
              double upper);
/// A diagnostic that holds at the end of the step.
Variable diagnostic(std::string name, std::string standard_name, std::string long_name, std::string units, double lower,
                    double upper);

/// Values of a parameter, one per plant functional type.
using Values = std::array<double, pft_count>;
Values same(double v);
/// One parameter; `sd` in the transformed space (natural log, logit between the bounds, or units).
ParameterDefinition define(std::string name, std::string units, std::string about, Values value, double lower,
                           double upper, double sd, Transform::Kind kind, std::string source);
inline constexpr Transform::Kind L = Transform::Kind::log, G = Transform::Kind::logit, N = Transform::Kind::identity;

}  // namespace tilth::column
