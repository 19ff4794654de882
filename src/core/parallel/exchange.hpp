#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Sends `out[r]` to rank r and fills `in[r]` from rank r; both sides know the sizes; empty ones cost nothing.
/// Collective.
void exchange_bytes(const Comm& comm, std::span<const std::span<const std::byte>> out,
                    std::span<const std::span<std::byte>> in, std::int64_t piece_bytes = message_bytes);

/// Bytes for a rank, or from it.
struct Parcel {
  int rank = 0;
  std::vector<std::byte> bytes;
};

/// Sends each span to its rank (at most one a rank, empty ones are left out) and returns what came, ascending by
/// rank. Nobody knows beforehand who sends: messages are as many as pairs of ranks that talk, and one barrier (NBX of
/// Hoefler, Siebert & Lumsdaine 2010); no count travels between ranks that have nothing to say. Collective.
std::vector<Parcel> exchange_sparse(const Comm& comm, std::span<const std::span<const std::byte>> out,
                                    std::int64_t piece_bytes = message_bytes);

/// Sends `out[r]` to rank r, returns what came from each rank; any byte count, in pieces under 2 GiB. Costs what the
/// ranks that talk to this one cost, however many others there are. Collective.
template <class T>
std::vector<std::vector<T>> all_to_all(const Comm& comm, const std::vector<std::vector<T>>& out) {
  static_assert(std::is_trivially_copyable_v<T> && !std::is_same_v<T, bool>);
  std::vector<std::span<const std::byte>> sent;
  for (const auto& values : out) sent.push_back(std::as_bytes(std::span(values)));
  std::vector<std::vector<T>> in(out.size());
  for (const Parcel& parcel : exchange_sparse(comm, sent)) {
    auto& values = in[static_cast<std::size_t>(parcel.rank)];
    values.resize(parcel.bytes.size() / sizeof(T));
    const auto bytes = std::as_writable_bytes(std::span(values));
    std::copy_n(parcel.bytes.begin(), bytes.size(), bytes.begin());
  }
  return in;
}

}  // namespace tilth
