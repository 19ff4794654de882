#pragma once

#include <memory>
#include <string>

#include "assim/methods/analysis_method.hpp"

namespace tilth {

/// A registered method made from its options in YAML flow style, such as "{inflation: 1.1}". Throws for unknown names
/// and bad options.
std::unique_ptr<AnalysisMethod> make_method(const std::string& name, const std::string& options = "{}");

}  // namespace tilth
