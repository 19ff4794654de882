#include "driver/calibrate/sensitivity_design.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/sensitivity/morris.hpp"
#include "assim/calibration/sensitivity/one_at_a_time.hpp"
#include "core/base/error.hpp"
#include "core/base/normal.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using Method = SensitivityOptions::Method;

UnitScale::UnitScale(const calibration::Box& box, bool normal) : box_(box), normal_(normal) {
  calibration::check(box);
  below_ = box.lower.unaryExpr([](double x) { return normal_cdf(x); });
  inside_ = box.upper.unaryExpr([](double x) { return normal_cdf(x); }) - below_;
}

Vector UnitScale::z(const Vector& unit) const {
  Vector out(unit.size());
  for (Index i = 0; i < unit.size(); ++i) {
    const double lower = box_.lower(i), upper = box_.upper(i), u = unit(i);
    const double z = normal_ ? normal_quantile(below_(i) + u * inside_(i)) : lower + u * (upper - lower);
    out(i) = u <= 0.0 ? lower : u >= 1.0 ? upper : std::clamp(z, lower, upper);
  }
  return out;
}

Vector UnitScale::unit(const Vector& z) const {
  Vector out(z.size());
  for (Index i = 0; i < z.size(); ++i) {
    const double lower = box_.lower(i), upper = box_.upper(i);
    const double u = normal_ ? (normal_cdf(z(i)) - below_(i)) / inside_(i) : (z(i) - lower) / (upper - lower);
    out(i) = std::clamp(u, 0.0, 1.0);
  }
  return out;
}

Index MethodDesign::part() const {
  switch (options.kind()) {
    case Method::one_at_a_time:
      return 1 + parameters * options.one_at_a_time.levels;
    case Method::morris:
      return parameters + 1;
    default:
      return sobol().block();
  }
}

Index MethodDesign::parts() const {
  switch (options.kind()) {
    case Method::one_at_a_time:
      return 1;
    case Method::morris:
      return options.morris.trajectories;
    default:
      return options.sobol.points;
  }
}

Matrix MethodDesign::rows(Index first, Index count) const {
  switch (options.kind()) {
    case Method::one_at_a_time:
      return calibration::one_at_a_time_design(base, options.one_at_a_time.levels);
    case Method::morris:
      return calibration::morris_design(first, count, parameters, options.morris.levels, seed);
    default:
      return sobol().rows(first, count, seed);
  }
}

void MethodDesign::check(const Matrix& read, const std::string& file) const {
  require(read.rows() % part() == 0, file, ": ", read.rows(), " parameter sets, must be a multiple of ", part(),
          ", what ", options.method, " needs of ", parameters,
          " parameters; choose the method of the design, or an emulator");
  for (Index first = 0; first < read.rows(); first += part()) {
    const Matrix block = read.middleRows(first, part());
    if (options.kind() == Method::morris) {
      calibration::morris(block, Vector::Zero(part()), 0);
      continue;
    }
    const bool sobol_design = options.kind() == Method::sobol;
    const Matrix expected = sobol_design ? sobol().rows(block.topRows(1), block.bottomRows(1)) : rows(0, 1);
    constexpr double rounding = 1e-6;  // of values printed with few digits
    const Index wrong = (block - expected)
                            .rowwise()
                            .lpNorm<Eigen::Infinity>()
                            .unaryExpr([](double d) { return d > rounding ? 1.0 : 0.0; })
                            .count();
    require(wrong == 0, file, ": parameter sets ", first + 1, " to ", first + part(), " are not a ",
            sobol_design ? "block of a Sobol' design (A, then A with each column of B, B)"
                         : "one-at-a-time design about the prior",
            "; choose the method of the design, or an emulator");
  }
}

Matrix run_design(const MethodDesign& design, const Matrix& read, const std::string& file) {
  const Index k = design.parameters;
  Matrix more;
  if (design.options.on_emulator) {
    constexpr int runs_per_parameter = 10;
    const int asked = design.options.emulator.runs;
    const Index wanted = asked > 0 ? Index(asked) : runs_per_parameter * k;
    if (read.rows() == 0) return calibration::maximin_latin_hypercube(wanted, k, design.seed);
    if (read.rows() < wanted) more = calibration::more_latin_points(read, wanted - read.rows(), design.seed);
  } else {
    if (read.rows() > 0) design.check(read, file);
    const Index there = read.rows() / design.part();
    if (there < design.parts()) more = design.rows(there, design.parts() - there);
  }
  Matrix all(read.rows() + more.rows(), k);
  if (read.rows() > 0) all.topRows(read.rows()) = read;
  if (more.rows() > 0) all.bottomRows(more.rows()) = more;
  return all;
}

}  // namespace tilth
