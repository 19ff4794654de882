#pragma once

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/simd/pack.hpp"

namespace tilth::test {

/// The pack every machine has; wider ones give the same bits.
using Pair = simd::Pack<xsimd::sse2>;

template <int n>
using Inputs = std::array<double, n>;

/// Results of `f(const T* in, T* out)` for two members side by side.
template <int n, int m, class F>
std::array<Inputs<m>, 2> in_lanes(const F& f, const Inputs<n>& first, const Inputs<n>& second) {
  std::array<Pair, n> in;
  std::array<Pair, m> out;
  for (int i = 0; i < n; ++i) {
    alignas(64) const double both[2] = {first[i], second[i]};
    in[i] = simd::load<Pair>(both);
  }
  f(in.data(), out.data());
  std::array<Inputs<m>, 2> result;
  for (int i = 0; i < m; ++i) {
    alignas(64) double both[2];
    simd::store(both, out[i]);
    for (int lane = 0; lane < 2; ++lane) result[lane][i] = both[lane];
  }
  return result;
}

/// Expects the bits of the scalar function in either lane, whoever the neighbour is, also when it is not a number.
/// `f(const T* in, T* out)` takes n values to m.
template <int n, int m, class F>
void expect_lanes_equal_scalars(const F& f, const std::vector<Inputs<n>>& cases) {
  Inputs<n> nobody;
  nobody.fill(std::numeric_limits<double>::quiet_NaN());
  std::vector<Inputs<n>> neighbours = cases;
  neighbours.push_back(nobody);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    Inputs<m> alone;
    f(cases[c].data(), alone.data());
    for (const Inputs<n>& next : neighbours)
      for (const Inputs<m>& lane : {in_lanes<n, m>(f, cases[c], next)[0], in_lanes<n, m>(f, next, cases[c])[1]})
        for (int i = 0; i < m; ++i)
          EXPECT_EQ(std::bit_cast<std::uint64_t>(lane[i]), std::bit_cast<std::uint64_t>(alone[i]))
              << "case " << c << " value " << i << ": " << lane[i] << " in a pack, " << alone[i] << " alone";
  }
}

}  // namespace tilth::test
