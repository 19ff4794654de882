#include "driver/product_options.hpp"

#include <cmath>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

void ProductOptions::describe(Schema& s) {
  s.words("variables", variables).about("Products to write, see docs/file-formats.md; empty: all that the model has.");
  s.reals("quantiles", quantiles)
      .in(0.001, 0.999)
      .about("Quantiles of the ensemble, ascending: q05, q95, q975 behind the name of the product.");
  s.text("every", every)
      .one_of({"window", "day", "month"})
      .about("Interval of a record; what one analysis tells of a window goes to windows.nc unless it is window.");
  s.text("packing", packing)
      .one_of({"none", "short"})
      .about("short: 16 bit integers with scale_factor and add_offset over the declared range of each product.");
  s.flag("members", members)
      .about("Write every member of every product to members.nc; verification reads probabilities from it.");
  if (!s.is_reading()) return;
  for (std::size_t i = 1; i < quantiles.size(); ++i)
    require(quantiles[i] > quantiles[i - 1], s.where(), ".quantiles: ", quantiles[i], " follows ", quantiles[i - 1],
            ", must ascend");
  for (const double q : quantiles)
    require(std::abs(q * 1000.0 - std::round(q * 1000.0)) < 1e-9, s.where(), ".quantiles: ", q,
            " must have at most three decimals");
}

std::string quantile_name(double probability) {
  std::string digits = fmt::format("{:.3f}", probability).substr(2);
  if (digits.back() == '0') digits.pop_back();
  return "q" + digits;
}

std::string quantile_words(double probability) { return fmt::format("{:.3g} % quantile", 100.0 * probability); }

}  // namespace tilth
