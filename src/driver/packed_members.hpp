#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tilth {

/// Rows of padded members without the padding, as restart files hold them: [row][member].
std::vector<double> packed_members(const double* data, std::size_t rows, int members);
/// And back; the padding repeats the last member.
void unpack_members(std::span<const double> in, double* data, std::size_t rows, int members);

}  // namespace tilth
