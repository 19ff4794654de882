#include "core/parallel/reproducible_sum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr int bits_kept = 80;  // of the bound; leaves 2^46 addends before 128 bits overflow
constexpr int limb_bits = 40;  // so that 2^23 ranks may add their limbs in 64 bits
constexpr std::int64_t limb_mask = (std::int64_t{1} << limb_bits) - 1;

}  // namespace

ReproducibleSum::ReproducibleSum(std::size_t count, double bound) : bound_(bound), sum_(count, 0) {
  ensure(bound >= 0.0 && std::isfinite(bound), "reproducible sum: bound ", bound, ", must be finite and not negative");
  int exponent = 0;
  std::frexp(bound, &exponent);  // bound < 2^exponent
  unit_exponent_ = exponent - bits_kept;
  // Two factors, as one may overflow. Exact, but for addends that underflow and are far below half a unit.
  half_scale_ = std::ldexp(1.0, -unit_exponent_ / 2);
  other_half_ = std::ldexp(1.0, -unit_exponent_ - -unit_exponent_ / 2);
}

void ReproducibleSum::add(std::size_t i, double value) {
  ensure(std::abs(value) <= bound_, "reproducible sum: addend ", value, ", must be at most ", bound_, " in magnitude");
  sum_[i] += static_cast<__int128>(std::nearbyint(value * half_scale_ * other_half_));
}

std::vector<double> ReproducibleSum::total(const Comm& comm) const {
  std::vector<std::int64_t> limbs;
  limbs.reserve(3 * sum_.size());
  for (const __int128 sum : sum_) {
    limbs.push_back(static_cast<std::int64_t>(sum) & limb_mask);
    limbs.push_back(static_cast<std::int64_t>(sum >> limb_bits) & limb_mask);
    limbs.push_back(static_cast<std::int64_t>(sum >> 2 * limb_bits));
  }
  comm.sum(limbs);
  std::vector<double> totals(sum_.size());
  for (std::size_t i = 0; i < totals.size(); ++i) {
    const __int128 sum = (static_cast<__int128>(limbs[3 * i + 2]) << 2 * limb_bits) +
                         (static_cast<__int128>(limbs[3 * i + 1]) << limb_bits) + limbs[3 * i];
    totals[i] = std::ldexp(static_cast<double>(sum), unit_exponent_);
  }
  return totals;
}

double reproducible_sum(const Comm& comm, std::span<const double> values) {
  double bound = 0.0;
  for (const double value : values) {
    bound = std::max(bound, std::isfinite(value) ? std::abs(value) : std::numeric_limits<double>::infinity());
  }
  bound = comm.max(bound);
  ensure(std::isfinite(bound), "reproducible sum: an addend is not a finite number");
  ReproducibleSum sum(1, bound);
  for (const double value : values) sum.add(0, value);
  return sum.total(comm)[0];
}

}  // namespace tilth
