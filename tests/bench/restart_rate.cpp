// Rate at which a restart file is written (aside, flushed, read back, renamed) and read (verified, then into memory),
// against plain writing and reading of the same bytes by the same ranks. Usage: restart_rate FOLDER [MiB per rank]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "io/checkpoint.hpp"

namespace {

using tilth::Comm;

/// Time of the clock, and of this rank's processor, which neighbours on the machine hardly change.
struct Seconds {
  double clock = 0.0, processor = 0.0;
};

Seconds seconds(const Comm& comm, const std::function<void()>& work) {
  comm.barrier();
  const auto begin = std::chrono::steady_clock::now();
  const std::clock_t used = std::clock();
  work();
  const double processor = double(std::clock() - used) / CLOCKS_PER_SEC;
  comm.barrier();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), processor};
}

void print(const char* what, double megabytes, const Seconds& ours, const Seconds& plain) {
  std::printf("  %s %.0f MB/s, plain %.0f, ratio %.2f; processor %.2f s, plain %.2f\n", what, megabytes / ours.clock,
              megabytes / plain.clock, plain.clock / ours.clock, ours.processor, plain.processor);
}

// As `dd bs=1M conv=fsync`: one file a rank.
void write_plain(const std::string& path, const std::vector<double>& values) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0644);
  const char* data = reinterpret_cast<const char*>(values.data());
  for (std::size_t at = 0, all = values.size() * 8; at < all; at += std::size_t{1} << 20)
    if (write(file, data + at, std::min(all - at, std::size_t{1} << 20)) < 0) std::abort();
  fsync(file);
  close(file);
}

void read_plain(const std::string& path, std::vector<double>& values) {
  const int file = open(path.c_str(), O_RDONLY);
  char* data = reinterpret_cast<char*>(values.data());
  for (std::size_t at = 0, all = values.size() * 8; at < all; at += std::size_t{1} << 20)
    if (read(file, data + at, std::min(all - at, std::size_t{1} << 20)) < 0) std::abort();
  close(file);
}

// Drops the pages of a file from memory: what follows reads the disk.
void forget(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY);
  fsync(file);
  posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  close(file);
}

void run(const Comm& comm, const std::string& folder, double mib) {
  constexpr int width = 4096;
  const std::int64_t records = std::int64_t(mib * 1048576.0 / 8.0 / width);
  std::vector<std::int64_t> ids;
  for (std::int64_t i = 0; i < records; ++i) ids.push_back(comm.rank() * records + i);
  const tilth::BlockExchange exchange(comm, ids, records * comm.size());
  std::vector<double> values(std::size_t(records) * width), back(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = double(i) * 1.000001;
  const double total = double(records) * width * 8.0 * comm.size() / 1e6;
  const std::string file = folder + "/restart.nc", plain = folder + "/plain" + std::to_string(comm.rank());
  for (int repeat = 0; repeat < 3; ++repeat) {
    const Seconds w0 = seconds(comm, [&] { write_plain(plain, values); });
    const Seconds w = seconds(comm, [&] {
      tilth::CheckpointWriter writer(comm, file);
      writer.distributed("state", exchange, width, values);
      writer.commit();
    });
    const Seconds r0 = seconds(comm, [&] { read_plain(plain, back); });
    const Seconds r = seconds(comm, [&] {
      const tilth::CheckpointReader reader(comm, file);
      reader.distributed("state", exchange, width, back);
    });
    forget(plain);
    const Seconds c0 = seconds(comm, [&] { read_plain(plain, back); });
    forget(file);
    const Seconds c = seconds(comm, [&] {
      const tilth::CheckpointReader reader(comm, file);
      reader.distributed("state", exchange, width, back);
    });
    if (!comm.root()) continue;
    std::printf("%d ranks, %.0f MB\n", comm.size(), total);
    print("write", total, w, w0);
    print("read from memory", total, r, r0);
    print("read from disk", total, c, c0);
  }
  std::filesystem::remove(plain);
  if (comm.root()) std::filesystem::remove(file);
}

}  // namespace

int main(int argc, char** argv) {
  const tilth::MpiSession mpi(argc, argv);
  const Comm comm = Comm::world();
  if (argc < 2) return 2;
  run(comm, argv[1], argc > 2 ? std::atof(argv[2]) : 256.0);
}
