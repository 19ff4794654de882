#include "model/daily/daily_traits.hpp"

#include "core/base/error.hpp"
#include "model/column/definitions.hpp"
#include "model/column/variables.hpp"
#include "model/daily/daily_rows.hpp"

namespace tilth::daily {

using namespace tilth::column;

namespace {

/// Responses of photosynthesis that the steps of the hourly tier resolve; the defaults of the first two switch
/// them off.
std::vector<ParameterDefinition> daily_parameters() {
  return {define("light_saturation", "m2 d mol-1", "gamma_L: saturation of light use with the light of the day",
                 same(0.0), 0.0, 0.15, 0.02, N, "Makela et al. 2008"),
          define("cloud_gain", "1", "c_D: gain of light use efficiency from a clear to a dark sky", same(0.0), -0.5,
                 2.0, 0.4, N, "Turner et al. 2006"),
          define("t_cold", "degC", "T_S: acclimated temperature of half recovery from cold", same(3.0), -6.0, 9.0, 2.0,
                 N, "Makela et al. 2008 (concept)"),
          define("cold_spread", "K", "s_S: spread of the recovery from cold", same(2.0), 0.4, 8.0, 0.3, L,
                 "Makela et al. 2008 (concept)"),
          define("tau_acclimation", "d", "tau_A: memory of temperature and dryness of the acclimation", same(15.0), 1.0,
                 60.0, 0.4, L, "Mengoli et al. 2022")};
}

}  // namespace

ModelTraits daily_traits() {
  ModelTraits traits;
  traits.name = "daily";
  traits.about =
      "land column with a daily step: light-use-efficiency photosynthesis, Penman-Monteith evaporation, Richards "
      "soil water, snow, phenology and carbon";
  traits.layout = StateLayout(column_variables());
  traits.parameters = column_parameters();
  for (const ParameterDefinition& own : daily_parameters()) traits.parameters.push_back(own);
  traits.default_states = {"soil_moisture",     "carbon_labile",       "carbon_leaf",   "carbon_root",
                           "lai_water_limited", "water_stress_memory", "carbon_litter", "carbon_soil_fast"};
  ensure(traits.layout.rows() == row::count, "daily model: the layout has ", traits.layout.rows(), " rows, the kernel ",
         int(row::count));
  ensure(int(traits.parameters.size()) == dpar::count, "daily model: the table has ", traits.parameters.size(),
         " parameters, the kernel ", int(dpar::count));
  return traits;
}

}  // namespace tilth::daily
