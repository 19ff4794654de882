#pragma once

#include <string>
#include <vector>

namespace tilth::simd {

/// Instruction sets kernels are compiled for, from narrow to wide.
enum class Isa { scalar, sse2, avx2, avx512 };

std::string to_string(Isa isa);
/// Members advanced at once.
int lanes_of(Isa isa);
/// What this processor can run.
std::vector<Isa> supported_isas();
/// The widest supported one, or what the environment variable TILTH_ISA names (scalar, sse2, avx2, avx512); an unknown
/// or unsupported name is an `Error`. Results do not depend on the choice.
Isa chosen_isa();

}  // namespace tilth::simd
