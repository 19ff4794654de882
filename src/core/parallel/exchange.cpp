#include <algorithm>
#include <cassert>
#include <cstring>

#include "core/parallel/comm.hpp"

namespace tilth {
namespace {

// Starts the messages of one buffer; several pieces of a pair of ranks arrive in the order they are sent.
template <class Byte, class Start>
void in_pieces(std::span<Byte> buffer, std::int64_t piece_bytes, Start start) {
  const auto piece = static_cast<std::size_t>(piece_bytes);
  for (std::size_t from = 0; from < buffer.size(); from += piece) {
    start(buffer.data() + from, static_cast<int>(std::min(piece, buffer.size() - from)));
  }
}

}  // namespace

void exchange_bytes(const Comm& comm, std::span<const std::span<const std::byte>> out,
                    std::span<const std::span<std::byte>> in, std::int64_t piece_bytes) {
  const int size = comm.size(), rank = comm.rank();
  assert(static_cast<int>(out.size()) == size && static_cast<int>(in.size()) == size);
  assert(out[rank].size() == in[rank].size());
  constexpr int tag = 1;
  std::vector<MPI_Request> requests;
  for (int step = 1; step < size; ++step) {  // every rank starts with another partner
    const int from = (rank - step + size) % size;
    in_pieces(in[from], piece_bytes, [&](std::byte* data, int bytes) {
      MPI_Irecv(data, bytes, MPI_BYTE, from, tag, comm.handle(), &requests.emplace_back());
    });
  }
  for (int step = 1; step < size; ++step) {
    const int to = (rank + step) % size;
    in_pieces(out[to], piece_bytes, [&](const std::byte* data, int bytes) {
      MPI_Isend(data, bytes, MPI_BYTE, to, tag, comm.handle(), &requests.emplace_back());
    });
  }
  if (!out[rank].empty()) std::memcpy(in[rank].data(), out[rank].data(), out[rank].size());
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
}

std::vector<std::int64_t> exchange_counts(const Comm& comm, std::span<const std::int64_t> counts) {
  assert(static_cast<int>(counts.size()) == comm.size());
  std::vector<std::int64_t> result(counts.size());
  MPI_Alltoall(counts.data(), 1, MPI_INT64_T, result.data(), 1, MPI_INT64_T, comm.handle());
  return result;
}

}  // namespace tilth
