#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace tilth {

/// Members are padded to a multiple of this many doubles (one AVX-512 register, one cache line).
inline constexpr int member_padding = 8;

constexpr int padded(int members) { return (members + member_padding - 1) / member_padding * member_padding; }

/// Allocator of 64-byte aligned memory.
template <class T>
struct AlignedAllocator {
  using value_type = T;
  AlignedAllocator() = default;
  template <class U>
  AlignedAllocator(const AlignedAllocator<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64})); }
  void deallocate(T* p, std::size_t) { ::operator delete (p, std::align_val_t{64}); }
  bool operator==(const AlignedAllocator&) const = default;
};

/// Vector whose data start on a 64-byte boundary.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace tilth
