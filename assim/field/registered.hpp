#pragma once

#include "assim/field/field_problem.hpp"

namespace tilth::field_method {

// One plugin per line of list.hpp, defined in the file of the method.
#define X(identifier, name) extern const Plugin<FieldMethod> identifier;
#include "assim/field/list.hpp"
#undef X

}  // namespace tilth::field_method
