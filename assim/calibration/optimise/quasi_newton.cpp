#include "assim/calibration/optimise/quasi_newton.hpp"

#include <cmath>

namespace tilth::calibration {

QuasiNewton::QuasiNewton(const Box& box, const Vector& start, const QuasiNewtonOptions& options)
    : BoundedSearch(box, start,
                    {.method = TaoOptions::Method::quasi_newton,
                     .gradient_tolerance = options.gradient_tolerance,
                     .value_tolerance = options.value_tolerance,
                     .max_iterations = options.max_iterations,
                     .max_evaluations = 2 * options.max_iterations,
                     .memory = options.memory}) {}

TaoEvaluation QuasiNewton::found(double value, const Vector& gradient) const {
  const bool good = std::isfinite(value) && gradient.allFinite();
  require(!good || gradient.size() == box_.size(), "search: a gradient of ", gradient.size(), " numbers for ",
          box_.size(), " parameters");
  if (!good) return {trial_, double(INFINITY), {}, {}, {}};
  return {trial_, value, gradient.cwiseProduct(box_.width()), {}, {}};
}

void QuasiNewton::tell(double value, const Vector& gradient) {
  if (finished()) return;
  note(found(value, gradient));
  advance();
}

QuasiNewton minimised(const ValueAndGradient& function, const Box& box, const Vector& start,
                      const QuasiNewtonOptions& options) {
  QuasiNewton search(box, start, options);
  Vector gradient(box.size());
  tao_search(search.tao_, search.start_, [&](const Vector& point) {
    search.trial_ = point;
    const double value = function(search.ask(), gradient);
    return &search.note(search.found(value, gradient));
  });
  search.finished_ = true;
  return search;
}

}  // namespace tilth::calibration
