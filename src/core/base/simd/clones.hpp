#pragma once

// TILTH_CLONES before a function with plain loops: compiled for several instruction sets, chosen when the program
// starts. All give the same bits, as there is no contraction.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define TILTH_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define TILTH_CLONES
#endif
