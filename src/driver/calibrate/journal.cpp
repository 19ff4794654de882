#include "driver/calibrate/journal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/base/error.hpp"

namespace tilth {

namespace {

// Bytes of the file: the mark, the length of the problem, its checksum, the problem; then records: length of the body,
// its checksum, the body.
constexpr char mark[] = "tilth journal 2\n";
constexpr auto between_syncs = std::chrono::seconds(2);
constexpr std::size_t mark_bytes = sizeof(mark) - 1;

std::uint64_t checksum(std::string_view bytes) {  // FNV-1a
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : bytes) hash = (hash ^ std::uint8_t(c)) * 1099511628211ull;
  return hash;
}

template <class T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

std::string framed(const std::string& body) {
  std::string out;
  append(out, std::uint64_t(body.size()));
  append(out, checksum(body));
  return out + body;
}

/// Takes framed bodies off the front of a text.
class Frames {
 public:
  explicit Frames(std::string_view bytes) : rest_(bytes) {}
  /// The next body; false where it is torn.
  bool next(std::string_view& body) {
    std::uint64_t size = 0, sum = 0;
    if (rest_.size() < 2 * sizeof(size)) return false;
    std::memcpy(&size, rest_.data(), sizeof(size));
    std::memcpy(&sum, rest_.data() + sizeof(size), sizeof(sum));
    if (size > rest_.size() - 2 * sizeof(size)) return false;
    body = rest_.substr(2 * sizeof(size), size);
    if (checksum(body) != sum) return false;
    rest_.remove_prefix(2 * sizeof(size) + size);
    return true;
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

std::string key_of(const std::string& kind, int site, std::span<const double> z) {
  std::string key = kind + '\0';
  append(key, std::int32_t(site));
  for (const double value : z) append(key, value + 0.0);  // minus zero is zero
  return key;
}

std::string body_of(const std::string& key, const std::vector<double>& numbers) {
  std::string body;
  append(body, std::uint32_t(key.size()));
  body += key;
  body.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double));
  return body;
}

/// First line in which two texts differ, for a message.
std::string difference(const std::string& one, const std::string& other) {
  std::istringstream a(one), b(other);
  std::string left, right;
  while (true) {
    const bool more_left = bool(std::getline(a, left)), more_right = bool(std::getline(b, right));
    if (!more_left && !more_right) return "nothing";
    if (!more_left) left = "nothing";
    if (!more_right) right = "nothing";
    if (left != right) return "'" + left + "' there, '" + right + "' here";
  }
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace

/// The file on rank 0; elsewhere nothing is open.
struct Journal::File {
  int handle = -1;
  std::string waiting;  // bytes not written yet
  std::chrono::steady_clock::time_point on_disk{};
  ~File() {
    if (handle >= 0) ::close(handle);
  }
};

Journal::Journal(const Comm& comm, std::string path, const std::string& problem, bool resume)
    : comm_(comm), path_(std::move(path)), file_(std::make_unique<File>()) {
  std::string content;
  if (resume && comm.root()) content = content_of(path_);
  comm.broadcast(content);
  std::size_t good = 0;
  together(comm, [&] {
    if (!content.empty()) good = read(content, problem);
    if (!comm.root()) return;
    file_->handle = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    require(file_->handle >= 0, path_, ": cannot be written: ", std::strerror(errno), "; choose another --output");
    const bool cut = ::ftruncate(file_->handle, off_t(good)) == 0 && ::lseek(file_->handle, 0, SEEK_END) >= 0;
    ensure(cut, path_, ": cannot be cut to its good part: ", std::strerror(errno));
    if (good == 0) file_->waiting = mark + framed(problem);
  });
  sync();
}

Journal::~Journal() = default;

// Fills what is known from the bytes of a file; returns how many of them are good.
std::size_t Journal::read(const std::string& content, const std::string& problem) {
  if (content.size() < mark_bytes && std::string_view(mark).starts_with(content)) return 0;  // torn at once
  require(content.starts_with(mark), path_, ": is no journal of a calibration; remove it or start without --resume");
  Frames frames(std::string_view(content).substr(mark_bytes));
  std::string_view body;
  if (!frames.next(body)) return 0;
  const std::string before(body);
  require(before == problem, path_, ": holds runs of another problem (", difference(before, problem),
          "); start without --resume, or choose another --output");
  while (frames.next(body)) {
    std::uint32_t size = 0;
    std::memcpy(&size, body.data(), sizeof(size));
    std::vector<double> numbers((body.size() - sizeof(size) - size) / sizeof(double));
    std::memcpy(numbers.data(), body.data() + sizeof(size) + size, numbers.size() * sizeof(double));
    known_[std::string(body.substr(sizeof(size), size))] = std::move(numbers);
  }
  return content.size() - frames.left();
}

const std::vector<double>* Journal::find(const std::string& kind, int site, std::span<const double> z) const {
  const auto found = known_.find(key_of(kind, site, z));
  return found == known_.end() ? nullptr : &found->second;
}

void Journal::add(const std::string& kind, int site, std::span<const double> z, std::vector<double> numbers) {
  std::string key = key_of(kind, site, z);
  if (comm_.root()) file_->waiting += framed(body_of(key, numbers));
  known_[std::move(key)] = std::move(numbers);
}

void Journal::sync() {
  together(comm_, [&] {
    if (!comm_.root()) return;
    std::string_view left = file_->waiting;
    while (!left.empty()) {
      const ssize_t written = ::write(file_->handle, left.data(), left.size());
      if (written < 0 && errno == EINTR) continue;
      ensure(written > 0, path_, ": cannot be written: ", std::strerror(errno),
             "; the runs before are in it: make room and continue with --resume");
      left.remove_prefix(std::size_t(written));
    }
    file_->waiting.clear();
    const auto now = std::chrono::steady_clock::now();
    if (now - file_->on_disk < between_syncs) return;  // a killed process loses nothing, a lost machine this much
    file_->on_disk = now;
    ensure(::fdatasync(file_->handle) == 0, path_, ": cannot be written: ", std::strerror(errno));
  });
}

}  // namespace tilth
