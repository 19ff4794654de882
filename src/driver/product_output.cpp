#include "driver/product_output.hpp"

#include <algorithm>

#include "driver/column_parameters.hpp"

namespace tilth {

namespace {

constexpr const char* window_mean = "area: mean where land time: mean";

std::vector<ProductVariable> product_variables(const Members& members, std::span<const ProductDefinition> definitions,
                                               bool maps_analysis) {
  std::vector<ProductVariable> out;
  for (const auto& d : definitions) {
    if (members.size() == 1) {
      out.push_back({d.name, d.standard_name, d.long_name, d.units, window_mean});
      continue;
    }
    out.push_back({d.name + "_mean", d.standard_name, "ensemble mean of " + d.long_name, d.units, window_mean});
    out.push_back({d.name + "_sd", "", "ensemble standard deviation of " + d.long_name, d.units, window_mean});
    out.push_back({d.name + "_q05", "", "5 % quantile of " + d.long_name, d.units, window_mean});
    out.push_back({d.name + "_q95", "", "95 % quantile of " + d.long_name, d.units, window_mean});
    out.push_back({d.name + "_increment", "", "analysis minus forecast of " + d.long_name, d.units, window_mean});
  }
  for (auto& variable : column_parameter_variables(members)) out.push_back(std::move(variable));
  if (maps_analysis) {
    out.push_back({"local_observations", "", "observations that moved the column", "1", window_mean});
    out.push_back({"prior_inflation", "", "adaptive factor on the prior covariance", "1", window_mean});
  }
  return out;
}

}  // namespace

ProductOutput::ProductOutput(const Members& members, std::span<const ProductDefinition> definitions,
                             const std::string& path, const std::string& label, WindowAnalysis* analysis, bool append)
    : members_(members),
      analysis_(analysis),
      file_(*members.domain().comm, path, members.domain().grid,
            product_variables(members, definitions, analysis != nullptr),
            members.domain().experiment->run.name + ": " + label, append) {}

void ProductOutput::write(Time begin, Time end, Products& products, const Diagnostics& diagnostics) {
  std::vector<std::vector<double>> values;
  for (int p = 0; p < int(products.definitions().size()); ++p) {
    values.push_back(products.mean(p));
    if (members_.size() == 1) continue;
    values.push_back(products.sd(p));
    values.push_back(products.quantile(p, 0.05));
    values.push_back(products.quantile(p, 0.95));
    values.push_back(diagnostics.increment(p, products));
  }
  for (auto& column : column_parameter_values(members_)) values.push_back(std::move(column));
  if (analysis_) {
    const auto& count = analysis_->local_observations();
    const int columns = members_.domain().columns();
    std::vector<double> observations(columns, 0.0), inflation;
    std::copy(count.begin(), count.end(), observations.begin());
    for (int c = 0; c < columns; ++c) inflation.push_back(analysis_->inflation().lambda(c));
    values.push_back(std::move(observations));
    values.push_back(std::move(inflation));
  }
  file_.write(begin, end, values);
}

}  // namespace tilth
