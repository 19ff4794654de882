// The part of netcdf::File that reads.
#include <algorithm>
#include <cmath>
#include <limits>

#include <pnetcdf.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/netcdf.hpp"
#include "io/netcdf_pieces.hpp"

namespace tilth::netcdf {

namespace {

constexpr std::int64_t largest_request_bytes = std::int64_t{1} << 30;  // PnetCDF and MPI count bytes in an int

/// Calls `transfer(start, count, data)` for pieces of a hyperslab below the size limit, equally often on all ranks.
template <class T, class Transfer>
int in_pieces(const Comm& comm, std::span<const std::int64_t> start, std::span<const std::int64_t> count, T* data,
              const Transfer& transfer) {
  std::vector<Piece> pieces = pieces_of(start, count, largest_request_bytes);
  pieces.resize(std::size_t(comm.max(std::max<std::int64_t>(std::int64_t(pieces.size()), 1))),
                empty_piece(start.size()));
  int status = NC_NOERR;
  for (const Piece& p : pieces) {
    const int piece = transfer(p.start.data(), p.count.data(), data + p.first);
    if (status == NC_NOERR) status = piece;
  }
  return status;
}

/// The library reads as many starts and counts as the variable of the file has dimensions, given or not.
void require_shape(const File& file, int variable, std::size_t starts, std::size_t counts) {
  const std::vector<Dimension> shape = file.dimensions(variable);
  std::vector<std::string> names;
  for (const Dimension& d : shape) names.push_back(d.name);
  require(starts == shape.size() && counts == shape.size(), file.path(), ": variable '", file.name(variable),
          "' has the dimensions (", joined(names), "), expected ", counts, " dimensions; reorder or average the file");
}

}  // namespace

void File::get(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
               std::span<double> values) const {
  require_shape(*this, variable, start.size(), count.size());
  flush();
  const int status = in_pieces(*comm_, start, count, values.data(), [&](auto* s, auto* c, double* data) {
    return ncmpi_get_vara_double_all(id_, variable, s, c, data);
  });
  check_all(status, variable, "read");
}

void File::get(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
               std::span<std::int64_t> values) const {
  require_shape(*this, variable, start.size(), count.size());
  flush();
  const int status = in_pieces(*comm_, start, count, values.data(), [&](auto* s, auto* c, std::int64_t* data) {
    return ncmpi_get_vara_longlong_all(id_, variable, s, c, reinterpret_cast<long long*>(data));
  });
  check_all(status, variable, "read");
}

void File::get_text(int variable, std::span<const std::int64_t> start, std::span<const std::int64_t> count,
                    std::span<char> values) const {
  require_shape(*this, variable, start.size(), count.size());
  flush();
  const int status = in_pieces(*comm_, start, count, values.data(), [&](auto* s, auto* c, char* data) {
    return ncmpi_get_vara_text_all(id_, variable, s, c, data);
  });
  check_all(status, variable, "read");
}

std::vector<double> File::all(int variable) const {
  std::vector<std::int64_t> start, count;
  for (const Dimension& d : dimensions(variable)) {
    start.push_back(0);
    count.push_back(d.length);
  }
  std::vector<double> values(static_cast<std::size_t>(size(variable)));
  get(variable, start, count, std::span<double>(values));
  unpack(packing(variable), values);
  return values;
}

std::vector<std::string> File::all_strings(int variable) const {
  const std::vector<Dimension> shape = dimensions(variable);
  require(type(variable) == Type::character && (shape.size() == 1 || shape.size() == 2), path_, ": variable '",
          name(variable), "' is not a list of strings (characters of one or two dimensions)");
  std::vector<std::int64_t> start(shape.size(), 0), count;
  for (const Dimension& d : shape) count.push_back(d.length);
  std::vector<char> all(static_cast<std::size_t>(size(variable)));
  get_text(variable, start, count, all);
  const std::size_t width = std::size_t(shape.back().length), rows = shape.size() == 2 ? shape[0].length : 1;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < rows; ++i) {
    std::string word(all.data() + i * width, width);
    word.erase(std::find(word.begin(), word.end(), '\0'), word.end());
    while (!word.empty() && word.back() == ' ') word.pop_back();
    out.push_back(std::move(word));
  }
  return out;
}

Packing File::packing(int variable) const {
  Packing packing;
  nc_type own = NC_NAT, of_fill = NC_NAT;
  ncmpi_inq_vartype(id_, variable, &own);
  const bool filled = ncmpi_inq_atttype(id_, variable, "_FillValue", &of_fill) == NC_NOERR;
  const auto floating = [](nc_type type) { return type == NC_FLOAT || type == NC_DOUBLE; };  // one for the other is met
  require(!filled || own == of_fill || (floating(own) && floating(of_fill)), path_, ": variable '", name(variable),
          "': _FillValue has another type than the variable; the header is damaged, or correct it with `ncatted`");
  for (const char* attribute : {"_FillValue", "missing_value"})
    if (const auto values = number_attribute(variable, attribute))
      packing.missing.insert(packing.missing.end(), values->begin(), values->end());
  // What was never written, whatever the file declares.
  if (type(variable) == Type::float_) packing.missing.push_back(double(NC_FILL_FLOAT));
  if (type(variable) == Type::double_) packing.missing.push_back(NC_FILL_DOUBLE);
  for (auto [attribute, number] :
       {std::pair{"scale_factor", &packing.scale}, std::pair{"add_offset", &packing.offset}}) {
    const auto values = number_attribute(variable, attribute);
    if (!values) continue;
    const bool good = values->size() == 1 && std::isfinite(values->front());
    require(good && (number != &packing.scale || values->front() != 0.0), path_, ": variable '", name(variable),
            "': attribute ", attribute, " = ", values->empty() ? "nothing" : text(values->front()),
            ", must be one finite number", number == &packing.scale ? " other than 0" : "");
    *number = values->front();
  }
  return packing;
}

void File::unpack(const Packing& packing, std::span<double> values) {
  for (double& v : values) {
    const bool missing =
        !std::isfinite(v) || std::find(packing.missing.begin(), packing.missing.end(), v) != packing.missing.end();
    v = missing ? std::numeric_limits<double>::quiet_NaN() : v * packing.scale + packing.offset;
  }
}

}  // namespace tilth::netcdf
