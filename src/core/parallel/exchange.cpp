#include "core/parallel/exchange.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <thread>
#include <utility>

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

namespace {

// Takes every message of this exchange that has arrived; the pieces of a sender follow one another.
void receive_arrived(const Comm& comm, int tag, std::vector<std::vector<std::byte>>& in) {
  for (int arrived = 1; arrived != 0;) {
    MPI_Message message = MPI_MESSAGE_NULL;
    MPI_Status status;
    MPI_Improbe(MPI_ANY_SOURCE, tag, comm.handle(), &arrived, &message, &status);
    if (arrived == 0) return;
    int bytes = 0;
    MPI_Get_count(&status, MPI_BYTE, &bytes);
    auto& list = in[static_cast<std::size_t>(status.MPI_SOURCE)];
    const std::size_t before = list.size();
    list.resize(before + static_cast<std::size_t>(bytes));
    MPI_Mrecv(list.data() + before, bytes, MPI_BYTE, &message, MPI_STATUS_IGNORE);
  }
}

}  // namespace

std::vector<Parcel> exchange_sparse(const Comm& comm, std::span<const std::span<const std::byte>> out,
                                    std::int64_t piece_bytes) {
  const int size = comm.size(), rank = comm.rank();
  assert(static_cast<int>(out.size()) == size);
  // A rank may be one exchange ahead of another, never two: two tags in turn keep their messages apart.
  const int tag = 2 + comm.next_exchange();
  std::vector<std::vector<std::byte>> in(out.size());
  std::vector<MPI_Request> requests;
  for (int step = 1; step < size; ++step) {
    const int to = (rank + step) % size;
    in_pieces(out[to], piece_bytes, [&](const std::byte* data, int bytes) {
      MPI_Issend(data, bytes, MPI_BYTE, to, tag, comm.handle(), &requests.emplace_back());
    });
  }
  in[rank].assign(out[rank].begin(), out[rank].end());
  MPI_Request barrier = MPI_REQUEST_NULL;
  // Once all of this rank's messages are being received it enters the barrier; once all ranks have, nothing is left.
  for (int delivered = 0, finished = 0; size > 1 && finished == 0;) {
    receive_arrived(comm, tag, in);
    if (delivered == 0) {
      MPI_Testall(static_cast<int>(requests.size()), requests.data(), &delivered, MPI_STATUSES_IGNORE);
      if (delivered != 0) MPI_Ibarrier(comm.handle(), &barrier);
    } else {
      MPI_Test(&barrier, &finished, MPI_STATUS_IGNORE);
    }
    if (finished == 0) std::this_thread::yield();  // ranks may share a core
  }
  std::vector<Parcel> parcels;
  for (int r = 0; r < size; ++r)
    if (!in[r].empty()) parcels.push_back({r, std::move(in[r])});
  return parcels;
}

}  // namespace tilth
