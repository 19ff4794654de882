#include "model/disequilibrium.hpp"

#include <utility>

namespace tilth {

std::vector<Disequilibrium> disequilibria(const ModelTraits& traits) {
  constexpr std::pair<const char*, const char*> names[] = {
      {"eta_wood", "carbon_wood"}, {"eta_soil_fast", "carbon_soil_fast"}, {"eta_soil_slow", "carbon_soil_slow"}};
  std::vector<Disequilibrium> out;
  for (const auto& [factor, pool] : names) {
    const auto found = std::ranges::find(traits.parameters, factor, &ParameterDefinition::name);
    if (found == traits.parameters.end() || !traits.layout.has(pool)) continue;
    out.push_back({int(found - traits.parameters.begin()), traits.layout.row(pool)});
  }
  return out;
}

}  // namespace tilth
