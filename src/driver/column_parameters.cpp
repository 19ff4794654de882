#include "driver/column_parameters.hpp"

#include "assim/inflation.hpp"

namespace tilth {

namespace {

std::vector<int> column_definitions(const Members& members) {
  std::vector<int> out;
  for (const UncertainParameter& u : members.parameters.uncertain())
    if (u.scope == Scope::column) out.push_back(u.definition);
  return out;
}

// Members' values of a column, tiles weighted by fraction.
std::vector<double> cell_members(const Members& members, int definition, int c) {
  std::vector<double> out(members.size(), 0.0);
  for (const Tile& tile : members.domain().grid.points[c].surface.tiles) {
    const double* x = members.parameters.physical(definition, tile.pft, c);
    for (int k = 0; k < members.size(); ++k) out[k] += tile.fraction * x[k];
  }
  return out;
}

}  // namespace

std::vector<ProductVariable> column_parameter_variables(const Members& members) {
  std::vector<ProductVariable> out;
  const std::string cell_methods = "area: mean where land time: mean";
  for (const int d : column_definitions(members)) {
    const ParameterDefinition& p = members.parameters.definitions()[d];
    const std::string name = "parameter_" + p.name;
    if (members.size() == 1) {
      out.push_back({name, "", p.about, p.units, cell_methods});
      continue;
    }
    out.push_back({name + "_mean", "", "ensemble mean of " + p.about, p.units, cell_methods});
    out.push_back({name + "_sd", "", "ensemble standard deviation of " + p.about, p.units, cell_methods});
  }
  return out;
}

std::vector<std::vector<double>> column_parameter_values(const Members& members) {
  std::vector<std::vector<double>> out;
  for (const int d : column_definitions(members)) {
    std::vector<double> mean, sd;
    for (int c = 0; c < members.domain().columns(); ++c) {
      const auto x = cell_members(members, d, c);
      mean.push_back(member_mean(x));
      if (members.size() > 1) sd.push_back(member_spread(x));
    }
    out.push_back(std::move(mean));
    if (members.size() > 1) out.push_back(std::move(sd));
  }
  return out;
}

}  // namespace tilth
