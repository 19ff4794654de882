#pragma once

#include <string>

#include "core/config/schema.hpp"

namespace tilth {

/// What a departure costs in a minimisation, as a function of t = departure / error standard deviation.
struct ObservationTerm {
  std::string shape = "quadratic";
  double threshold = 2.5;
  double gross_probability = 0.01, gross_width = 5.0;
  void describe(Schema& s);
  bool quadratic() const { return shape == "quadratic"; }
  double cost(double t) const;
  double derivative(double t) const;
};

}  // namespace tilth
