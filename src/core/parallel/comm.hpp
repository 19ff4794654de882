#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <mpi.h>

namespace tilth {

/// Starts MPI for the life of the program; at most one object.
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
  /// Ranks with the same colour form a communicator. Collective.
  Comm split(int colour) const;
  ~Comm();
  Comm(Comm&& other) noexcept;
  Comm& operator=(Comm&& other) noexcept;

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool root() const { return rank_ == 0; }
  MPI_Comm handle() const { return comm_; }

  void barrier() const;
  /// Element-wise sums (integers, exact), maxima and minima over ranks. Collective.
  void sum(std::span<std::int64_t> values) const;
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
  std::vector<std::int64_t> all_gather(std::int64_t value) const;
  /// Concatenation by rank of every rank's values, on every rank: for small lists only. Collective.
  std::vector<double> all_gather(std::span<const double> values) const;
  std::vector<std::int64_t> all_gather(std::span<const std::int64_t> values) const;
  std::vector<std::string> all_gather(const std::string& value) const;

 private:
  explicit Comm(MPI_Comm comm);
  MPI_Comm comm_ = MPI_COMM_NULL;
  int rank_ = 0, size_ = 1;
};

/// Sends `out[r]` to rank r, returns what came from each rank; any byte count, chunked under 2 GiB. Collective.
template <class T>
std::vector<std::vector<T>> all_to_all(const Comm& comm, const std::vector<std::vector<T>>& out);

/// Runs `work` on every rank; if any throws, every rank throws an exception of the worst kind (Failure over Error) with
/// the message of the lowest failing rank. `work` must not stop between collectives on some ranks only. Collective.
void together(const Comm& comm, const std::function<void()>& work);

/// `require` decided over all ranks: the lowest rank's message is thrown everywhere. Collective.
void require_all(const Comm& comm, bool ok, const std::string& message);

}  // namespace tilth
