#pragma once

#include <string>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

/// `output.products:` what the gridded files hold.
struct ProductOptions {
  bool on = true;
  std::vector<std::string> variables;  ///< empty: all
  std::vector<double> quantiles{0.05, 0.95};
  std::string every = "window";  ///< interval of a record: window, day, month
  std::string packing = "none";  ///< none: floats; short: 16 bits with scale_factor and add_offset
  bool members = false;          ///< every member too, in members.nc
  void describe(Schema& s);
};

/// Name of a quantile in variables: q05, q50, q975.
std::string quantile_name(double probability);
/// Its name in words: 5 % quantile.
std::string quantile_words(double probability);

}  // namespace tilth
