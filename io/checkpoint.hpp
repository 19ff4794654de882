#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/parallel/block_exchange.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// Writes one restart file: what was queued becomes the file `path`, whole and verified, or nothing changes.
///
/// Distributed records are laid out by global id, so a file written by any number of ranks has the same bytes and is
/// read by any number of ranks. `comm` and the spans and exchanges given to `distributed` must live until `commit`.
class CheckpointWriter {
 public:
  CheckpointWriter(const Comm& comm, std::string path);
  ~CheckpointWriter();

  /// Global attributes; the same on all ranks.
  void attribute(const std::string& name, const std::string& value);
  void attribute(const std::string& name, double value);
  void attribute(const std::string& name, std::int64_t value);
  /// Queues values that all ranks hold alike (copied); `dimensions` multiply to the number of values.
  void replicated(const std::string& name, std::vector<std::int64_t> dimensions, std::span<const double> values);
  /// Queues `width` values per owned record (not copied), stored as (global id, width).
  void distributed(const std::string& name, const BlockExchange& exchange, int width, std::span<const double> owned,
                   const std::string& units = "");
  /// The same for values made for the file, which live in the queue; so does the exchange when it is given as `kept`.
  void distributed(const std::string& name, const BlockExchange& exchange, int width, std::vector<double>&& owned,
                   std::shared_ptr<const BlockExchange> kept = nullptr);

  /// Writes `path.tmp` with a checksum, reads it back, flushes it and renames it to `path`; returns the checksum, which
  /// does not depend on the number of ranks. Throws on all ranks and removes the .tmp file when that fails. Collective.
  std::uint64_t commit();

 private:
  struct Queue;
  std::unique_ptr<Queue> queue_;
};

class CheckpointReader;

/// What decides numbers from here on and therefore lives in restart files. Names of attributes and variables are the
/// owner's and unique within a file.
class Remembered {
 public:
  virtual ~Remembered() = default;
  /// Queues everything. Collective.
  virtual void save(CheckpointWriter& file) const = 0;
  /// Takes it back, on any number of ranks. Collective.
  virtual void load(const CheckpointReader& file) = 0;
};

/// Reads a restart file on any number of ranks.
class CheckpointReader {
 public:
  /// Opens and verifies the checksum; `Error` when the file is torn, altered or not a checkpoint. Collective.
  CheckpointReader(const Comm& comm, const std::string& path);
  ~CheckpointReader();
  CheckpointReader(CheckpointReader&&) noexcept;

  bool has(const std::string& name) const;  ///< an attribute or a variable
  std::string text(const std::string& name) const;
  double real(const std::string& name) const;
  std::int64_t integer(const std::string& name) const;
  /// Shape of a variable; for a distributed one (global count, width).
  std::vector<std::int64_t> dimensions(const std::string& name) const;
  /// `Error` unless the variable has exactly values.size() values. Collective.
  void replicated(const std::string& name, std::span<double> values) const;
  /// Fills `width` values per owned record. Collective.
  void distributed(const std::string& name, const BlockExchange& exchange, int width, std::span<double> owned) const;
  std::uint64_t checksum() const;
  const std::string& path() const;

  /// The last file by name (names carry the date) among `folder/prefix*.nc` that verifies, open, or nothing. Files that
  /// do not verify are skipped; `skipped` receives one sentence for each. Collective.
  static std::optional<CheckpointReader> newest_valid(const Comm& comm, const std::string& folder,
                                                      const std::string& prefix,
                                                      std::vector<std::string>* skipped = nullptr);

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tilth
