#pragma once

#include <vector>

#include "driver/members.hpp"
#include "io/product.hpp"

namespace tilth {

/// Variables of the parameters of scope column in a product file: `parameter_<name>_mean` and `_sd` of an ensemble,
/// `parameter_<name>` of a single member.
std::vector<ProductVariable> column_parameter_variables(const Members& members);

/// Their values per owned column, tiles weighted by fraction, in the order of `column_parameter_variables`.
std::vector<std::vector<double>> column_parameter_values(const Members& members);

}  // namespace tilth
