#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// What was evaluated so far, on disk: records of a key (kind, site, bits of a parameter set) and numbers. Rank 0
/// writes; every rank knows all. A record torn by a kill ends the journal.
class Journal {
 public:
  /// Opens `path`; `resume` reads what is there, else it starts anew. `problem` is everything that decides the numbers:
  /// a journal of another one is refused. Collective.
  Journal(const Comm& comm, std::string path, const std::string& problem, bool resume);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// Null when it is not known.
  const std::vector<double>* find(const std::string& kind, int site, std::span<const double> z) const;
  /// Remembers records; `sync` hands them to the disk. Collective, same on all ranks.
  void add(const std::string& kind, int site, std::span<const double> z, std::vector<double> numbers);
  void sync();
  std::int64_t size() const { return std::int64_t(known_.size()); }
  const std::string& path() const { return path_; }

 private:
  struct File;
  std::size_t read(const std::string& content, const std::string& problem);
  const Comm& comm_;
  std::string path_;
  std::unordered_map<std::string, std::vector<double>> known_;
  std::unique_ptr<File> file_;
};

}  // namespace tilth
