// Counts what a program asks of MPI, without changing it: preloaded, it stands between the program (with the libraries
// it calls, such as PnetCDF) and MPI. What MPI does within a collective call is not seen. At the end rank 0 writes one
// JSON line with sums and maxima over ranks to the file named by TILTH_MPI_COUNT.
//
//   mpirun -n 4 -x LD_PRELOAD=build/tests/libmpi_count.so -x TILTH_MPI_COUNT=counts.json build/tilth osse ...
#include <sys/resource.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

namespace {

enum Count {
  messages,         // point to point, sent
  message_bytes,    //
  partners,         // distinct ranks sent to
  reductions,       // calls: allreduce, reduce, exscan
  reduction_bytes,  // of this rank's part
  gathers,          // calls: allgather(v), gather(v), bcast
  gather_bytes,     // that arrive at this rank
  alltoalls,        // calls
  barriers,         // calls, nonblocking ones too
  writes,           // calls of MPI-IO that write
  write_bytes,      //
  largest_write,    // bytes
  reads,            //
  read_bytes,       //
  peak_memory_kib,  // resident
  count_of_counts
};
constexpr std::array<const char*, count_of_counts> names = {
    "messages",    "message_bytes", "partners",  "reductions", "reduction_bytes",
    "gathers",     "gather_bytes",  "alltoalls", "barriers",   "writes",
    "write_bytes", "largest_write", "reads",     "read_bytes", "peak_memory_kib"};

std::array<std::int64_t, count_of_counts> counted{};
std::set<int> sent_to;

std::int64_t bytes_of(std::int64_t count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return count * size;
}

void sent(int count, MPI_Datatype type, int to) {
  if (to == MPI_PROC_NULL) return;
  ++counted[messages];
  counted[message_bytes] += bytes_of(count, type);
  sent_to.insert(to);
}

void reduced(int count, MPI_Datatype type) {
  ++counted[reductions];
  counted[reduction_bytes] += bytes_of(count, type);
}

void gathered(std::int64_t count, MPI_Datatype type) {
  ++counted[gathers];
  counted[gather_bytes] += bytes_of(count, type);
}

std::int64_t sum_of(const int* counts, MPI_Comm comm) {
  int size = 0;
  PMPI_Comm_size(comm, &size);
  std::int64_t sum = 0;
  for (int r = 0; r < size; ++r) sum += counts[r];
  return sum;
}

void wrote(int count, MPI_Datatype type) {
  const std::int64_t bytes = bytes_of(count, type);
  ++counted[writes];
  counted[write_bytes] += bytes;
  if (bytes > counted[largest_write]) counted[largest_write] = bytes;
}

void read_in(int count, MPI_Datatype type) {
  ++counted[reads];
  counted[read_bytes] += bytes_of(count, type);
}

void report() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  counted[peak_memory_kib] = usage.ru_maxrss;
  counted[partners] = std::int64_t(sent_to.size());
  std::array<std::int64_t, count_of_counts> sum{}, most{};
  PMPI_Reduce(counted.data(), sum.data(), count_of_counts, MPI_INT64_T, MPI_SUM, 0, MPI_COMM_WORLD);
  PMPI_Reduce(counted.data(), most.data(), count_of_counts, MPI_INT64_T, MPI_MAX, 0, MPI_COMM_WORLD);
  int rank = 0, ranks = 0;
  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  PMPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const char* path = std::getenv("TILTH_MPI_COUNT");
  if (rank != 0 || path == nullptr) return;
  std::string line = "{\"ranks\": " + std::to_string(ranks);
  for (int i = 0; i < count_of_counts; ++i)
    line += std::string(", \"") + names[i] + "\": {\"sum\": " + std::to_string(sum[i]) +
            ", \"max\": " + std::to_string(most[i]) + "}";
  if (std::FILE* file = std::fopen(path, "w")) {
    std::fprintf(file, "%s}\n", line.c_str());
    std::fclose(file);
  }
}

}  // namespace

extern "C" {

int MPI_Send(const void* data, int n, MPI_Datatype t, int to, int tag, MPI_Comm comm) {
  sent(n, t, to);
  return PMPI_Send(data, n, t, to, tag, comm);
}
int MPI_Isend(const void* data, int n, MPI_Datatype t, int to, int tag, MPI_Comm comm, MPI_Request* request) {
  sent(n, t, to);
  return PMPI_Isend(data, n, t, to, tag, comm, request);
}
int MPI_Issend(const void* data, int n, MPI_Datatype t, int to, int tag, MPI_Comm comm, MPI_Request* request) {
  sent(n, t, to);
  return PMPI_Issend(data, n, t, to, tag, comm, request);
}
int MPI_Allreduce(const void* in, void* out, int n, MPI_Datatype t, MPI_Op op, MPI_Comm comm) {
  reduced(n, t);
  return PMPI_Allreduce(in, out, n, t, op, comm);
}
int MPI_Reduce(const void* in, void* out, int n, MPI_Datatype t, MPI_Op op, int root, MPI_Comm comm) {
  reduced(n, t);
  return PMPI_Reduce(in, out, n, t, op, root, comm);
}
int MPI_Exscan(const void* in, void* out, int n, MPI_Datatype t, MPI_Op op, MPI_Comm comm) {
  reduced(n, t);
  return PMPI_Exscan(in, out, n, t, op, comm);
}
int MPI_Bcast(void* data, int n, MPI_Datatype t, int root, MPI_Comm comm) {
  gathered(n, t);
  return PMPI_Bcast(data, n, t, root, comm);
}
int MPI_Allgather(const void* in, int n, MPI_Datatype t, void* out, int m, MPI_Datatype u, MPI_Comm comm) {
  int size = 0;
  PMPI_Comm_size(comm, &size);
  gathered(std::int64_t{m} * size, u);
  return PMPI_Allgather(in, n, t, out, m, u, comm);
}
int MPI_Allgatherv(const void* in, int n, MPI_Datatype t, void* out, const int* m, const int* at, MPI_Datatype u,
                   MPI_Comm comm) {
  gathered(sum_of(m, comm), u);
  return PMPI_Allgatherv(in, n, t, out, m, at, u, comm);
}
int MPI_Gather(const void* in, int n, MPI_Datatype t, void* out, int m, MPI_Datatype u, int root, MPI_Comm comm) {
  int rank = 0, size = 0;
  PMPI_Comm_rank(comm, &rank);
  PMPI_Comm_size(comm, &size);
  gathered(rank == root ? std::int64_t{m} * size : 0, rank == root ? u : t);
  return PMPI_Gather(in, n, t, out, m, u, root, comm);
}
int MPI_Gatherv(const void* in, int n, MPI_Datatype t, void* out, const int* m, const int* at, MPI_Datatype u, int root,
                MPI_Comm comm) {
  int rank = 0;
  PMPI_Comm_rank(comm, &rank);
  gathered(rank == root ? sum_of(m, comm) : 0, u);
  return PMPI_Gatherv(in, n, t, out, m, at, u, root, comm);
}
int MPI_Alltoall(const void* in, int n, MPI_Datatype t, void* out, int m, MPI_Datatype u, MPI_Comm comm) {
  ++counted[alltoalls];
  return PMPI_Alltoall(in, n, t, out, m, u, comm);
}
int MPI_Barrier(MPI_Comm comm) {
  ++counted[barriers];
  return PMPI_Barrier(comm);
}
int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) {
  ++counted[barriers];
  return PMPI_Ibarrier(comm, request);
}
int MPI_File_write_at(MPI_File f, MPI_Offset at, const void* data, int n, MPI_Datatype t, MPI_Status* status) {
  wrote(n, t);
  return PMPI_File_write_at(f, at, data, n, t, status);
}
int MPI_File_write_at_all(MPI_File f, MPI_Offset at, const void* data, int n, MPI_Datatype t, MPI_Status* status) {
  wrote(n, t);
  return PMPI_File_write_at_all(f, at, data, n, t, status);
}
int MPI_File_read_at(MPI_File f, MPI_Offset at, void* data, int n, MPI_Datatype t, MPI_Status* status) {
  read_in(n, t);
  return PMPI_File_read_at(f, at, data, n, t, status);
}
int MPI_File_read_at_all(MPI_File f, MPI_Offset at, void* data, int n, MPI_Datatype t, MPI_Status* status) {
  read_in(n, t);
  return PMPI_File_read_at_all(f, at, data, n, t, status);
}
int MPI_Finalize() {
  report();
  return PMPI_Finalize();
}

}  // extern "C"
