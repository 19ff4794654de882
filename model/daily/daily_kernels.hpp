#pragma once

#include "model/column/tile.hpp"

namespace tilth::daily {

using column::TileStep;

namespace isa_scalar {
void step(const TileStep& job);
}
namespace isa_sse2 {
void step(const TileStep& job);
}
namespace isa_avx2 {
void step(const TileStep& job);
}
namespace isa_avx512 {
void step(const TileStep& job);
}

}  // namespace tilth::daily
