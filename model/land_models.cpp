#include <algorithm>

#include "model/land_model.hpp"

namespace tilth {

namespace models {
#define X(name) extern const Plugin<LandModel> name;
#include "model/list.hpp"
#undef X
}  // namespace models

const Registry<LandModel>& land_models() {
  static const Registry<LandModel> all = {
#define X(name) {#name, &models::name},
#include "model/list.hpp"
#undef X
  };
  return all;
}

void StepReport::merge(const StepReport& other) {
  water_residual_kg_m2 = std::max(water_residual_kg_m2, other.water_residual_kg_m2);
  carbon_residual_g_m2 = std::max(carbon_residual_g_m2, other.carbon_residual_g_m2);
  energy_residual_w_m2 = std::max(energy_residual_w_m2, other.energy_residual_w_m2);
  for (const int member : other.failed)
    if (std::find(failed.begin(), failed.end(), member) == failed.end()) failed.push_back(member);
  std::sort(failed.begin(), failed.end());
}

void StepReport::add(const double* healthy, const double* water, const double* carbon, int members) {
  for (int m = 0; m < members; ++m) {
    if (healthy[m] < 1.0) {
      failed.push_back(m);
      continue;
    }
    water_residual_kg_m2 = std::max(water_residual_kg_m2, water[m]);
    carbon_residual_g_m2 = std::max(carbon_residual_g_m2, carbon[m]);
  }
}

}  // namespace tilth
