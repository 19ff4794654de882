// The part of netcdf::File that writes: requests wait until there are enough for one large collective write.
#include <algorithm>
#include <array>
#include <cstring>
#include <exception>

#include <pnetcdf.h>

#include "core/base/error.hpp"
#include "io/netcdf.hpp"
#include "io/netcdf_pieces.hpp"

namespace tilth::netcdf {

namespace {

constexpr std::int64_t queue_bytes = std::int64_t{64} << 20;  // of a rank; more is written at once

}  // namespace

/// Requests of this rank that wait, with copies of what they write.
struct File::Queue {
  std::vector<int> requests, variables;
  std::vector<std::vector<std::byte>> values;
  std::int64_t bytes = 0;                    // of the rank with most, alike on all ranks
  int status = NC_NOERR, variable = global;  // the first request that was refused
};

File::File() = default;
File::File(const Comm& comm, std::string path)
    : comm_(&comm), path_(std::move(path)), queue_(std::make_unique<Queue>()) {}

File::File(File&& other) noexcept
    : comm_(other.comm_),
      path_(std::move(other.path_)),
      id_(std::exchange(other.id_, -1)),
      queue_(std::move(other.queue_)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(comm_, other.comm_);
  std::swap(path_, other.path_);
  std::swap(id_, other.id_);
  std::swap(queue_, other.queue_);
  return *this;
}

File::~File() {
  // Closing is collective: while one rank alone unwinds an exception it would wait for the others for ever.
  if (id_ < 0 || (comm_->size() > 1 && std::uncaught_exceptions() > 0)) return;
  write_queue();
  ncmpi_close(id_);
}

void File::close() {
  flush();
  if (id_ >= 0) check_all(ncmpi_close(std::exchange(id_, -1)), global, "close");
}

void File::write_queue() const {
  Queue& q = *queue_;
  if (q.bytes == 0) return;  // alike on all ranks
  std::vector<int> each(q.requests.size(), NC_NOERR);
  const int all = ncmpi_wait_all(id_, int(q.requests.size()), q.requests.data(), each.data());
  for (std::size_t i = 0; i <= each.size() && q.status == NC_NOERR; ++i) {
    q.status = i < each.size() ? each[i] : all;
    q.variable = i < each.size() ? q.variables[i] : global;
  }
  q.requests.clear();
  q.variables.clear();
  q.values.clear();
  q.bytes = 0;
}

void File::flush() const {
  if (!queue_ || queue_->bytes == 0) return;
  write_queue();
  const int status = std::exchange(queue_->status, NC_NOERR);
  check_all(status, std::exchange(queue_->variable, int{global}), "write");
}

// Queues a request of this rank, unless it has no values: start(data, request) hands PnetCDF a copy that stays.
template <class T, class Start>
void File::post(int variable, std::span<const T> values, const Start& start) {
  if (values.empty()) return;
  Queue& q = *queue_;
  auto& copy = q.values.emplace_back(values.size_bytes());
  std::memcpy(copy.data(), values.data(), values.size_bytes());
  int request = NC_REQ_NULL;
  const int status = start(reinterpret_cast<const T*>(copy.data()), &request);
  if (q.status == NC_NOERR && status != NC_NOERR) {
    q.status = status;
    q.variable = variable;
  }
  if (request == NC_REQ_NULL) return;
  q.requests.push_back(request);
  q.variables.push_back(variable);
}

// Whether unused bytes may follow the variable (or each of its records). Inside one write MPI-IO would fill them with
// whatever lies in its buffer, so such a variable is written alone.
bool File::leaves_gap(int variable) const {
  nc_type type = NC_DOUBLE;
  MPI_Offset bytes = 1;
  int records = -1;
  std::vector<int> ids(dimensions(variable).size() + 1);
  ncmpi_inq_vartype(id_, variable, &type);
  ncmpi_inq_unlimdim(id_, &records);
  ncmpi_inq_vardimid(id_, variable, ids.data());
  const std::vector<Dimension> shape = dimensions(variable);
  const bool record = !shape.empty() && ids[0] == records;
  for (std::size_t d = record ? 1 : 0; d < shape.size(); ++d) bytes *= shape[d].length;
  bytes *= type == NC_CHAR || type == NC_BYTE ? 1 : type == NC_SHORT ? 2 : type == NC_INT || type == NC_FLOAT ? 4 : 8;
  return bytes % (record ? 4 : 8) != 0;
}

// Writes what waits when it is much, or when a gap follows; `bytes`: queued since the last call by the rank with most.
void File::posted(int variable, std::int64_t bytes) {
  queue_->bytes += bytes;
  if (queue_->bytes >= queue_bytes || leaves_gap(variable)) flush();
}

template <class T, class Put>
void File::put_slab(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                    std::span<const T> values, const Put& put) {
  if (leaves_gap(variable)) flush();
  const std::vector<Piece> pieces = pieces_of(start, count, queue_bytes);
  std::array<std::int64_t, 2> most{std::int64_t(pieces.size()), std::int64_t(values.size_bytes())};
  comm_->max(std::span<std::int64_t>(most));
  for (std::int64_t r = 0; r < most[0]; ++r) {
    if (r < std::int64_t(pieces.size())) {
      const Piece& p = pieces[std::size_t(r)];
      post(variable, values.subspan(std::size_t(p.first), std::size_t(p.values)),
           [&](const T* data, int* request) { return put(p.start.data(), p.count.data(), data, request); });
    }
    posted(variable, std::max<std::int64_t>(most[1] / most[0], 1));
  }
}

void File::put(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
               std::span<const double> values) {
  put_slab(variable, start, count, values, [&](auto* s, auto* c, const double* data, int* request) {
    return ncmpi_iput_vara_double(id_, variable, s, c, data, request);
  });
}

void File::put(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
               std::span<const std::int64_t> values) {
  put_slab(variable, start, count, values, [&](auto* s, auto* c, const std::int64_t* data, int* request) {
    return ncmpi_iput_vara_longlong(id_, variable, s, c, reinterpret_cast<const long long*>(data), request);
  });
}

void File::put_text(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                    std::span<const char> values) {
  put_slab(variable, start, count, values, [&](auto* s, auto* c, const char* data, int* request) {
    return ncmpi_iput_vara_text(id_, variable, s, c, data, request);
  });
}

namespace {

// Elements [begin, end) of a row (one trailing dimension) or of rows of nx elements (two) as boxes: the rest of a row,
// whole rows, the start of a row.
std::vector<Piece> boxes(std::span<const std::int64_t> leading, bool rows, std::int64_t nx, std::int64_t begin,
                         std::int64_t end) {
  std::vector<Piece> out;
  for (std::int64_t at = begin; at < end;) {
    Piece p{Offsets(leading.begin(), leading.end()), Offsets(leading.size(), 1), at - begin, 0};
    const std::int64_t column = rows ? at % nx : at;
    const bool whole = rows && column == 0 && end - at >= nx;
    const std::int64_t height = whole ? (end - at) / nx : 1, length = whole ? nx : std::min(nx - column, end - at);
    if (rows) {
      p.start.push_back(at / nx);
      p.count.push_back(height);
    }
    p.start.push_back(column);
    p.count.push_back(length);
    p.values = height * length;
    at += p.values;
    out.push_back(std::move(p));
  }
  return out;
}

}  // namespace

void File::put_flat(int variable, std::span<const std::int64_t> leading, std::int64_t begin,
                    std::span<const double> values) {
  const std::vector<Dimension> shape = dimensions(variable);
  const std::size_t trailing = shape.size() - leading.size();
  require(trailing == 1 || trailing == 2, path_, ": variable '", name(variable), "' has an unexpected shape");
  std::vector<Piece> parts =
      boxes(leading, trailing == 2, shape.back().length, begin, begin + std::int64_t(values.size()));
  std::vector<MPI_Offset*> starts, counts;
  for (Piece& p : parts) {
    starts.push_back(p.start.data());
    counts.push_back(p.count.data());
  }
  if (leaves_gap(variable)) flush();
  post(variable, values, [&](const double* data, int* request) {
    return ncmpi_iput_varn_double(id_, variable, int(parts.size()), starts.data(), counts.data(), data, request);
  });
  posted(variable, std::max<std::int64_t>(comm_->max(std::int64_t(values.size_bytes())), 1));
}

void File::begin_alone() {
  flush();
  check_all(ncmpi_begin_indep_data(id_), global, "begin to write or read alone");
}

void File::end_alone() {
  const int ended = ncmpi_end_indep_data(id_), status = std::exchange(queue_->status, NC_NOERR);
  check_all(status != NC_NOERR ? status : ended, std::exchange(queue_->variable, int{global}), "write or read");
}

void File::put_alone(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                     std::span<const double> values) {
  if (values.empty() || queue_->status != NC_NOERR) return;
  const Offsets first(start.begin(), start.end()), length(count.begin(), count.end());
  queue_->status = ncmpi_put_vara_double(id_, variable, first.data(), length.data(), values.data());
  queue_->variable = variable;
}

void File::get_alone(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                     std::span<double> values) {
  if (values.empty() || queue_->status != NC_NOERR) return;
  const Offsets first(start.begin(), start.end()), length(count.begin(), count.end());
  queue_->status = ncmpi_get_vara_double(id_, variable, first.data(), length.data(), values.data());
  queue_->variable = variable;
}

void File::sync() {
  flush();
  check_all(ncmpi_sync(id_), global, "flush");
}

void File::sync_records() {
  flush();
  check_all(ncmpi_sync_numrecs(id_), global, "write the number of records of");
}

}  // namespace tilth::netcdf
