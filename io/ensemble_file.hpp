#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// Names in a file of ensemble members of any origin.
struct EnsembleFileOptions {
  std::string path;
  std::vector<std::string> variables;  ///< empty: all that have the dimension of the members
  std::string point_dimension = "point", member_dimension = "member", level_dimension = "level";
};

/// A variable over members: (point, member) and any other dimensions in any order, or without points, then it is
/// shared by all points.
struct EnsembleVariable {
  std::string name;
  netcdf::Type type = netcdf::Type::double_;
  std::vector<netcdf::Dimension> dimensions;  ///< as in the file
  int point_axis = -1;                        ///< -1: shared
  int member_axis = 0;
  std::int64_t layers = 1;    ///< product of the other dimensions
  std::vector<double> level;  ///< of each layer; empty: no dimension of levels
  bool shared() const { return point_axis < 0; }
};

/// Reads members block by block of points; arrays are [point][layer][member] whatever the order in the file.
class EnsembleFile {
 public:
  /// Opens and checks dimensions; `Error` names file and variable. Collective.
  EnsembleFile(const Comm& comm, const EnsembleFileOptions& options);

  const std::string& path() const { return file_.path(); }
  const netcdf::File& file() const { return file_; }
  const std::string& point_dimension() const { return options_.point_dimension; }
  bool has_points() const { return file_.has_dimension(options_.point_dimension); }
  std::int64_t points() const { return has_points() ? file_.dimension(options_.point_dimension) : 1; }
  int members() const { return members_; }
  const std::vector<EnsembleVariable>& variables() const { return variables_; }

  /// Members of points [begin, end) (of a shared variable: all, on every rank); a value that is missing or not finite
  /// is an `Error`. Collective.
  std::vector<double> read(const EnsembleVariable& variable, std::int64_t begin, std::int64_t end) const;
  /// A coordinate along the points; `Error` unless finite. Collective.
  std::vector<double> coordinate(const std::string& name, std::int64_t begin, std::int64_t end) const;

 private:
  EnsembleVariable describe(const std::string& name) const;
  EnsembleFileOptions options_;
  const Comm& comm_;
  netcdf::File file_;
  int members_ = 0;
  std::vector<EnsembleVariable> variables_;
};

/// Rearranges a slab of `points` points of a variable between the order of its file and [point][layer][member].
void to_members(const EnsembleVariable& variable, std::int64_t points, std::span<const double> stored,
                std::span<double> members);
void from_members(const EnsembleVariable& variable, std::int64_t points, std::span<const double> members,
                  std::span<double> stored);

/// Writes members back in the shape of the file they came from: same dimensions, coordinates and attributes, and
/// `<variable>_mean` beside every variable. Under `path.tmp` until `finish`.
class EnsembleWriter {
 public:
  /// Creates the file and defines what is like `like`; more may be defined in `file()` until `begin`. Collective.
  EnsembleWriter(const Comm& comm, const EnsembleFile& like, std::string path);
  netcdf::File& file() { return file_; }
  /// Number of a dimension of the file that `like` has.
  int dimension(const std::string& name) const;
  /// Ends the definitions and copies the coordinates. Collective.
  void begin();
  /// Members [point][layer][member] of variable `v` of the file, points [begin, end), and their means. Of a shared
  /// variable all members, the same on all ranks. Collective.
  void put(std::size_t v, std::int64_t begin, std::int64_t end, std::span<const double> members);
  /// Values in a shape like that of a variable of the file: [point][layer][length of the axis of members]. Collective.
  void put(int variable, const EnsembleVariable& shape, std::int64_t begin, std::int64_t end,
           std::span<const double> values);
  /// Closes and renames. Collective.
  void finish();

 private:
  int define_like(const std::string& name, const EnsembleVariable* mean_of);
  void copy(const std::string& name);
  const Comm& comm_;
  const EnsembleFile& like_;
  std::string path_;
  netcdf::File file_;
  std::vector<std::pair<std::string, int>> dimensions_;
  std::vector<std::string> copied_;
  std::vector<int> members_, means_;  // variables of the file
};

}  // namespace tilth
