#pragma once

#include "assim/iterative/iterative_method.hpp"

namespace tilth::iterative {

// One plugin per line of list.hpp, defined in the file of the method.
#define X(identifier, name) extern const Plugin<IterativeMethod> identifier;
#include "assim/iterative/list.hpp"
#undef X

}  // namespace tilth::iterative
