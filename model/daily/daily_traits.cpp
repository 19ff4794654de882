#include "model/daily/daily_traits.hpp"

#include "core/base/error.hpp"
#include "model/column/rows.hpp"
#include "model/column/variables.hpp"

namespace tilth::daily {

using namespace tilth::column;

ModelTraits daily_traits() {
  ModelTraits traits;
  traits.name = "daily";
  traits.about =
      "land column with a daily step: light-use-efficiency photosynthesis, Penman-Monteith evaporation, Richards "
      "soil water, snow, phenology and carbon";
  traits.layout = StateLayout(column_variables());
  traits.parameters = column_parameters();
  traits.default_states = {"soil_moisture",     "carbon_labile",       "carbon_leaf",   "carbon_root",
                           "lai_water_limited", "water_stress_memory", "carbon_litter", "carbon_soil_fast"};
  ensure(traits.layout.rows() == row::count, "daily model: the layout has ", traits.layout.rows(), " rows, the kernel ",
         int(row::count));
  ensure(int(traits.parameters.size()) == par::count, "daily model: the table has ", traits.parameters.size(),
         " parameters, the kernel ", int(par::count));
  return traits;
}

}  // namespace tilth::daily
