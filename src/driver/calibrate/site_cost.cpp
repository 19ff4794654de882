#include "driver/calibrate/site_cost.hpp"

#include <cmath>
#include <limits>

#include "core/obs/obs_table.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

SiteCost::SiteCost(const SiteRuns& runs, int site, const std::vector<StreamRule>& rules)
    : counts_(runs.streams().size()), zero_(Vector::Zero(Index(runs.parameters().size()))) {
  const auto& all = runs.observations(site);
  std::vector<calibration::ObservationStream> streams;
  for (std::size_t first = 0, last = 0; first < all.size(); first = last) {
    const auto type = std::size_t(all[first].type);
    while (last < all.size() && std::size_t(all[last].type) == type) ++last;
    calibration::ObservationStream stream{runs.streams()[type], {}, {}};
    const auto n = Index(last - first);
    stream.value.resize(n), stream.sigma.resize(n), stream.time.resize(n);
    for (Index i = 0; i < n; ++i) {
      const ObsRecord& r = all[first + std::size_t(i)];
      const bool used = r.flag == qc_used;
      ++(used ? counts_[type].used : r.flag == qc_withheld ? counts_[type].withheld : counts_[type].missing);
      stream.value(i) = used ? r.value : std::numeric_limits<double>::quiet_NaN();
      stream.sigma(i) = r.error_sd > 0.0 ? r.error_sd : 1.0;
      stream.time(i) = double(middle(r.begin, r.end).seconds);
    }
    stream.weight = rules[type].weight;
    stream.correlation_time = double(rules[type].correlation_time_s);
    streams_.push_back(type);
    streams.push_back(std::move(stream));
  }
  if (streams.empty()) return;
  const Index d = zero_.size();
  cost_.emplace(std::move(streams), calibration::Background{zero_, Matrix::Identity(d, d)});
}

Vector SiteCost::chi2(const Vector& predictions) const {
  Vector out = Vector::Zero(Index(counts_.size()));
  if (!cost_) return out;
  const calibration::Cost cost = cost_->evaluate(zero_, predictions);
  for (std::size_t k = 0; k < streams_.size(); ++k) out(Index(streams_[k])) = cost.streams[k].chi2;
  return out;
}

Vector SiteCost::gradient(const SiteDerivatives& run) const {
  Vector out = Vector::Zero(Index(counts_.size()) + zero_.size());
  out.head(Index(counts_.size())) = chi2(run.predictions);
  if (cost_) out.tail(zero_.size()) = cost_->gradient(zero_, run.predictions, run.jacobian);
  return out;
}

Vector SiteCost::departures(const Vector& predictions) const {
  return cost_ ? Vector(cost_->residuals(zero_, predictions).head(used())) : Vector();
}

Matrix SiteCost::whitened(const Matrix& jacobian) const {
  return cost_ ? Matrix(cost_->residual_jacobian(jacobian).topRows(used())) : Matrix(0, zero_.size());
}

Vector SiteCost::least_squares(const SiteDerivatives& run) const {
  const Index n = zero_.size();
  Matrix rows(used(), n + 1);
  rows.leftCols(n) = whitened(run.jacobian);
  rows.col(n) = departures(run.predictions);
  const Matrix R = compressed(rows);
  Vector out(Index(counts_.size()) + R.size());
  out << chi2(run.predictions), Eigen::Map<const Vector>(R.data(), R.size());
  return out;
}

Matrix compressed(const Matrix& rows) {
  const Index n = rows.cols();
  Matrix out = Matrix::Zero(n, n);
  if (rows.rows() == 0) return out;
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(rows);
  const Index filled = std::min(rows.rows(), n);
  out.topRows(filled) = Eigen::MatrixXd(qr.matrixQR().topRows(filled).triangularView<Eigen::Upper>());
  return out;
}

}  // namespace tilth
