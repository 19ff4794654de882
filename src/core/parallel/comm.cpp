#include "core/parallel/comm.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <limits>
#include <numeric>
#include <utility>

#include "core/base/error.hpp"

namespace tilth {
namespace {

MPI_Datatype mpi_type(double) { return MPI_DOUBLE; }
MPI_Datatype mpi_type(std::int64_t) { return MPI_INT64_T; }
MPI_Datatype mpi_type(char) { return MPI_CHAR; }

// Calls act(pointer, count) on pieces that fit MPI's 32-bit counts.
template <class T, class Act>
void in_pieces(std::span<T> values, Act act) {
  constexpr std::size_t piece = static_cast<std::size_t>(message_bytes) / sizeof(T);
  for (std::size_t from = 0; from < values.size(); from += piece) {
    act(values.data() + from, static_cast<int>(std::min(piece, values.size() - from)));
  }
}

template <class T>
void reduce(std::span<T> values, MPI_Op op, MPI_Comm comm) {
  in_pieces(values, [&](T* data, int n) { MPI_Allreduce(MPI_IN_PLACE, data, n, mpi_type(T()), op, comm); });
}

template <class T>
T reduced(T value, MPI_Op op, MPI_Comm comm) {
  reduce(std::span<T>(&value, 1), op, comm);
  return value;
}

template <class T>
void broadcast_values(std::span<T> values, int from, MPI_Comm comm) {
  in_pieces(values, [&](T* data, int n) { MPI_Bcast(data, n, mpi_type(T()), from, comm); });
}

// Where each rank's values go in a concatenation by rank.
struct Places {
  std::vector<int> counts, offsets;
  std::size_t total = 0;
};

Places places(const Comm& comm, std::size_t count) {
  Places result;
  for (const std::int64_t n : comm.all_gather(static_cast<std::int64_t>(count))) {
    result.counts.push_back(static_cast<int>(n));
    result.offsets.push_back(static_cast<int>(result.total));
    result.total += static_cast<std::size_t>(n);
  }
  ensure(result.total <= std::numeric_limits<int>::max(), "gathering ", result.total,
         " values on one rank: more than 2^31; use more, smaller lists");
  return result;
}

template <class T>
std::vector<T> gathered_by_all(const Comm& comm, std::span<const T> values) {
  const Places at = places(comm, values.size());
  std::vector<T> result(at.total);
  MPI_Allgatherv(values.data(), static_cast<int>(values.size()), mpi_type(T()), result.data(), at.counts.data(),
                 at.offsets.data(), mpi_type(T()), comm.handle());
  return result;
}

}  // namespace

MpiSession::MpiSession(int& argc, char**& argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
}

MpiSession::~MpiSession() {
  if (std::uncaught_exceptions() > 0) {
    std::fputs("an exception ended this rank; the job is aborted\n", stderr);
    MPI_Abort(MPI_COMM_WORLD, 3);
  }
  MPI_Finalize();
}

Comm::Comm(MPI_Comm comm) : comm_(comm) {
  MPI_Comm_rank(comm_, &rank_);
  MPI_Comm_size(comm_, &size_);
}

Comm Comm::world() {
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &copy);
  return Comm(copy);
}

Comm Comm::self() {
  MPI_Comm copy = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_SELF, &copy);
  return Comm(copy);
}

Comm Comm::split(int colour) const {
  MPI_Comm part = MPI_COMM_NULL;
  MPI_Comm_split(comm_, colour, rank_, &part);
  return Comm(part);
}

Comm::~Comm() {
  if (comm_ == MPI_COMM_NULL) return;
  int finished = 0;
  MPI_Finalized(&finished);
  if (finished) return;
  if (file_hints_ != MPI_INFO_NULL) MPI_Info_free(&file_hints_);
  if (std::uncaught_exceptions() == 0) MPI_Comm_free(&comm_);  // collective: not while unwinding
}

Comm::Comm(Comm&& other) noexcept
    : comm_(std::exchange(other.comm_, MPI_COMM_NULL)),
      rank_(other.rank_),
      size_(other.size_),
      file_hints_(std::exchange(other.file_hints_, MPI_INFO_NULL)),
      exchange_(other.exchange_) {}

Comm& Comm::operator=(Comm&& other) noexcept {
  std::swap(comm_, other.comm_);
  std::swap(rank_, other.rank_);
  std::swap(size_, other.size_);
  std::swap(file_hints_, other.file_hints_);
  std::swap(exchange_, other.exchange_);
  return *this;
}

void Comm::use_file_hints(const std::vector<std::pair<std::string, std::string>>& hints) const {
  if (file_hints_ == MPI_INFO_NULL && !hints.empty()) MPI_Info_create(&file_hints_);
  for (const auto& [name, value] : hints) MPI_Info_set(file_hints_, name.c_str(), value.c_str());
}

void Comm::abort(int status) const {
  MPI_Abort(comm_, status);
  std::abort();
}

void Comm::barrier() const { MPI_Barrier(comm_); }

void Comm::sum(std::span<std::int64_t> values) const { reduce(values, MPI_SUM, comm_); }
void Comm::max(std::span<std::int64_t> values) const { reduce(values, MPI_MAX, comm_); }
void Comm::max(std::span<double> values) const { reduce(values, MPI_MAX, comm_); }
void Comm::min(std::span<double> values) const { reduce(values, MPI_MIN, comm_); }
std::int64_t Comm::sum(std::int64_t value) const { return reduced(value, MPI_SUM, comm_); }
std::int64_t Comm::max(std::int64_t value) const { return reduced(value, MPI_MAX, comm_); }
double Comm::max(double value) const { return reduced(value, MPI_MAX, comm_); }
double Comm::min(double value) const { return reduced(value, MPI_MIN, comm_); }
bool Comm::all(bool value) const { return !any(!value); }
bool Comm::any(bool value) const { return max(std::int64_t{value}) != 0; }

std::int64_t Comm::exclusive_scan(std::int64_t value) const {
  std::int64_t below = 0;
  MPI_Exscan(&value, &below, 1, MPI_INT64_T, MPI_SUM, comm_);
  return rank_ == 0 ? 0 : below;  // MPI leaves the result of rank 0 undefined
}

void Comm::broadcast(std::string& text, int from) const {
  auto length = static_cast<std::int64_t>(text.size());
  broadcast(std::span(&length, 1), from);
  text.resize(static_cast<std::size_t>(length));
  broadcast_values(std::span<char>(text), from, comm_);
}
void Comm::broadcast(std::span<double> values, int from) const { broadcast_values(values, from, comm_); }
void Comm::broadcast(std::span<std::int64_t> values, int from) const { broadcast_values(values, from, comm_); }

std::vector<std::int64_t> Comm::all_gather(std::int64_t value) const {
  std::vector<std::int64_t> result(static_cast<std::size_t>(size_));
  MPI_Allgather(&value, 1, MPI_INT64_T, result.data(), 1, MPI_INT64_T, comm_);
  return result;
}

std::vector<double> Comm::all_gather(std::span<const double> values) const { return gathered_by_all(*this, values); }

std::vector<std::int64_t> Comm::all_gather(std::span<const std::int64_t> values) const {
  return gathered_by_all(*this, values);
}

std::vector<std::string> Comm::all_gather(const std::string& value) const {
  const std::vector<std::int64_t> lengths = all_gather(static_cast<std::int64_t>(value.size()));
  const std::vector<char> letters = gathered_by_all(*this, std::span<const char>(value));
  std::vector<std::string> result;
  auto next = letters.begin();
  for (const std::int64_t length : lengths) {
    result.emplace_back(next, next + length);
    next += length;
  }
  return result;
}

std::vector<double> Comm::gather(std::span<const double> values, int to) const {
  const Places at = places(*this, values.size());
  std::vector<double> result(rank_ == to ? at.total : 0);
  MPI_Gatherv(values.data(), static_cast<int>(values.size()), MPI_DOUBLE, result.data(), at.counts.data(),
              at.offsets.data(), MPI_DOUBLE, to, comm_);
  return result;
}

}  // namespace tilth
