#pragma once

#include "assim/methods/analysis_method.hpp"

namespace tilth::methods {

#define X(name) extern const Plugin<AnalysisMethod> name;
#include "assim/methods/list.hpp"
#undef X

}  // namespace tilth::methods
