#include "assim/calibration/optimise/cma_restarts.hpp"

#include <cmath>

#include "assim/calibration/draws.hpp"
#include "assim/calibration/optimise/bounded_coordinates.hpp"

namespace tilth::calibration {

CmaRestarts::CmaRestarts(const Box& box, const Vector& start, const CmaRestartOptions& options)
    : box_(box),
      options_(options),
      default_population_(CmaEs(start, 1.0, options.search).ask().rows()),
      start_(unfolded(box.to_unit(start.transpose()).row(0).transpose())),
      sigma_(options.sigma),
      population_(default_population_),
      optima_(0, box.size()),
      search_(made()) {
  check(box_);
}

CmaEs CmaRestarts::made() const {
  CmaOptions options = options_.search;
  options.population = population_;
  options.run = run_;
  options.most_evaluations = options_.search.most_evaluations - spent_before_;
  return {start_, sigma_, options};
}

Matrix CmaRestarts::ask() const { return box_.from_unit(folded_into_unit(search_.ask())); }

void CmaRestarts::tell(const Vector& values) {
  if (finished_) return;
  record_.note(ask(), values);
  (small_ ? small_spent_ : large_spent_) += values.size();
  search_.tell(values);
  if (!search_.finished()) return;
  optima_.conservativeResize(optima_.rows() + 1, box_.size());
  const Record& own = search_.record();
  optima_.row(optima_.rows() - 1) = own.best.size() > 0
                                        ? Matrix(box_.from_unit(folded_into_unit(own.best.transpose()))).row(0)
                                        : Matrix(Matrix::Constant(1, box_.size(), NAN)).row(0);
  optimum_values_.push_back(own.value);
  const bool done = search_.stop() == CmaStop::target || search_.stop() == CmaStop::evaluations;
  finished_ = done || options_.restarts == Restarts::none;
  if (!finished_) next_run();
}

void CmaRestarts::next_run() {
  const Draws draws(options_.search.seed, Stream::restart);
  small_ = options_.restarts == Restarts::bipop && doublings_ > 0 && small_spent_ < large_spent_;
  finished_ = !small_ && doublings_ >= options_.most_doublings;
  if (finished_) return;
  ++run_;
  if (small_) {  // Hansen 2009, section 2.2
    const double u = draws.uniform(run_, -1);
    const double large = double(default_population_) * std::pow(2.0, doublings_);
    population_ = Index(double(default_population_) * std::pow(0.5 * large / double(default_population_), u * u));
    sigma_ = options_.sigma * std::pow(10.0, -2.0 * draws.uniform(run_, -2));
  } else {
    ++doublings_;
    population_ = default_population_ << doublings_;
    sigma_ = options_.sigma;
  }
  for (Index d = 0; d < start_.size(); ++d) start_(d) = draws.uniform(run_, d);
  spent_before_ = record_.evaluations;
  search_ = made();
}

std::vector<double> CmaRestarts::numbers() const {
  Writer writer;
  const_cast<CmaRestarts&>(*this).fields(writer);  // a writer changes nothing
  const std::vector<double> inner = search_.numbers();
  writer.numbers.insert(writer.numbers.end(), inner.begin(), inner.end());
  return std::move(writer.numbers);
}

void CmaRestarts::restore(std::span<const double> numbers) {
  Reader reader(numbers);
  fields(reader);
  search_ = made();
  search_.restore(reader.rest());
}

}  // namespace tilth::calibration
