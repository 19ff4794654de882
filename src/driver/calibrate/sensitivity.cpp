#include "driver/calibrate/sensitivity.hpp"

namespace tilth {

SensitivityResult analyse_sensitivity(RunPool& pool, const SensitivityOptions& options, const MetricRules& rules,
                                      std::uint64_t seed, const std::string& folder, const std::string& where) {
  SensitivityResult out;
  out.runs = sensitivity_runs(pool, options, rules, seed, where);
  out.groups = metric_groups(pool.runs(), options.groups);
  out.indices = all_indices(pool.comm(), pool.runs(), out.runs, out.groups, options, seed);
  write_sensitivity(pool.comm(), folder, out, pool.runs(), options);
  return out;
}

}  // namespace tilth
