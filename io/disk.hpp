#pragma once

#include <cstdint>
#include <string>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Flushes what every rank wrote of a file: each machine has pages of its own. Collective.
void flush_file(const Comm& comm, const std::string& path);

/// Flushes a file and the folder entry to the disk (root only) and renames `from` to `to`. Collective.
void replace_file(const Comm& comm, const std::string& from, const std::string& to);

/// Asks the system to begin reading the share of a file that this rank will read; for the speed alone.
void read_ahead(const Comm& comm, const std::string& path);

/// Asks the system now and then to begin with what waits to go to the disk, so that the last flush finds little left.
/// Where the system knows no such request nothing happens.
class EarlyFlush {
 public:
  explicit EarlyFlush(const std::string& path);
  EarlyFlush(const EarlyFlush&) = delete;
  EarlyFlush& operator=(const EarlyFlush&) = delete;
  ~EarlyFlush();
  /// So many bytes more were written by this rank.
  void wrote(std::int64_t bytes);

 private:
  int file_;
  std::int64_t waiting_ = 0;
};

}  // namespace tilth
