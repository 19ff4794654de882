// The format: "The NetCDF Classic Format Specification" (Unidata) and its CDF-5 extension (PnetCDF).
#include "io/classic_header.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>
#include <vector>

#include "core/base/error.hpp"

namespace tilth::netcdf {

namespace {

constexpr std::int64_t longest_name = 256, most_dimensions = 1024;  // NC_MAX_NAME, NC_MAX_VAR_DIMS
constexpr std::int64_t beyond = std::int64_t{1} << 60;              // longer than any file; sums of two do not overflow
constexpr std::int64_t most_missing = 1000;  // records that a crash of the machine may have cut off
constexpr std::uint32_t tag_dimension = 10, tag_variable = 11, tag_attribute = 12;
constexpr std::array<std::int64_t, 12> bytes_of_type = {0, 1, 1, 2, 4, 4, 8, 1, 2, 4, 8, 8};  // from NC_BYTE = 1

std::int64_t padded(std::int64_t bytes) { return (bytes + 3) / 4 * 4; }

/// Reads numbers of the header and never beyond the end of the file; big-endian.
class Bytes {
 public:
  explicit Bytes(const std::string& path)
      : in_(path, std::ios::binary), length_(std::int64_t(std::filesystem::file_size(path))) {}

  std::int64_t at() const { return at_; }
  std::int64_t length() const { return length_; }
  std::int64_t left() const { return length_ - at_; }

  std::string take(std::int64_t count) {
    need(count);
    std::string out(std::size_t(count), '\0');
    in_.read(out.data(), count);
    require(bool(in_), "byte ", at_, ": cannot be read");
    at_ += count;
    return out;
  }
  void skip(std::int64_t count) {
    need(count);
    at_ += count;
    in_.seekg(at_);
  }
  std::uint64_t number(int width) {
    std::uint64_t out = 0;
    for (const char c : take(width)) out = out << 8 | static_cast<unsigned char>(c);
    return out;
  }

 private:
  void need(std::int64_t count) const {
    require(count >= 0 && count <= left(), "byte ", at_, ": the header needs ", count, " more bytes, the file has ",
            left());
  }

  std::ifstream in_;
  std::int64_t length_, at_ = 0;
};

struct StoredVariable {
  std::string name;
  bool record = false;
  std::int64_t bytes = 0;  ///< of the variable, or of one of its records; not padded
  std::int64_t begin = 0;

  std::int64_t end() const { return begin + bytes; }
};

class Header {
 public:
  Header(const std::string& path, Tail tail) : in_(path), missing_(tail == Tail::whole ? 0 : most_missing) { read(); }

  /// Checks where the data lie and measures them.
  void measure(HeaderCheck& check) const {
    check.length = in_.length();
    check.header = check.end_of_data = in_.at();
    std::vector<StoredVariable> fixed, records;
    for (const StoredVariable& v : variables_) (v.record ? records : fixed).push_back(v);
    const auto before = [](const StoredVariable& a, const StoredVariable& b) {
      return std::pair(a.begin, a.bytes) < std::pair(b.begin, b.bytes);
    };
    std::sort(fixed.begin(), fixed.end(), before);
    std::sort(records.begin(), records.end(), before);
    for (const auto* group : {&fixed, &records})
      for (const StoredVariable& v : *group) {
        if (v.record && records_ == 0) continue;
        require(v.begin >= check.end_of_data, "variable '", v.name, "' begins at byte ", v.begin,
                ", where the header or another variable lies (to byte ", check.end_of_data, ")");
        require(v.end() <= in_.length() || (v.record && missing_ > 0), "variable '", v.name, "' ends at byte ", v.end(),
                ", the file at ", in_.length(), ": the end of the file is missing");
        check.end_of_data = v.end();
      }
    if (!records.empty()) measure_records(records, check);
  }

 private:
  void measure_records(const std::vector<StoredVariable>& records, HeaderCheck& check) const {
    for (const StoredVariable& v : records)  // one alone is stored without padding
      check.bytes_of_record += records.size() > 1 ? padded(v.bytes) : v.bytes;
    const StoredVariable &first = records.front(), &last = records.back();
    if (records_ == 0) return;
    require(last.end() - first.begin <= check.bytes_of_record, "variables '", first.name, "' and '", last.name,
            "' are ", last.begin - first.begin, " bytes apart, further than a record is long (", check.bytes_of_record,
            " bytes)");
    const std::int64_t behind = in_.length() - last.end();  // the first record
    const std::int64_t held = behind < 0 ? 0 : behind / check.bytes_of_record + 1;
    require(records_ <= held + missing_, "the header counts ", records_, " records of ", check.bytes_of_record,
            " bytes, more than the file holds (", in_.length(), " bytes): the end of the file is missing");
    check.end_of_data = last.end() + (records_ - 1) * check.bytes_of_record;
  }

  void read() {
    const std::string magic = in_.left() >= 4 ? in_.take(4) : "";
    const int version = magic.starts_with("CDF") ? int(magic[3]) : 0;
    require(version == 1 || version == 2 || version == 5,
            "not a classic NetCDF file (CDF-1, 2 or 5); convert it with `nccopy -k cdf5 in.nc out.nc`");
    wide_ = version == 5 ? 8 : 4;
    offset_ = version == 1 ? 4 : 8;
    last_type_ = version == 5 ? 11 : 6;
    const std::uint64_t records = in_.number(wide_);
    require(records != (wide_ == 8 ? ~std::uint64_t{0} : 0xffffffffULL),
            "byte 4: the number of records is left open; the file was not closed by the program that wrote it");
    records_ = not_negative(records, "the number of records");
    read_dimensions();
    skip_attributes("the file");
    read_variables();
  }

  std::int64_t not_negative(std::uint64_t number, const char* what) const {
    const std::uint64_t most = wide_ == 8 ? 0x7fffffffffffffffULL : 0x7fffffffULL;
    require(number <= most, "byte ", in_.at() - wide_, ": ", what, " is negative");
    return std::int64_t(number);
  }

  /// The length of a list of items of at least `least` bytes, behind its tag.
  std::int64_t list(std::uint32_t tag, std::int64_t least, const char* what) {
    const std::uint64_t found = in_.number(4);
    const std::int64_t count = not_negative(in_.number(wide_), what);
    require(found == tag || (found == 0 && count == 0), "byte ", in_.at() - wide_ - 4, ": ", found,
            " is not the mark of ", what, " (", tag, ")");
    require(count <= in_.left() / least, "byte ", in_.at() - wide_, ": ", count, " ", what, " in ", in_.left(),
            " bytes");
    return count;
  }

  std::string name(std::set<std::string>& known) {
    const std::int64_t at = in_.at(), length = not_negative(in_.number(wide_), "the length of a name");
    require(length >= 1 && length <= longest_name, "byte ", at, ": a name has ", length, " bytes, expected 1 to ",
            longest_name);
    std::string out = in_.take(length);
    out.erase(out.find_last_not_of('\0') + 1);  // some programs count the end of the text in
    const bool plain =
        !out.empty() && std::all_of(out.begin(), out.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
    require(plain, "byte ", at, ": a name has characters that names cannot have");
    require(known.insert(out).second, "byte ", at, ": the name '", out, "' occurs twice");
    in_.skip(padded(length) - length);
    return out;
  }

  int type() {
    const std::uint64_t type = in_.number(4);
    require(type >= 1 && type <= last_type_, "byte ", in_.at() - 4, ": ", type, " is not the number of a type");
    return int(type);
  }

  void read_dimensions() {
    std::set<std::string> names;
    const std::int64_t count = list(tag_dimension, 2 * wide_ + 4, "dimensions");
    for (std::int64_t i = 0; i < count; ++i) {
      const std::string called = name(names);
      dimensions_.push_back(not_negative(in_.number(wide_), "the length of a dimension"));
      require(dimensions_.back() > 0 || std::count(dimensions_.begin(), dimensions_.end(), 0) == 1, "dimension '",
              called, "' is the second one without a length");
    }
  }

  void skip_attributes(const std::string& owner) {
    std::set<std::string> names;
    const std::int64_t count = list(tag_attribute, 2 * wide_ + 8, "attributes");
    for (std::int64_t i = 0; i < count; ++i) {
      const std::string called = name(names);
      const std::int64_t size = bytes_of_type[std::size_t(type())];
      const std::int64_t length = not_negative(in_.number(wide_), "the length of an attribute");
      require(length <= in_.left() / size, "byte ", in_.at() - wide_, ": attribute '", called, "' of ", owner, " has ",
              length, " values in ", in_.left(), " bytes");
      in_.skip(std::min(padded(length * size), in_.left()));
    }
  }

  void read_variables() {
    std::set<std::string> names;
    const std::int64_t count = list(tag_variable, 4 * wide_ + 12 + offset_, "variables");
    for (std::int64_t i = 0; i < count; ++i) {
      StoredVariable v;
      v.name = name(names);
      const std::vector<std::int64_t> shape = shape_of(v);
      skip_attributes("variable '" + v.name + "'");
      v.bytes = bytes_of_type[std::size_t(type())];
      const std::int64_t most = v.record && (records_ == 0 || missing_ > 0) ? beyond : in_.length();
      for (const std::int64_t length : shape) {
        require(length <= most / v.bytes, "variable '", v.name, "' is larger than the file (", in_.length(),
                " bytes): the end of the file is missing");
        v.bytes *= length;
      }
      check_size(v, in_.number(wide_));
      v.begin = std::int64_t(std::min<std::uint64_t>(in_.number(offset_), beyond));
      variables_.push_back(std::move(v));
    }
  }

  /// Lengths of the dimensions of a variable, without that of the records.
  std::vector<std::int64_t> shape_of(StoredVariable& v) {
    const std::int64_t rank = not_negative(in_.number(wide_), "the number of dimensions");
    require(rank <= most_dimensions && rank <= in_.left() / wide_, "variable '", v.name, "' has ", rank, " dimensions");
    std::vector<std::int64_t> shape;
    for (std::int64_t d = 0; d < rank; ++d) {
      const std::uint64_t id = in_.number(wide_);
      require(id < dimensions_.size(), "variable '", v.name, "' has dimension number ", id, ", the file has ",
              dimensions_.size());
      const std::int64_t length = dimensions_[std::size_t(id)];
      require(length > 0 || d == 0, "variable '", v.name, "': the dimension of records must be its first");
      v.record = v.record || length == 0;
      if (length > 0) shape.push_back(length);
    }
    return shape;
  }

  /// The header repeats the size; some programs do not pad it, and large ones do not fit.
  void check_size(const StoredVariable& v, std::uint64_t stored) const {
    const bool fits = wide_ == 8 || v.bytes < 0xfffffffc;
    require(!fits || std::int64_t(stored) == v.bytes || std::int64_t(stored) == padded(v.bytes), "variable '", v.name,
            "' has ", v.bytes, " bytes by its dimensions, ", stored, " by its size");
  }

  Bytes in_;
  int wide_ = 4, offset_ = 4;  ///< bytes of counts and of places
  std::uint64_t last_type_ = 6;
  std::int64_t missing_;  ///< records that may be missing at the end
  std::int64_t records_ = 0;
  std::vector<std::int64_t> dimensions_;
  std::vector<StoredVariable> variables_;
};

}  // namespace

HeaderCheck check_header(const std::string& path, Tail tail) {
  HeaderCheck check;
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored) || !std::ifstream(path).good()) {
    check.problem = "no such file, or it cannot be read; check the path and its permissions";
    return check;
  }
  try {
    Header(path, tail).measure(check);
  } catch (const Error& error) {
    check.problem = error.what();
    if (check.problem.find("nccopy") == std::string::npos)
      check.problem = "damaged NetCDF header or cut file: " + check.problem + "; restore or make the file again";
  }
  return check;
}

void require_sound(const Comm& comm, const std::string& path, Tail tail) {
  const std::string problem = comm.root() ? check_header(path, tail).problem : "";
  require_all(comm, problem.empty(), text(path, ": ", problem));
}

void require_all_counted(const Comm& comm, const std::string& path) {
  const std::int64_t more = comm.root() ? check_header(path).uncounted_records() : 0;
  require_all(comm, more <= 0,
              text(path, ": ", more, " whole records follow those that its header counts: it was damaged, or is still ",
                   "being written; restore or make the file again"));
}

}  // namespace tilth::netcdf
