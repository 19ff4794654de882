#pragma once

#include "assim/operators/observation_operator.hpp"

namespace tilth::operators {

#define X(name) extern const Plugin<ObservationOperator> name;
#include "assim/operators/list.hpp"
#undef X

}  // namespace tilth::operators
