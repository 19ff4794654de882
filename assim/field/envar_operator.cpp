#include "assim/field/envar_operator.hpp"

#include <algorithm>
#include <cmath>

#include "assim/field/localisation_rules.hpp"
#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

void StaticPart::describe(Schema& s) {
  s.text("rows", rows).required().about("Name of the state variable, parameter or product.");
  s.real("sd", sd).above(0.0).required().about("Background standard deviation, in the units the analysis works in.");
  s.words("observations", observations).required().about("Streams that observe exactly these rows.");
}

namespace {

int place_of(const std::string& name, const std::vector<std::string>& known, const char* what) {
  const auto at = std::find(known.begin(), known.end(), name);
  require(at != known.end(), "analysis.method.4denvar.static: no ", what, " is named '", name, "'",
          did_you_mean(name, known), "; known: ", joined(known));
  return int(at - known.begin());
}

std::vector<std::string> kind_names(const FieldProblem& p) {
  std::vector<std::string> names;
  for (const RowKind& kind : p.rows.kinds()) names.push_back(kind.name);
  return names;
}

std::vector<std::string> type_names(const FieldProblem& p) {
  std::vector<std::string> names;
  for (int t = 0; t < p.localisation.types(); ++t) names.push_back(p.localisation.type(t).name);
  return names;
}

}  // namespace

EnvarOperator::EnvarOperator(const FieldProblem& p, const LocalisationRoot& root, const LocalisationRoot* static_root,
                             Weights weights)
    : problem_(p),
      root_(root),
      static_root_(static_root),
      weights_(std::move(weights)),
      response_(p),
      N_(std::size_t(response_.members())),
      columns_(p.grid.points.size()),
      groups_(p.shared.size()),
      part_of_kind_(p.rows.kinds().size(), -1) {
  size_ = N_ * root_.modes() + (static_root_ ? weights_.parts.size() * static_root_->modes() : 0) +
          (p.comm.root() ? groups_ * N_ : 0);
  for (std::size_t s = 0; s < weights_.parts.size(); ++s) {
    part_of_kind_[std::size_t(place_of(weights_.parts[s].rows, kind_names(p), "row"))] = int(s);
    measures_.emplace_back(p.localisation.types(), 0);
    for (const std::string& name : weights_.parts[s].observations)
      measures_.back()[std::size_t(place_of(name, type_names(p), "observation stream"))] = 1;
  }
  together(p.comm, [&] {
    for (std::size_t i = 0; i < p.obs.size(); ++i)
      if (p.obs.flag[i] == qc_used) add_observation(i);
  });
}

void EnvarOperator::add_observation(std::size_t i) {
  const ObsTable& obs = problem_.obs;
  require(obs.column[i] >= 0, "analysis.method.4denvar: observation ", obs.id[i], " belongs to no column of its owner");
  const double mean = member_mean({obs.predictions(i), N_}), scale = weights_.ensemble / std::sqrt(double(N_ - 1));
  std::vector<double> row(N_), part(groups_ * N_), weight;
  for (std::size_t k = 0; k < N_; ++k) row[k] = scale * (obs.predictions(i)[k] - mean);
  for (const SharedRows& shared : problem_.shared) weight.push_back(shared.obs_weight[i]);
  response_.split(obs.column[i], weight, row, part);
  own_.push_back(i);
  rest_.insert(rest_.end(), row.begin(), row.end());
  parts_.insert(parts_.end(), part.begin(), part.end());
  for (std::size_t s = 0; s < measures_.size(); ++s)
    direct_.push_back(measures_[s][std::size_t(obs.type[i])] ? weights_.fixed * weights_.parts[s].sd : 0.0);
}

EnvarOperator::Fields EnvarOperator::fields(std::span<const double> v) const {
  const std::size_t statics = weights_.parts.size(), modes = N_ * root_.modes(),
                    static_modes = static_root_ ? statics * static_root_->modes() : 0;
  Fields f{std::vector<double>(N_ * columns_), std::vector<double>(statics * columns_, 0.0),
           std::vector<double>(groups_ * N_)};
  root_.apply(v.first(modes), f.ensemble, int(N_));
  if (static_root_) static_root_->apply(v.subspan(modes, static_modes), f.fixed, int(statics));
  if (problem_.comm.root()) std::copy(v.end() - std::ptrdiff_t(groups_ * N_), v.end(), f.shared.begin());
  if (groups_ > 0) problem_.comm.broadcast(std::span(f.shared));
  return f;
}

void EnvarOperator::forward(std::span<const double> v, std::span<double> hx) const {
  const Fields f = fields(v);
  const std::size_t statics = weights_.parts.size();
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const auto column = std::size_t(problem_.obs.column[own_[i]]);
    double sum = 0.0;
    for (std::size_t k = 0; k < N_; ++k) sum += rest_[i * N_ + k] * f.ensemble[k * columns_ + column];
    for (std::size_t k = 0; k < groups_ * N_; ++k) sum += parts_[i * groups_ * N_ + k] * f.shared[k];
    for (std::size_t s = 0; s < statics; ++s) sum += direct_[i * statics + s] * f.fixed[s * columns_ + column];
    hx[i] = sum;
  }
}

void EnvarOperator::adjoint(std::span<const double> hx, std::span<double> v) const {
  const std::size_t statics = weights_.parts.size(), modes = N_ * root_.modes(),
                    static_modes = static_root_ ? statics * static_root_->modes() : 0;
  Fields f{std::vector<double>(N_ * columns_, 0.0), std::vector<double>(statics * columns_, 0.0),
           std::vector<double>(groups_ * N_, 0.0)};
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const auto column = std::size_t(problem_.obs.column[own_[i]]);
    for (std::size_t k = 0; k < N_; ++k) f.ensemble[k * columns_ + column] += rest_[i * N_ + k] * hx[i];
    for (std::size_t k = 0; k < groups_ * N_; ++k) f.shared[k] += parts_[i * groups_ * N_ + k] * hx[i];
    for (std::size_t s = 0; s < statics; ++s) f.fixed[s * columns_ + column] += direct_[i * statics + s] * hx[i];
  }
  root_.adjoint(f.ensemble, v.first(modes), int(N_));
  if (static_root_) static_root_->adjoint(f.fixed, v.subspan(modes, static_modes), int(statics));
  if (groups_ == 0) return;
  const std::vector<double> all = problem_.comm.gather(f.shared);
  if (!problem_.comm.root()) return;
  const std::span<double> u = v.last(groups_ * N_);
  std::fill(u.begin(), u.end(), 0.0);
  for (std::size_t i = 0; i < all.size(); ++i) u[i % u.size()] += all[i];
}

EnvarOperator::SplitRow EnvarOperator::split(int column, const FieldRow& row) const {
  SplitRow split{column, row.kind, std::vector<double>(N_), std::vector<double>(groups_ * N_)};
  const double mean = member_mean({row.x, N_});
  for (std::size_t k = 0; k < N_; ++k) split.rest[k] = row.x[k] - mean;
  response_.split(column, std::vector<double>(groups_, 1.0), split.rest, split.parts);
  return split;
}

double EnvarOperator::increment(const Fields& f, const SplitRow& row) const {
  const auto column = std::size_t(row.column);
  double sum = 0.0;
  for (std::size_t k = 0; k < N_; ++k) sum += row.rest[k] * f.ensemble[k * columns_ + column];
  for (std::size_t k = 0; k < row.parts.size(); ++k) sum += row.parts[k] * f.shared[k];
  sum *= weights_.ensemble / std::sqrt(double(N_ - 1));
  const int s = part_of_kind_[std::size_t(row.kind)];
  if (s < 0) return sum;
  return sum + weights_.fixed * weights_.parts[std::size_t(s)].sd * f.fixed[std::size_t(s) * columns_ + column];
}

double EnvarOperator::shared_increment(const Fields& f, int g, int r) const {
  const Eigen::RowVectorXd x = response_.anomalies(g, r);
  double sum = 0.0;
  for (std::size_t k = 0; k < N_; ++k) sum += x(Eigen::Index(k)) * f.shared[std::size_t(g) * N_ + k];
  return sum * weights_.ensemble / std::sqrt(double(N_ - 1));
}

}  // namespace tilth
