#pragma once

#include "assim/field/field_problem.hpp"

namespace tilth::field_method {

// One plugin per line of list.hpp, defined in the file of the method.
#define X(name) extern const Plugin<FieldMethod> name;
#include "assim/field/list.hpp"
#undef X

}  // namespace tilth::field_method
