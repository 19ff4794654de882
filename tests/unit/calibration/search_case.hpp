#pragma once

#include <gtest/gtest.h>

#include "assim/calibration/search.hpp"
#include "unit/calibration/calibration_case.hpp"

namespace tilth::calibration::test {

using Function = std::function<double(const Vector&)>;

inline double sphere(const Vector& x) { return x.squaredNorm(); }
inline double ellipsoid(const Vector& x) {
  double f = 0.0;
  for (Index i = 0; i < x.size(); ++i) f += std::pow(1e6, double(i) / double(x.size() - 1)) * x(i) * x(i);
  return f;
}
inline double rosenbrock(const Vector& x) {
  double f = 0.0;
  for (Index i = 0; i + 1 < x.size(); ++i) f += 100.0 * std::pow(x(i + 1) - x(i) * x(i), 2) + std::pow(1.0 - x(i), 2);
  return f;
}
inline double rastrigin(const Vector& x) {
  return 10.0 * double(x.size()) + (x.array().square() - 10.0 * (2.0 * std::numbers::pi * x.array()).cos()).sum();
}

/// Tells the values of what is asked, once.
inline void advance(Search& search, const Function& f) { search.tell(evaluated(search.ask(), f)); }

/// Goes on until the search is finished, at most `most` steps; steps done.
inline int run(Search& search, const Function& f, int most = 1000000) {
  int steps = 0;
  for (; steps < most && !search.finished(); ++steps) advance(search, f);
  return steps;
}

/// A search stopped after `steps`, and continued by `fresh` (made with the same options), asks the same to its end.
inline void expect_exact_continuation(Search& search, Search& fresh, const Function& f, int steps) {
  run(search, f, steps);
  fresh.restore(search.numbers());
  for (int i = 0; i < steps && !search.finished(); ++i) {
    ASSERT_EQ(search.ask(), fresh.ask()) << "step " << i;
    advance(search, f);
    advance(fresh, f);
  }
  const std::vector<double> one = search.numbers(), other = fresh.numbers();
  ASSERT_EQ(one.size(), other.size());  // failed runs are not-a-number
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(one[i] == other[i] || one[i] != one[i]) << i;
  std::vector<double> broken = search.numbers();
  broken.pop_back();
  EXPECT_ANY_THROW(fresh.restore(broken));
}

}  // namespace tilth::calibration::test
