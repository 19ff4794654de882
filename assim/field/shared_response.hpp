#pragma once

#include <Eigen/Dense>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "assim/field/field_problem.hpp"

namespace tilth {

/// Tells apart what shared rows explain in the anomalies of another row, by linear regression over the members, and the
/// rest, which localisation may damp with distance.
class SharedResponse {
 public:
  explicit SharedResponse(const FieldProblem& problem);
  int groups() const { return int(anomalies_.size()); }
  int members() const { return members_; }
  /// Splits `row` (N anomalies at a column): `parts` [group][N] becomes what each group explains, times its weight
  /// there and `weight[group]`; `row` keeps the rest. Groups without weight at the column take no part.
  void split(int column, std::span<const double> weight, std::span<double> row, std::span<double> parts) const;
  /// Anomalies of row `r` of a group.
  Eigen::RowVectorXd anomalies(int group, int r) const { return anomalies_[std::size_t(group)].row(r); }

 private:
  /// Regression on the rows of the groups that matter at a column.
  struct Regression {
    std::vector<int> groups;
    Eigen::MatrixXd rows;  // n x N, all rows of these groups
    Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr;
  };
  const FieldProblem& problem_;
  int members_;
  std::vector<Eigen::MatrixXd> anomalies_;  // per group: rows x N
  std::vector<const Regression*> at_column_;
  std::map<std::vector<int>, std::unique_ptr<Regression>> regressions_;
};

}  // namespace tilth
