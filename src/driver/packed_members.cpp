#include "driver/packed_members.hpp"

#include <algorithm>

#include "core/base/aligned.hpp"

namespace tilth {

std::vector<double> packed_members(const double* data, std::size_t rows, int members) {
  const int stride = padded(members);
  std::vector<double> out(rows * members);
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(data + r * stride, members, out.begin() + r * members);
  return out;
}

void unpack_members(std::span<const double> in, double* data, std::size_t rows, int members) {
  const int stride = padded(members);
  for (std::size_t r = 0; r < rows; ++r)
    for (int k = 0; k < stride; ++k) data[r * stride + k] = in[r * members + std::min(k, members - 1)];
}

}  // namespace tilth
