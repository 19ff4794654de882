#include "assim/field/shared_response.hpp"

#include "assim/inflation.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

Eigen::MatrixXd anomalies_of(const SharedRows& shared, int members) {
  Eigen::MatrixXd X(Eigen::Index(shared.rows.size()), members);
  for (std::size_t r = 0; r < shared.rows.size(); ++r) {
    const double mean = member_mean({shared.rows[r], std::size_t(members)});
    for (int k = 0; k < members; ++k) X(Eigen::Index(r), k) = shared.rows[r][k] - mean;
  }
  return X;
}

}  // namespace

SharedResponse::SharedResponse(const FieldProblem& p)
    : problem_(p), members_(int(p.comm.max(std::int64_t{p.obs.members}))) {
  for (const SharedRows& shared : p.shared) {
    require(shared.column_weight.size() == p.grid.points.size() && shared.obs_weight.size() == p.obs.size(),
            "analysis: shared rows ", shared.name, ": ", shared.column_weight.size(), " weights of ",
            p.grid.points.size(), " columns and ", shared.obs_weight.size(), " of ", p.obs.size(), " observations");
    anomalies_.push_back(anomalies_of(shared, members_));
  }
  for (std::size_t c = 0; c < p.grid.points.size() && !p.shared.empty(); ++c) {
    std::vector<int> groups;
    for (int g = 0; g < int(p.shared.size()); ++g)
      if (p.shared[g].column_weight[c] > 0.0 && !p.shared[g].rows.empty()) groups.push_back(g);
    auto& regression = regressions_[groups];
    if (!regression) {
      regression = std::make_unique<Regression>();
      regression->groups = groups;
      Eigen::Index n = 0;
      for (const int g : groups) n += anomalies_[g].rows();
      require(n < members_ - 1, "analysis: ", n, " shared rows matter at one column, too many for ", members_,
              " members; use more members or fewer shared parameters");
      regression->rows.resize(n, members_);
      n = 0;
      for (const int g : groups) {
        regression->rows.middleRows(n, anomalies_[g].rows()) = anomalies_[g];
        n += anomalies_[g].rows();
      }
      // Unit rows, so that the rank is judged without units; a row without spread stays zero and explains nothing.
      Eigen::MatrixXd unit = regression->rows.transpose();
      for (Eigen::Index r = 0; r < n; ++r)
        if (const double norm = unit.col(r).norm(); norm > 0.0) unit.col(r) /= norm;
      for (Eigen::Index r = 0; r < n; ++r) regression->rows.row(r) = unit.col(r).transpose();
      if (n > 0) regression->qr.compute(unit);
    }
    at_column_.push_back(regression.get());
  }
}

void SharedResponse::split(int column, std::span<const double> weight, std::span<double> row,
                           std::span<double> parts) const {
  std::fill(parts.begin(), parts.end(), 0.0);
  if (groups() == 0 || at_column_[std::size_t(column)]->groups.empty()) return;
  const Regression& regression = *at_column_[std::size_t(column)];
  Eigen::Map<Eigen::VectorXd> x(row.data(), members_);
  const Eigen::VectorXd coefficient = regression.qr.solve(x);
  Eigen::Index first = 0;
  for (const int g : regression.groups) {
    const Eigen::Index n = anomalies_[std::size_t(g)].rows();
    Eigen::Map<Eigen::VectorXd> part(parts.data() + std::ptrdiff_t(g) * members_, members_);
    const double w = problem_.shared[std::size_t(g)].column_weight[std::size_t(column)] * weight[std::size_t(g)];
    part = w * (regression.rows.middleRows(first, n).transpose() * coefficient.segment(first, n));
    x -= part;
    first += n;
  }
}

}  // namespace tilth
