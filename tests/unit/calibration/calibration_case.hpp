#pragma once

#include <cmath>
#include <functional>
#include <numbers>

#include <nlohmann/json.hpp>

#include "assim/calibration/types.hpp"

namespace tilth::calibration::test {

inline Vector vector_of(const nlohmann::json& values) {
  const auto v = values.get<std::vector<double>>();
  return Eigen::Map<const Vector>(v.data(), Index(v.size()));
}

inline Matrix matrix_of(const nlohmann::json& rows) {
  Matrix m(Index(rows.size()), Index(rows[0].size()));
  for (std::size_t i = 0; i < rows.size(); ++i) m.row(Index(i)) = vector_of(rows[i]).transpose();
  return m;
}

/// A function of a parameter set for every row.
inline Vector evaluated(const Matrix& rows, const std::function<double(const Vector&)>& f) {
  Vector values(rows.rows());
  for (Index i = 0; i < rows.rows(); ++i) values(i) = f(rows.row(i).transpose());
  return values;
}

/// Ishigami & Homma (1990), a = 7, b = 0.1, of a point of the unit cube.
inline double ishigami(const Vector& u) {
  const Eigen::ArrayXd x = (2.0 * u.array() - 1.0) * std::numbers::pi;
  return std::sin(x(0)) + 7.0 * std::pow(std::sin(x(1)), 2) + 0.1 * std::pow(x(2), 4) * std::sin(x(0));
}

/// The G function of Sobol' with these coefficients.
inline double sobol_g(const Vector& u, const Vector& a) {
  return ((4.0 * u.array() - 2.0).abs() + a.array()).cwiseQuotient(1.0 + a.array()).prod();
}

inline double largest(const Matrix& difference) { return difference.cwiseAbs().maxCoeff(); }

}  // namespace tilth::calibration::test
