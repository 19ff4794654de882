#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
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

/// Largest single MPI message; longer ones are sent in pieces, as MPI counts are 32-bit.
inline constexpr std::int64_t message_bytes = std::int64_t{1} << 30;

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

  /// Options of parallel files (MPI-IO hints) that are opened on this communicator from now on; unknown ones are
  /// ignored by MPI. Collective.
  void use_file_hints(const std::vector<std::pair<std::string, std::string>>& hints) const;
  /// MPI_INFO_NULL unless hints were given.
  MPI_Info file_hints() const { return file_hints_; }
  /// Numbers the sparse exchanges of this communicator: neighbouring ones differ, alike on all ranks.
  int next_exchange() const { return exchange_ ^= 1; }

 private:
  explicit Comm(MPI_Comm comm);
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
  mutable MPI_Info file_hints_ = MPI_INFO_NULL;
  mutable int exchange_ = 0;
};

/// Runs `work` on every rank; if any throws, every rank throws an exception of the worst kind (Failure over Error) with
/// the message of the lowest failing rank. `work` must not stop between collectives on some ranks only. Collective.
void together(const Comm& comm, const std::function<void()>& work);

/// `require` decided over all ranks: the lowest rank's message is thrown everywhere. Collective.
void require_all(const Comm& comm, bool ok, const std::string& message);

}  // namespace tilth
