#include "assim/observation_error/prepare.hpp"

#include <cassert>
#include <cmath>

#include "assim/observation_error/ar1_whitening.hpp"
#include "assim/observation_error/robust_weights.hpp"
#include "assim/observation_error/superob.hpp"

namespace tilth {

std::vector<double> robust_weights(const ObsTable& mine, std::span<const ObsErrorOptions> per_type) {
  std::vector<double> weight(mine.size(), 1.0);
  for (std::size_t type = 0; type < per_type.size(); ++type)
    apply_robust_weights(mine, int(type), per_type[type].qc, weight);
  return weight;
}

ObsTable prepare_observations(const ObsTable& mine, std::span<const ObsErrorOptions> per_type,
                              std::span<const double> weight) {
  assert(weight.size() == mine.size());
  ObsTable table = mine;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (weight[i] != 1.0) table.error_sd[i] /= std::sqrt(weight[i]);
  for (std::size_t type = 0; type < per_type.size(); ++type) {
    const ObsErrorOptions& o = per_type[type];
    const double time_s = double(o.error.correlation_time_s);
    if (o.superobs) table = superobbed(table, int(type), o.superob, {o.error.correlation, time_s});
    if (time_s > 0.0) whiten_sequences(table, int(type), time_s);
  }
  return table;
}

}  // namespace tilth
