#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"
#include "io/attributes.hpp"

namespace tilth::netcdf {

enum class Type { character, byte_, short_, int_, float_, double_, int64 };

/// The attributes of a whole file rather than of a variable.
inline constexpr int global = -1;
/// Length of the record (unlimited) dimension when it is defined.
inline constexpr std::int64_t unlimited = 0;

struct Dimension {
  std::string name;
  std::int64_t length = 0;
};

/// How stored numbers become values: `stored * scale + offset`, missing where stored is a fill value or not finite.
struct Packing {
  std::vector<double> missing;
  double scale = 1.0, offset = 0.0;
};

/// A NetCDF file open on all ranks of a communicator; move-only. Every member that moves data is collective, and every
/// failure is thrown on all ranks as an `Error` that names file and variable.
class File {
 public:
  /// A closed file.
  File();
  /// Creates (replaces) a CDF-5 file, in define mode. Collective. `comm` must outlive the file.
  static File create(const Comm& comm, const std::string& path);
  /// Opens for reading. Collective.
  static File open(const Comm& comm, const std::string& path);
  /// Opens for reading and writing, in data mode. Collective.
  static File open_to_write(const Comm& comm, const std::string& path);
  ~File();
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  /// Closes; the destructor closes too, but cannot report. Collective.
  void close();

  const std::string& path() const { return path_; }

  int define_dimension(const std::string& name, std::int64_t length);
  int define_variable(const std::string& name, Type type, std::span<const int> dimensions);
  void put_attribute(int variable, const std::string& name, const std::string& value);
  void put_attribute(int variable, const std::string& name, double value);
  void put_attribute(int variable, const std::string& name, std::int64_t value);
  /// Of the given number type, e.g. _FillValue or flag_masks, which must have the type of their variable.
  void put_attribute(int variable, const std::string& name, Type type, std::span<const double> values);
  void put_attributes(const Attributes& attributes);
  void end_definitions();

  bool has_variable(const std::string& name) const;
  /// Number of a variable; `Error` with a suggestion when there is none.
  int variable(const std::string& name) const;
  std::vector<std::string> variables() const;
  std::string name(int variable) const;
  Type type(int variable) const;
  std::vector<Dimension> dimensions(int variable) const;
  /// Number of values: product of the dimensions.
  std::int64_t size(int variable) const;
  bool has_dimension(const std::string& name) const;
  std::int64_t dimension(const std::string& name) const;
  std::vector<std::string> attributes(int variable) const;
  std::optional<std::string> text_attribute(int variable, const std::string& name) const;
  std::optional<std::vector<double>> number_attribute(int variable, const std::string& name) const;
  std::optional<std::int64_t> integer_attribute(int variable, const std::string& name) const;
  Packing packing(int variable) const;
  /// Units attribute; `Error` when there is none.
  std::string units(int variable) const;

  /// Writes this rank's hyperslab (converted to the stored type); an empty slab takes part. Values are copied and go to
  /// the file together with those of other variables, in one large request: at the latest with the next `flush`, read,
  /// `sync`, `sync_records` or `close`, which report what failed. Collective.
  void put(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
           std::span<const double> values);
  void put(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
           std::span<const std::int64_t> values);
  void put_text(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                std::span<const char> values);
  /// Writes elements [begin, begin + values) of the flattened dimensions after `leading` fixed indices. Collective.
  void put_flat(int variable, std::span<const std::int64_t> leading, std::int64_t begin,
                std::span<const double> values);

  void get(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
           std::span<double> values) const;
  void get(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
           std::span<std::int64_t> values) const;
  void get_text(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                std::span<char> values) const;
  /// All values of a (small) variable on every rank, unpacked, missing as NaN. Collective.
  std::vector<double> all(int variable) const;
  /// The strings of a (small) character variable, one per row, trailing blanks removed. Collective.
  std::vector<std::string> all_strings(int variable) const;
  /// Unpacks in place; missing values become NaN.
  static void unpack(const Packing& packing, std::span<double> values);

  /// Between these two each rank puts and gets for itself, without the others: for large contiguous slabs. What fails
  /// is told by `end_alone`, on all ranks; see `OwnSlabs`. Collective.
  void begin_alone();
  void end_alone();
  /// Of this rank alone; an empty slab is nothing.
  void put_alone(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                 std::span<const double> values);
  void get_alone(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                 std::span<double> values);

  /// Hands what was put to the file system. Collective.
  void flush() const;
  /// Makes what was written visible to other programs and durable. Collective.
  void sync();
  /// Writes the number of records into the header. Collective.
  void sync_records();

 private:
  struct Queue;
  File(const Comm& comm, std::string path);
  template <class T, class Start>
  void post(int variable, std::span<const T> values, const Start& start);
  template <class T, class Put>
  void put_slab(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                std::span<const T> values, const Put& put);
  bool leaves_gap(int variable) const;
  void posted(int variable, std::int64_t bytes);
  void write_queue() const;
  void check(int status, int variable, const char* action) const;
  void check_all(int status, int variable, const char* action) const;

  const Comm* comm_ = nullptr;
  std::string path_;
  int id_ = -1;
  std::unique_ptr<Queue> queue_;
};

/// Error on all ranks unless the file exists and can be read. Collective.
void require_readable(const Comm& comm, const std::string& path);

}  // namespace tilth::netcdf
