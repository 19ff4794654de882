#pragma once

#include "model/hourly/hourly_tile.hpp"

namespace tilth::hourly {

/// The step and the close of a day for one instruction set.
struct Kernel {
  HourFunction step, close;
};

namespace isa_scalar {
void step(const HourStep& job);
void close(const HourStep& job);
}  // namespace isa_scalar
namespace isa_sse2 {
void step(const HourStep& job);
void close(const HourStep& job);
void dual_step(const HourStep& job);  ///< on dual numbers (core/base/simd/dual.hpp)
void dual_close(const HourStep& job);
}  // namespace isa_sse2
namespace isa_avx2 {
void step(const HourStep& job);
void close(const HourStep& job);
void dual_step(const HourStep& job);  ///< on dual numbers (core/base/simd/dual.hpp)
void dual_close(const HourStep& job);
}  // namespace isa_avx2
namespace isa_avx512 {
void step(const HourStep& job);
void close(const HourStep& job);
void dual_step(const HourStep& job);  ///< on dual numbers (core/base/simd/dual.hpp)
void dual_close(const HourStep& job);
}  // namespace isa_avx512

}  // namespace tilth::hourly
