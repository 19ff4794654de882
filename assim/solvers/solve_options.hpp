#pragma once

#include "core/config/schema.hpp"

namespace tilth {

/// When an iterative solve ends.
struct SolveOptions {
  double tolerance = 1e-8;
  int max_iterations = 1000;
  void describe(Schema& s) {
    s.real("tolerance", tolerance)
        .in(1e-15, 0.5)
        .about("The solve ends when the residual has shrunk to this part of the right-hand side.");
    s.integer("max_iterations", max_iterations).in(1, 1e6).about("More iterations than this are an error.");
  }
};

/// How an iterative solve ended.
struct SolveReport {
  int iterations = 0;
  double residual = 0.0;  ///< relative to the right-hand side (a minimisation: norm of the gradient)
};

}  // namespace tilth
