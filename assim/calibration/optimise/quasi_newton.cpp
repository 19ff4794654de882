#include "assim/calibration/optimise/quasi_newton.hpp"

#include <cmath>

namespace tilth::calibration {

QuasiNewton::QuasiNewton(const Box& box, const Vector& start, const QuasiNewtonOptions& options)
    : box_(box), options_(options), start_(unit_start(box, start)), trial_(start_) {}

TaoOptions QuasiNewton::tao_options() const {
  return {.method = TaoOptions::Method::quasi_newton,
          .gradient_tolerance = options_.gradient_tolerance,
          .value_tolerance = options_.value_tolerance,
          .max_iterations = options_.max_iterations,
          .max_evaluations = 2 * options_.max_iterations,
          .memory = options_.memory};
}

const TaoEvaluation& QuasiNewton::note(double value, const Vector& gradient) {
  const bool good = std::isfinite(value) && gradient.allFinite();
  require(good || !told_.empty(), "start of a search: the value is ", value, "; start where the function is finite");
  require(!good || gradient.size() == box_.size(), "search: a gradient of ", gradient.size(), " numbers for ",
          box_.size(), " parameters");
  told_.push_back({trial_, good ? value : double(INFINITY), {}, {}, {}});
  if (good) told_.back().gradient = gradient.cwiseProduct(box_.width());
  if (value < told_[std::size_t(best_)].value) best_ = std::int64_t(told_.size()) - 1;
  return told_.back();
}

void QuasiNewton::tell(double value, const Vector& gradient) {
  if (finished_) return;
  note(value, gradient);
  const TaoEnd end = tao_replay(tao_options(), start_, told_);
  finished_ = end.finished;
  if (!finished_) trial_ = end.question;
}

Vector QuasiNewton::best() const {
  const Vector& u = told_.empty() ? start_ : told_[std::size_t(best_)].point;
  return box_.from_unit(u.transpose()).row(0).transpose();
}

double QuasiNewton::value() const { return told_.empty() ? double(INFINITY) : told_[std::size_t(best_)].value; }

QuasiNewton minimised(const ValueAndGradient& function, const Box& box, const Vector& start,
                      const QuasiNewtonOptions& options) {
  QuasiNewton search(box, start, options);
  Vector gradient(box.size());
  tao_search(search.tao_options(), search.start_, [&](const Vector& point) {
    search.trial_ = point;
    const double value = function(search.ask(), gradient);
    return &search.note(value, gradient);
  });
  search.finished_ = true;
  return search;
}

}  // namespace tilth::calibration
