#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "assim/operators/jacobian.hpp"
#include "conformance/assim/operator_variants.hpp"

namespace tilth::test {
namespace {

class OperatorDerivatives : public OperatorVariant {};

/// Parameters an operator may read, near their defaults.
double plausible(const std::string& parameter, const Random& random, int draw) {
  const std::map<std::string, double> middle{{"leaf_reflectance_vis", 0.09},
                                             {"leaf_reflectance_nir", 0.45},
                                             {"soil_reflectance_scale", 1.0},
                                             {"clumping", 0.75},
                                             {"chi_l", 0.1},
                                             {"ndvi_gain", 1.0},
                                             {"ndvi_offset", 0.02},
                                             {"sif_scale", 0.01},
                                             {"vod_coefficient", 0.12},
                                             {"roughness_h", 0.16},
                                             {"scattering_albedo", 0.05}};
  return middle.at(parameter) * (0.9 + 0.2 * random.uniform({.cycle = 1, .member = 0, .id = 0, .draw = draw}));
}

/// A column inside its bounds with parameters, and a direction in which all of it changes.
struct Problem {
  TestColumn column, change;
  Problem(TestColumn start, const ObservationOperator& h, int id) : column(start), change(start) {
    const Random random(6, Purpose::test);
    column.randomise(id, false);
    change.randomise(id + 1000, false);
    for (const Variable& v : column.layout.variables())
      for (int t = 0; t < column.view().tiles(); ++t)
        for (int l = 0; l < v.layers; ++l) {
          double* x = column.view().row(t, column.layout.row(v.name) + l);
          double* dx = change.view().row(t, column.layout.row(v.name) + l);
          for (int k = 0; k < padded(members); ++k) {
            x[k] = v.lower + 0.02 * (v.upper - v.lower) + 0.96 * (x[k] - v.lower);  // not at a bound
            dx[k] -= 0.5 * (v.lower + v.upper);
          }
        }
    int draw = 0;
    for (const auto& name : h.traits().parameters) {
      column.set_parameter(name, plausible(name, random, draw));
      change.set_parameter(name, 0.1 * plausible(name, random, draw + 100) * (draw % 2 ? 1.0 : -1.0));
      ++draw;
    }
  }
  std::vector<double> tangent(const ObservationOperator& h) {
    std::vector<const double*> parameters, changes;
    const ObservedColumn seen = column.seen(h, parameters);
    change.seen(h, changes);
    std::vector<double> dhx(padded(members));
    h.tangent(seen, {change.view(), changes}, dhx);
    return dhx;
  }
};

TEST_P(OperatorDerivatives, HasTheTangentOfItsDifferences) {
  for (int id = 0; id < 10; ++id) {
    Problem p(column_of({{0, 0.2}, {7, 0.5}, {10, 0.3}}), *h, id);
    const auto tangent = p.tangent(*h);
    constexpr double step = 1e-5;
    const auto at = [&](double x) {
      Problem moved = p;
      moved.column.add(p.change, x);
      return moved.column.predict(*h);
    };
    const auto up = at(step), down = at(-step), far_up = at(2.0 * step), far_down = at(-2.0 * step);
    for (int k = 0; k < members; ++k) {
      const double difference = (8.0 * (up[k] - down[k]) - (far_up[k] - far_down[k])) / (12.0 * step);
      const double round_off = 2e-15 * std::abs(up[k]) / step;
      EXPECT_NEAR(tangent[k], difference, 1e-6 * std::abs(difference) + round_off) << id << " " << k;
    }
  }
}

TEST_P(OperatorDerivatives, HasAnAdjointThatIsTheTransposeOfItsTangent) {
  for (int id = 0; id < 3; ++id) {
    Problem p(column_of({{0, 0.2}, {7, 0.5}, {10, 0.3}}), *h, id);
    const auto tangent = p.tangent(*h);
    std::vector<const double*> parameters, changes;
    const ObservedColumn seen = p.column.seen(*h, parameters);
    p.change.seen(*h, changes);
    const int n = int(h->traits().parameters.size());
    const auto slopes = jacobian(*h, seen);
    for (int k = 0; k < members; ++k) {
      const double weight = 0.7 - 0.1 * k;  // of the observation
      double inside = 0.0, size = 0.0;
      for (const InputSlope& s : slopes) {
        const auto& names = h->traits().parameters;
        const int p_index = int(std::find(names.begin(), names.end(), s.name) - names.begin());
        const double dx = s.parameter ? changes[std::size_t(s.tile * n + p_index)][k]
                                      : p.change.view().row(s.tile, seen.layout.row(s.name) + s.layer)[k];
        inside += s.members[std::size_t(k)] * weight * dx;
        size += std::abs(s.members[std::size_t(k)] * weight * dx);
      }
      EXPECT_NEAR(tangent[k] * weight, inside, 1e-12 * size) << k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, OperatorDerivatives, ::testing::ValuesIn(variants()),
                         [](const auto& variant) { return variant.param.label; });

}  // namespace
}  // namespace tilth::test
