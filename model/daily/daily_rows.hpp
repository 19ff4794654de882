#pragma once

#include "model/column/rows.hpp"

namespace tilth::daily {

/// Parameters beyond those of `column::par`, in the order of `daily_parameters()`.
namespace dpar {
enum Parameter : int { light_saturation = column::par::count, cloud_gain, t_cold, cold_spread, tau_acclimation, count };
}  // namespace dpar

}  // namespace tilth::daily
