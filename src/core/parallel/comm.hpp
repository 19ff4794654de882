#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <mpi.h>

namespace tilth {

/// Starts MPI for the life of the program; at most one object. Leaving its scope by an exception aborts the job, as
/// other ranks may wait: print the message inside.
class MpiSession {
 public:
  MpiSession(int& argc, char**& argv);
  ~MpiSession();
  MpiSession(const MpiSession&) = delete;
  MpiSession& operator=(const MpiSession&) = delete;
};

/// Owns a duplicated communicator; move-only.
class Comm {
 public:
  /// Duplicate of MPI_COMM_WORLD. Collective.
  static Comm world();
  /// This rank alone.
  static Comm self();
  /// Ranks with the same colour (not negative) form a communicator. Collective.
  Comm split(int colour) const;
  ~Comm();
  Comm(Comm&& other) noexcept;
  Comm& operator=(Comm&& other) noexcept;

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool root() const { return rank_ == 0; }
  MPI_Comm handle() const { return comm_; }

  /// Ends all ranks of the job with this exit status, at once.
  [[noreturn]] void abort(int status) const;

  void barrier() const;
  /// True when every rank calls this within `seconds`; false as soon as the time is over. After false the communicator
  /// is of no further use. Collective in the good case.
  bool all_arrive(double seconds) const;
  /// Element-wise sums (integers, exact), maxima and minima over ranks; no value may be NaN. Collective.
  void sum(std::span<std::int64_t> values) const;
  void max(std::span<std::int64_t> values) const;
  void max(std::span<double> values) const;
  void min(std::span<double> values) const;
  std::int64_t sum(std::int64_t value) const;
  std::int64_t max(std::int64_t value) const;
  double max(double value) const;
  double min(double value) const;
  bool all(bool value) const;
  bool any(bool value) const;
  /// Sum of `value` over lower ranks (0 on rank 0). Collective.
  std::int64_t exclusive_scan(std::int64_t value) const;

  void broadcast(std::string& text, int from = 0) const;
  void broadcast(std::span<double> values, int from = 0) const;
  void broadcast(std::span<std::int64_t> values, int from = 0) const;
  std::vector<std::int64_t> all_gather(std::int64_t value) const;
  /// Concatenation by rank of every rank's values, on every rank: for small lists only. Collective.
  std::vector<double> all_gather(std::span<const double> values) const;
  std::vector<std::int64_t> all_gather(std::span<const std::int64_t> values) const;
  std::vector<std::string> all_gather(const std::string& value) const;
  /// Concatenation by rank on rank `to`, empty elsewhere. Collective.
  std::vector<double> gather(std::span<const double> values, int to = 0) const;

 private:
  explicit Comm(MPI_Comm comm);
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
};

/// Largest single MPI message; longer ones are sent in pieces, as MPI counts are 32-bit.
inline constexpr std::int64_t message_bytes = std::int64_t{1} << 30;

/// Sends `out[r]` to rank r and fills `in[r]` from rank r; both sides know the sizes; empty ones cost nothing.
/// Collective.
void exchange_bytes(const Comm& comm, std::span<const std::span<const std::byte>> out,
                    std::span<const std::span<std::byte>> in, std::int64_t piece_bytes = message_bytes);

/// Sends `counts[r]` to rank r, returns what came from each rank. Collective.
std::vector<std::int64_t> exchange_counts(const Comm& comm, std::span<const std::int64_t> counts);

/// Sends `out[r]` to rank r, returns what came from each rank; any byte count, chunked under 2 GiB. Collective.
template <class T>
std::vector<std::vector<T>> all_to_all(const Comm& comm, const std::vector<std::vector<T>>& out) {
  static_assert(std::is_trivially_copyable_v<T> && !std::is_same_v<T, bool>);
  std::vector<std::int64_t> counts;
  for (const auto& values : out) counts.push_back(static_cast<std::int64_t>(values.size()));
  counts = exchange_counts(comm, counts);
  std::vector<std::vector<T>> in(out.size());
  std::vector<std::span<const std::byte>> sent;
  std::vector<std::span<std::byte>> received;
  for (std::size_t r = 0; r < out.size(); ++r) {
    in[r].resize(static_cast<std::size_t>(counts[r]));
    sent.push_back(std::as_bytes(std::span(out[r])));
    received.push_back(std::as_writable_bytes(std::span(in[r])));
  }
  exchange_bytes(comm, sent, received);
  return in;
}

/// Runs `work` on every rank; if any throws, every rank throws an exception of the worst kind (Failure over Error) with
/// the message of the lowest failing rank. `work` must not stop between collectives on some ranks only. Collective.
void together(const Comm& comm, const std::function<void()>& work);

/// `require` decided over all ranks: the lowest rank's message is thrown everywhere. Collective.
void require_all(const Comm& comm, bool ok, const std::string& message);

}  // namespace tilth
