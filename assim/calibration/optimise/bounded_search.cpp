#include "assim/calibration/optimise/bounded_search.hpp"

#include <cmath>
#include <utility>

namespace tilth::calibration {

BoundedSearch::BoundedSearch(const Box& box, const Vector& start, const TaoOptions& options)
    : box_(box), tao_(options), start_(unit_start(box, start)), trial_(start_) {}

const TaoEvaluation& BoundedSearch::note(TaoEvaluation here) {
  require(!told_.empty() || std::isfinite(here.value), "start of a search: the value is ", here.value,
          "; start where the model runs");
  told_.push_back(std::move(here));
  if (told_.back().value < told_[std::size_t(best_)].value) best_ = std::int64_t(told_.size()) - 1;
  return told_.back();
}

void BoundedSearch::advance() {
  const TaoEnd end = tao_replay(tao_, start_, told_);
  finished_ = end.finished;
  if (!finished_) trial_ = end.question;
}

Vector BoundedSearch::best() const {
  const Vector& u = told_.empty() ? start_ : told_[std::size_t(best_)].point;
  return box_.from_unit(u.transpose()).row(0).transpose();
}

}  // namespace tilth::calibration
