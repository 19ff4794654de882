#include "io/disk.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

#include "core/base/error.hpp"

namespace tilth {

namespace {

constexpr std::int64_t early_bytes = std::int64_t{16} << 20;  // between two requests

bool flush_to_disk(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  if (file < 0) return false;
  const bool ok = ::fsync(file) == 0 || errno == EINVAL;  // some file systems cannot flush folders
  ::close(file);
  return ok;
}

}  // namespace

void flush_file(const Comm& comm, const std::string& path) {
  const bool ok = flush_to_disk(path);
  require_all(comm, ok, text("cannot flush ", path, " to the disk: ", ok ? "" : std::strerror(errno)));
}

void replace_file(const Comm& comm, const std::string& from, const std::string& to) {
  std::string problem;
  if (comm.root()) {
    const std::size_t slash = to.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : to.substr(0, slash + 1);
    if (!flush_to_disk(from) || std::rename(from.c_str(), to.c_str()) != 0 || !flush_to_disk(folder))
      problem = text("cannot finish ", to, ": ", std::strerror(errno));
  }
  require_all(comm, problem.empty(), problem);
}

void read_ahead(const Comm& comm, const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY);
  if (file < 0) return;
  const off_t size = ::lseek(file, 0, SEEK_END), share = size / comm.size() + 1;
  ::posix_fadvise(file, comm.rank() * share, share, POSIX_FADV_WILLNEED);
  ::close(file);
}

EarlyFlush::EarlyFlush(const std::string& path) : file_(::open(path.c_str(), O_RDONLY)) {}

EarlyFlush::~EarlyFlush() {
  if (file_ >= 0) ::close(file_);
}

void EarlyFlush::wrote(std::int64_t bytes) {
  waiting_ += bytes;
  if (file_ < 0 || waiting_ < early_bytes) return;
  waiting_ = 0;
#ifdef SYNC_FILE_RANGE_WRITE
  ::sync_file_range(file_, 0, 0, SYNC_FILE_RANGE_WRITE);
#endif
}

}  // namespace tilth
