#include "driver/commands.hpp"

#include <algorithm>

namespace tilth {

const std::vector<Command>& commands() {
  static const std::vector<Command> list{
      {"check", "check [--derivatives] EXP.yaml",
       "Validate everything and print the plan: columns, ranks, memory, observations.", run_check},
      {"spinup", "spinup EXP.yaml", "Bring slow pools to equilibrium; writes restart/spinup.nc.", run_spinup, true},
      {"forecast", "forecast EXP.yaml", "Run the ensemble without assimilation.", run_forecast, true},
      {"observe", "observe EXP.yaml", "Run the nature run and simulate the observing system.", run_observe, true},
      {"assimilate", "assimilate EXP.yaml", "Cycle forecast and analysis; --resume continues.", run_assimilate, true,
       true},
      {"osse", "osse EXP.yaml", "Nature run, simulated observations, open loop, assimilation and verification.",
       run_osse, true, true},
      {"sensitivity", "sensitivity EXP.yaml", "Measure which parameters matter for which results; --resume continues.",
       run_sensitivity, true},
      {"calibrate", "calibrate EXP.yaml", "Find parameters that fit the observations best; --resume continues.",
       run_calibrate, true},
      {"verify", "verify EXP.yaml", "Score a finished run against its nature run or its withheld observations.",
       run_verify},
      {"analyse", "analyse PROBLEM.yaml", "One analysis from files alone: members, observations and their predictions.",
       run_analyse},
      {"info", "info FILE...",
       "What a NetCDF file is: kind, period, variables and their values; verifies restart files.", run_info},
      {"describe", "describe [models|operators|methods|instruments|NAME|config]",
       "What is registered, with parameters and options.", run_describe}};
  return list;
}

const Command* find_command(const std::string& name) {
  const auto& list = commands();
  const auto found = std::find_if(list.begin(), list.end(), [&](const Command& c) { return c.name == name; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace tilth
