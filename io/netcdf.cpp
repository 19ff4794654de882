#include "io/netcdf.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

#include <pnetcdf.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "io/classic_header.hpp"

namespace tilth::netcdf {

namespace {

nc_type stored_type(Type type) {
  switch (type) {
    case Type::character:
      return NC_CHAR;
    case Type::byte_:
      return NC_BYTE;
    case Type::short_:
      return NC_SHORT;
    case Type::int_:
      return NC_INT;
    case Type::float_:
      return NC_FLOAT;
    case Type::double_:
      return NC_DOUBLE;
    case Type::int64:
      return NC_INT64;
  }
  return NC_DOUBLE;
}

Type type_of(nc_type type) {
  switch (type) {
    case NC_CHAR:
      return Type::character;
    case NC_BYTE:
    case NC_UBYTE:
      return Type::byte_;
    case NC_SHORT:
    case NC_USHORT:
      return Type::short_;
    case NC_INT:
    case NC_UINT:
      return Type::int_;
    case NC_FLOAT:
      return Type::float_;
    case NC_DOUBLE:
      return Type::double_;
    default:
      return Type::int64;
  }
}

std::string reason(int status) {
  if (status == NC_ENOTNC || status == NC_ENOTNC3)
    return "not a classic NetCDF file (CDF-1, 2 or 5); convert it with `nccopy -k cdf5 in.nc out.nc`";
  return ncmpi_strerror(status);
}

}  // namespace

// --- open and close
// ---------------------------------------------------------------------------------------------------

File File::create(const Comm& comm, const std::string& path) {
  File file(comm, path);
  const int mode = NC_CLOBBER | NC_64BIT_DATA;
  file.check_all(ncmpi_create(comm.handle(), path.c_str(), mode, comm.file_hints(), &file.id_), global, "create");
  return file;
}

File File::open(const Comm& comm, const std::string& path) {
  require_sound(comm, path);
  File file(comm, path);
  file.check_all(ncmpi_open(comm.handle(), path.c_str(), NC_NOWRITE, comm.file_hints(), &file.id_), global, "open");
  return file;
}

File File::open_to_write(const Comm& comm, const std::string& path) {
  require_sound(comm, path, Tail::may_be_cut);
  File file(comm, path);
  file.check_all(ncmpi_open(comm.handle(), path.c_str(), NC_WRITE, comm.file_hints(), &file.id_), global,
                 "open for writing");
  return file;
}

void File::check(int status, int variable, const char* action) const {
  if (status == NC_NOERR) return;
  const std::string what = variable == global ? "" : text(" variable '", name(variable), "'");
  throw Error(text(path_, ": cannot ", action, what, ": ", reason(status)));
}

void File::check_all(int status, int variable, const char* action) const {
  if (comm_->all(status == NC_NOERR)) return;
  const std::string what = variable == global ? "" : text(" variable '", name(variable), "'");
  require_all(*comm_, status == NC_NOERR, text(path_, ": cannot ", action, what, ": ", reason(status)));
}

// --- definitions
// ------------------------------------------------------------------------------------------------------

int File::define_dimension(const std::string& name, std::int64_t length) {
  int id = -1;
  check(ncmpi_def_dim(id_, name.c_str(), length == unlimited ? NC_UNLIMITED : length, &id), global,
        text("define dimension '", name, "'").c_str());
  return id;
}

int File::define_variable(const std::string& name, Type type, std::span<const int> dimensions) {
  int id = -1;
  check(ncmpi_def_var(id_, name.c_str(), stored_type(type), int(dimensions.size()), dimensions.data(), &id), global,
        text("define variable '", name, "'").c_str());
  return id;
}

void File::put_attribute(int variable, const std::string& name, const std::string& value) {
  check(ncmpi_put_att_text(id_, variable, name.c_str(), MPI_Offset(value.size()), value.data()), variable,
        "write an attribute of");
}

void File::put_attribute(int variable, const std::string& name, double value) {
  put_attribute(variable, name, Type::double_, std::span(&value, 1));
}

void File::put_attribute(int variable, const std::string& name, std::int64_t value) {
  const long long stored = value;
  check(ncmpi_put_att_longlong(id_, variable, name.c_str(), NC_INT64, 1, &stored), variable, "write an attribute of");
}

void File::put_attribute(int variable, const std::string& name, Type type, std::span<const double> values) {
  check(ncmpi_put_att_double(id_, variable, name.c_str(), stored_type(type), MPI_Offset(values.size()), values.data()),
        variable, "write an attribute of");
}

void File::put_attributes(const Attributes& attributes) {
  for (const auto& [name, value] : attributes)
    std::visit([&, &name = name](const auto& v) { put_attribute(global, name, v); }, value);
}

void File::end_definitions() {
  // Fixed alignments: the layout must not follow hints of the machine.
  check_all(ncmpi__enddef(id_, 0, 8, 0, 8), global, "write the header of");
}

// --- inquiries
// --------------------------------------------------------------------------------------------------------

bool File::has_variable(const std::string& name) const {
  int id = -1;
  return ncmpi_inq_varid(id_, name.c_str(), &id) == NC_NOERR;
}

int File::variable(const std::string& name) const {
  int id = -1;
  if (ncmpi_inq_varid(id_, name.c_str(), &id) == NC_NOERR) return id;
  const std::vector<std::string> names = variables();
  throw Error(text(path_, ": no variable '", name, "'", did_you_mean(name, names), " (it has ", joined(names), ")"));
}

std::vector<std::string> File::variables() const {
  int count = 0;
  check(ncmpi_inq_nvars(id_, &count), global, "list the variables of");
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(name(i));
  return names;
}

std::string File::name(int variable) const {
  char buffer[NC_MAX_NAME + 1] = "";
  ncmpi_inq_varname(id_, variable, buffer);
  return buffer;
}

Type File::type(int variable) const {
  nc_type type = NC_DOUBLE;
  check(ncmpi_inq_vartype(id_, variable, &type), variable, "inquire");
  return type_of(type);
}

std::vector<Dimension> File::dimensions(int variable) const {
  int count = 0;
  check(ncmpi_inq_varndims(id_, variable, &count), variable, "inquire");
  std::vector<int> ids(count);
  check(ncmpi_inq_vardimid(id_, variable, ids.data()), variable, "inquire");
  std::vector<Dimension> out(count);
  for (int d = 0; d < count; ++d) {
    char buffer[NC_MAX_NAME + 1] = "";
    MPI_Offset length = 0;
    check(ncmpi_inq_dim(id_, ids[d], buffer, &length), variable, "inquire");
    out[d] = {buffer, length};
  }
  return out;
}

std::int64_t File::size(int variable) const {
  std::int64_t size = 1;
  for (const Dimension& d : dimensions(variable)) size *= d.length;
  return size;
}

bool File::has_dimension(const std::string& name) const {
  int id = -1;
  return ncmpi_inq_dimid(id_, name.c_str(), &id) == NC_NOERR;
}

std::int64_t File::dimension(const std::string& name) const {
  int id = -1;
  require(ncmpi_inq_dimid(id_, name.c_str(), &id) == NC_NOERR, path_, ": no dimension '", name, "'");
  MPI_Offset length = 0;
  check(ncmpi_inq_dimlen(id_, id, &length), global, "inquire a dimension of");
  return length;
}

std::vector<std::string> File::attributes(int variable) const {
  int count = 0;
  check(variable == global ? ncmpi_inq_natts(id_, &count) : ncmpi_inq_varnatts(id_, variable, &count), variable,
        "list the attributes of");
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    char buffer[NC_MAX_NAME + 1] = "";
    check(ncmpi_inq_attname(id_, variable, i, buffer), variable, "list the attributes of");
    names.emplace_back(buffer);
  }
  return names;
}

std::optional<std::string> File::text_attribute(int variable, const std::string& name) const {
  nc_type type = NC_DOUBLE;
  MPI_Offset length = 0;
  if (ncmpi_inq_att(id_, variable, name.c_str(), &type, &length) != NC_NOERR || type != NC_CHAR) return {};
  std::string value(std::size_t(length), '\0');
  check(ncmpi_get_att_text(id_, variable, name.c_str(), value.data()), variable, "read an attribute of");
  while (!value.empty() && value.back() == '\0') value.pop_back();
  return value;
}

std::optional<std::vector<double>> File::number_attribute(int variable, const std::string& name) const {
  nc_type type = NC_CHAR;
  MPI_Offset length = 0;
  if (ncmpi_inq_att(id_, variable, name.c_str(), &type, &length) != NC_NOERR || type == NC_CHAR) return {};
  std::vector<double> values(static_cast<std::size_t>(length));
  check(ncmpi_get_att_double(id_, variable, name.c_str(), values.data()), variable, "read an attribute of");
  return values;
}

std::optional<std::int64_t> File::integer_attribute(int variable, const std::string& name) const {
  nc_type type = NC_CHAR;
  MPI_Offset length = 0;
  if (ncmpi_inq_att(id_, variable, name.c_str(), &type, &length) != NC_NOERR || type == NC_CHAR || length != 1)
    return {};
  long long value = 0;
  check(ncmpi_get_att_longlong(id_, variable, name.c_str(), &value), variable, "read an attribute of");
  return value;
}

std::string File::units(int variable) const {
  const auto units = text_attribute(variable, "units");
  require(units && !units->empty(), path_, ": variable '", name(variable),
          "' has no units attribute; set it, for instance with `ncatted -a units,", name(variable), ",c,c,'W m-2' ",
          path_, "`");
  return *units;
}

void require_readable(const Comm& comm, const std::string& path) {
  const bool ok = !comm.root() || std::ifstream(path).good();
  require_all(comm, ok, text(path, ": no such file, or it cannot be read; check the path and its permissions"));
}

}  // namespace tilth::netcdf
