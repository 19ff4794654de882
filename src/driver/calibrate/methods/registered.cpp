#include "driver/calibrate/methods/registered.hpp"

namespace tilth {

const Registry<CalibrationMethod>& calibration_methods() {
  static const Registry<CalibrationMethod> all = {
#define X(identifier, name) {name, &calibration_method::identifier},
#include "driver/calibrate/methods/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
