#pragma once

#include "assim/operators/reflectance.hpp"
#include "assim/operators/snow_limit.hpp"

namespace tilth {

/// A product of reflectances that says something of the canopy where no snow hides it.
struct CanopyReflectanceOptions : ReflectanceOptions {
  SnowLimit snow;
  void describe(Schema& s) {
    ReflectanceOptions::describe(s);
    snow.describe(s);
  }
};

}  // namespace tilth
