#pragma once

#include "driver/calibrate/methods/calibration_method.hpp"

namespace tilth::calibration_method {

// One plugin per line of list.hpp, defined in the file of the method.
#define X(identifier, name) extern const Plugin<CalibrationMethod> identifier;
#include "driver/calibrate/methods/list.hpp"
#undef X

}  // namespace tilth::calibration_method
