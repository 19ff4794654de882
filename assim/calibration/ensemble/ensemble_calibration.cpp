#include "assim/calibration/ensemble/ensemble_calibration.hpp"

#include <cmath>
#include <numeric>

#include "assim/calibration/archive.hpp"
#include "assim/calibration/draws.hpp"
#include "assim/methods/ensemble_solve.hpp"
#include "core/config/node.hpp"
#include "core/parallel/comm.hpp"

namespace tilth::calibration {
namespace {

std::shared_ptr<const IterativeMethod> made(const std::string& name, const std::string& options) {
  for (const auto& [registered, plugin] : iterative_methods()) {
    if (registered != name) continue;
    Schema schema = Schema::reading(Node::parse(options, "options of " + name));
    const auto make = plugin->configure(schema);
    schema.finish();
    return make();
  }
  throw Error("no iterative method is named '" + name + "'");
}

// Columns of a table as padded rows of members.
AlignedVector<double> as_rows(const Matrix& columns, int stride) {
  AlignedVector<double> rows(std::size_t(columns.cols()) * std::size_t(stride), 0.0);
  for (Index j = 0; j < columns.cols(); ++j)
    for (Index k = 0; k < stride; ++k) rows[std::size_t(j * stride + k)] = columns(std::min(k, columns.rows() - 1), j);
  return rows;
}

// Perturbations of the observations with zero mean over the members, in rows of members.
AlignedVector<double> perturbations(const AnalysisKey& key, const Vector& r, int members, int stride) {
  Matrix D(members, r.size());
  for (Index i = 0; i < r.size(); ++i)
    for (int k = 0; k < members; ++k) D(k, i) = std::sqrt(r(i)) * key.random().normal({key.cycle, k, i, key.pass});
  return as_rows(D.rowwise() - D.colwise().mean(), stride);
}

}  // namespace

EnsembleCalibration::EnsembleCalibration(const std::string& method, const std::string& options, const Matrix& members,
                                         const Vector& y, const Vector& r, std::uint64_t seed)
    : EnsembleCalibration(made(method, options), members, y, r, seed) {}

EnsembleCalibration::EnsembleCalibration(std::shared_ptr<const IterativeMethod> method, const Matrix& members,
                                         const Vector& y, const Vector& r, std::uint64_t seed)
    : method_(std::move(method)), prior_(members), members_(members), y_(y), r_(r), seed_(seed) {
  require(members.rows() >= 2 && members.allFinite(), "ensemble of ", members.rows(),
          " parameter sets: at least 2 finite ones are needed");
  require(y.size() > 0 && y.size() == r.size() && y.allFinite() && (r.array() > 0.0).all(),
          "ensemble calibration: ", y.size(), " observations with ", r.size(),
          " error variances; leave missing values out, variances are positive");
  iteration_ = method_->start({.seed = seed_});
}

void EnsembleCalibration::replace_failed(Matrix& members, Matrix& predictions) {
  const std::vector<Index> failed = failed_rows(predictions);
  failed_.push_back(failed);
  std::vector<Index> good;
  for (Index k = 0; k < predictions.rows(); ++k)
    if (predictions.row(k).allFinite()) good.push_back(k);
  ensure(2 * good.size() >= std::size_t(predictions.rows()) && good.size() >= 2, "ensemble calibration, pass ",
         passes() + 1, ": ", failed.size(), " of ", predictions.rows(), " runs failed, at most half may");
  const Draws draws(seed_, Stream::ensemble);
  for (const Index k : failed) {
    const Index from = good[std::size_t(draws.below(Index(good.size()), passes(), k))];
    members.row(k) = members.row(from);
    predictions.row(k) = predictions.row(from);
  }
}

void EnsembleCalibration::tell(const Matrix& predictions) {
  if (finished_) return;
  require(predictions.rows() == members_.rows() && predictions.cols() == y_.size(),
          "ensemble calibration: ", predictions.rows(), " x ", predictions.cols(), " predictions for ", members_.rows(),
          " members and ", y_.size(), " observations");
  Matrix rows = iteration_->from_prior() ? prior_ : members_, HE = predictions;
  replace_failed(rows, HE);
  const AnalysisKey key{seed_, 0, passes()};
  const int members = int(rows.rows()), stride = padded(members);
  const Vector mean = HE.colwise().mean().transpose();
  const AlignedVector<double> Y = as_rows(HE.rowwise() - mean.transpose(), stride);
  const AlignedVector<double> E =
      method_->perturbs() ? perturbations(key, r_, members, stride) : AlignedVector<double>{};
  const Vector d = y_ - mean;
  const std::span<const double> departures(d.data(), std::size_t(d.size()));
  const ObsSpace space{members, stride, Y, departures, {r_.data(), std::size_t(r_.size())}, E};
  LocalProblem problem;
  problem.obs.resize(std::size_t(y_.size()));
  std::iota(problem.obs.begin(), problem.obs.end(), 0);
  problem.taper.assign(std::size_t(y_.size()), 1.0);
  AlignedVector<double> data = as_rows(rows, stride);
  std::vector<double*> pointers;
  for (Index j = 0; j < rows.cols(); ++j) pointers.push_back(data.data() + j * stride);
  iteration_->begin(passes());
  iteration_->update(0, local_gram(space, problem), members, pointers);
  for (Index j = 0; j < rows.cols(); ++j)
    for (Index k = 0; k < members; ++k) members_(k, j) = pointers[std::size_t(j)][k];
  told_.push_back(predictions);
  finished_ = !iteration_->more(Comm::self());
}

std::vector<double> EnsembleCalibration::numbers() const {
  Writer writer;
  auto told = told_;
  writer(told);
  return std::move(writer.numbers);
}

void EnsembleCalibration::restore(std::span<const double> numbers) {
  std::vector<Matrix> told;
  Reader reader(numbers);
  reader(told);
  require(reader.at_end(), "state of an ensemble calibration: ", numbers.size(), " numbers, fewer were expected");
  iteration_ = method_->start({.seed = seed_});
  members_ = prior_;
  told_.clear();
  failed_.clear();
  finished_ = false;
  for (const Matrix& predictions : told) tell(predictions);
}

}  // namespace tilth::calibration
