#pragma once

#include "model/column/tile.hpp"

namespace tilth::daily {

using column::TileStep;

namespace isa_scalar {
void step(const TileStep& job);
}
namespace isa_sse2 {
void step(const TileStep& job);
void dual_step(const TileStep& job);  ///< on dual numbers (core/base/simd/dual.hpp)
}  // namespace isa_sse2
namespace isa_avx2 {
void step(const TileStep& job);
void dual_step(const TileStep& job);  ///< on dual numbers (core/base/simd/dual.hpp)
}  // namespace isa_avx2
namespace isa_avx512 {
void step(const TileStep& job);
void dual_step(const TileStep& job);  ///< on dual numbers (core/base/simd/dual.hpp)
}  // namespace isa_avx512

}  // namespace tilth::daily
