#pragma once

#include <string>
#include <vector>

#include "driver/domain.hpp"
#include "driver/products.hpp"
#include "io/product_reader.hpp"

namespace tilth {

/// What forecasts are compared with.
enum class ImpactReference { nature, analysis, withheld };

/// The norm in which the impact of observations is counted: the mean over the cells (by area) and over the chosen
/// products of squared errors of window means, each in units of its variance. With withheld observations: the mean of
/// squared departures in units of their error variance.
struct ImpactNorm {
  ImpactReference reference = ImpactReference::nature;
  std::vector<int> products;     ///< numbers of the definitions
  std::vector<double> variance;  ///< of each of them, above 0
  std::vector<double> area;      ///< share of the whole area of each own column
  std::string words;             ///< what it is, for files
};

/// `Error` when the options ask for an impact that cannot be had. `twin`: there is a nature run.
void check_impact(const Experiment& experiment, bool twin);

/// The same for the names of products. `Error` on all ranks.
void check_impact_variables(const Domain& domain);

/// The norm for an experiment of the run in `folder`, whose open loop (and nature run) is complete. Collective.
ImpactNorm impact_norm(const Domain& domain, const std::string& folder, bool twin);

/// Mean over [begin, end) of records of a product file, record means weighted by their days: [column]. `increment`, not
/// empty: this variable is subtracted. `Error` when no record lies in it. Collective.
std::vector<double> period_mean(ProductReader& file, const Experiment& experiment, const std::string& variable,
                                const std::string& increment, Time begin, Time end);

}  // namespace tilth
