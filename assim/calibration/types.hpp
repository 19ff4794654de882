#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Dense>

/// Mathematics of calibration on plain functions: parameter sets are rows of a matrix, results are numbers per row. A
/// run that failed is a row with not-a-number. Nothing here knows a model, a file or a rank; draws are keyed, so that
/// all ranks may repeat the same steps and agree.
namespace tilth::calibration {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;
using Index = Eigen::Index;

/// Rows of `values` in which not all numbers are finite, ascending: the failed runs.
std::vector<Index> failed_rows(const Matrix& values);

/// `all` without `rows` (ascending).
Matrix without_rows(const Matrix& all, std::span<const Index> rows);

/// The p-quantile (0 <= p <= 1) by linear interpolation between order statistics. @pre values not empty
double quantile(std::vector<double> values, double p);

}  // namespace tilth::calibration
