#pragma once

#include <string>

#include "model/land_model.hpp"

namespace tilth {

/// Markdown tables of a model's variables and parameters (defaults per plant functional type, bounds, prior, source).
std::string parameter_page(const ModelTraits& traits);

}  // namespace tilth
