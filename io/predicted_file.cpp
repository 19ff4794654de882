#include "io/predicted_file.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/parallel/exchange.hpp"
#include "io/netcdf.hpp"

namespace tilth {

namespace {

/// Reads rows [begin, begin + count) of variables along the observations.
class Slab {
 public:
  Slab(const Comm& comm, const netcdf::File& file, std::string dimension)
      : comm_(comm), file_(file), dimension_(std::move(dimension)), total_(file.dimension(dimension_)) {
    begin_ = total_ * comm.rank() / comm.size();
    count_ = total_ * (comm.rank() + 1) / comm.size() - begin_;
  }
  std::int64_t total() const { return total_; }
  std::int64_t begin() const { return begin_; }
  std::int64_t count() const { return count_; }

  void require_shape(const std::string& name, const std::vector<std::string>& wanted) const {
    std::vector<std::string> found;
    for (const auto& d : file_.dimensions(file_.variable(name))) found.push_back(d.name);
    const auto list = [](const std::vector<std::string>& words) {
      std::string out;
      for (const auto& w : words) out += (out.empty() ? "" : ", ") + w;
      return "(" + out + ")";
    };
    require(found == wanted, file_.path(), ": variable '", name, "' has the dimensions ", list(found), ", expected ",
            list(wanted));
  }

  /// One number per observation; not finite is an `Error`.
  std::vector<double> numbers(const std::string& name, bool may_be_missing = false) const {
    require_shape(name, {dimension_});
    return values(name, {}, {}, 1, may_be_missing);
  }
  std::vector<double> numbers(const std::string& name, const std::string& second, std::int64_t width) const {
    require_shape(name, {dimension_, second});
    return values(name, {}, second, width, false);
  }
  /// Numbers (obs, second), or (any, obs, second) one by one.
  std::vector<std::vector<double>> passes(const std::string& name, const std::string& second) const {
    const auto shape = file_.dimensions(file_.variable(name));
    const std::size_t rank = shape.size();
    require((rank == 2 || rank == 3) && shape[rank - 2].name == dimension_ && shape[rank - 1].name == second,
            file_.path(), ": variable '", name, "' is not over (", dimension_, ", ", second, ") or (pass, ", dimension_,
            ", ", second, ")");
    std::vector<std::vector<double>> out;
    if (rank == 2) return {values(name, {}, second, shape[1].length, false)};
    for (std::int64_t pass = 0; pass < shape[0].length; ++pass)
      out.push_back(values(name, {pass}, second, shape[2].length, false));
    return out;
  }
  std::vector<std::int64_t> integers(const std::string& name) const {
    require_shape(name, {dimension_});
    require(file_.type(file_.variable(name)) != netcdf::Type::character, file_.path(), ": variable '", name,
            "' holds text; number the observations");
    std::vector<std::int64_t> out(static_cast<std::size_t>(count_));
    const std::int64_t start = count_ > 0 ? begin_ : 0;
    file_.get(file_.variable(name), std::span(&start, 1), std::span(&count_, 1), std::span<std::int64_t>(out));
    return out;
  }
  std::vector<std::string> words(const std::string& name) const {
    const int id = file_.variable(name);
    const auto shape = file_.dimensions(id);
    require(file_.type(id) == netcdf::Type::character && shape.size() == 2 && shape[0].name == dimension_, file_.path(),
            ": variable '", name, "' must hold text along (", dimension_, ", characters)");
    const std::int64_t width = shape[1].length;
    const std::vector<std::int64_t> start{count_ > 0 ? begin_ : 0, 0}, count{count_, width};
    std::vector<char> all(std::size_t(count_ * width));
    file_.get_text(id, start, count, all);
    std::vector<std::string> out;
    for (std::int64_t i = 0; i < count_; ++i) {
      std::string word(all.data() + i * width, std::size_t(width));
      word.erase(std::find(word.begin(), word.end(), '\0'), word.end());
      while (!word.empty() && word.back() == ' ') word.pop_back();
      out.push_back(std::move(word));
    }
    return out;
  }

 private:
  std::vector<double> values(const std::string& name, std::vector<std::int64_t> start, const std::string& second,
                             std::int64_t width, bool may_be_missing) const {
    const int id = file_.variable(name);
    std::vector<double> out(std::size_t(count_ * width));
    std::vector<std::int64_t> count(start.size(), count_ > 0 ? 1 : 0);
    start.push_back(count_ > 0 ? begin_ : 0), count.push_back(count_);
    if (!second.empty()) start.push_back(0), count.push_back(width);
    file_.get(id, start, count, std::span<double>(out));
    netcdf::File::unpack(file_.packing(id), out);
    std::string problem;
    const auto bad = std::find_if(out.begin(), out.end(), [](double v) { return !std::isfinite(v); });
    if (bad != out.end() && !may_be_missing) {
      const std::int64_t i = bad - out.begin();
      problem = text(file_.path(), ": variable '", name, "' is missing or not finite at observation ",
                     begin_ + i / width, second.empty() ? std::string() : text(", ", second, " ", i % width),
                     "; leave such observations out of the file");
    }
    require_all(comm_, problem.empty(), problem);
    return out;
  }

  const Comm& comm_;
  const netcdf::File& file_;
  std::string dimension_;
  std::int64_t total_, begin_ = 0, count_ = 0;
};

std::string rows_dimension(const netcdf::File& file, const std::string& value) {
  const auto shape = file.dimensions(file.variable(value));
  require(shape.size() == 1, file.path(), ": variable '", value, "' has ", shape.size(),
          " dimensions, expected one value per observation");
  require(shape[0].length > 0, file.path(), ": no observations: dimension '", shape[0].name, "' is empty");
  return shape[0].name;
}

/// Each id goes to rank id mod ranks, where a second one is found.
void require_unique(const Comm& comm, const std::vector<std::int64_t>& ids, const std::string& where) {
  std::vector<std::vector<std::int64_t>> out(std::size_t(comm.size()));
  for (const std::int64_t id : ids) out[std::size_t(std::uint64_t(id) % std::uint64_t(comm.size()))].push_back(id);
  std::vector<std::int64_t> mine;
  for (const auto& list : all_to_all(comm, out)) mine.insert(mine.end(), list.begin(), list.end());
  std::sort(mine.begin(), mine.end());
  const auto twice = std::adjacent_find(mine.begin(), mine.end());
  require_all(comm, twice == mine.end(),
              text(where, ": id ", twice == mine.end() ? 0 : *twice,
                   " occurs twice; give every observation its own, or leave the ids out"));
}

void read_hx(const netcdf::File& file, const PredictedFileOptions& o, const Slab& slab, const std::string& dimension,
             PredictedObservations& out) {
  const auto shape = file.dimensions(file.variable(o.hx));
  require(shape.size() == 2 && shape[1].name == o.member_dimension, file.path(), ": variable '", o.hx,
          "' is not over (", dimension, ", ", o.member_dimension, ")");
  out.members = int(shape[1].length);
  out.hx = slab.numbers(o.hx, o.member_dimension, out.members);
  out.hx_mean.clear();
  if (file.has_variable(o.hx_mean)) out.hx_mean = slab.numbers(o.hx_mean);
}

void check_errors(const Comm& comm, const PredictedFileOptions& o, const PredictedObservations& all) {
  const auto bad = std::find_if(all.error_sd.begin(), all.error_sd.end(), [](double e) { return !(e > 0.0); });
  std::string problem;
  if (bad != all.error_sd.end())
    problem = text(o.path, ": variable '", o.error_sd, "' = ", *bad, " at observation ",
                   all.begin + (bad - all.error_sd.begin()), ", must be positive");
  require_all(comm, problem.empty(), problem);
}

}  // namespace

PredictedObservations read_predicted(const Comm& comm, const PredictedFileOptions& o) {
  const netcdf::File file = netcdf::File::open(comm, o.path);
  const std::string dimension = rows_dimension(file, o.value);
  const Slab slab(comm, file, dimension);
  PredictedObservations out;
  out.total = slab.total();
  out.begin = slab.begin();
  out.value = slab.numbers(o.value);
  out.has_covariance = file.has_variable(o.covariance);
  require(out.has_covariance || file.has_variable(o.error_sd), o.path, ": neither '", o.error_sd, "' nor '",
          o.covariance, "'; give the standard deviation of the errors, or their covariance");
  require(!out.has_covariance || !file.has_variable(o.error_sd), o.path, ": both '", o.error_sd, "' and '",
          o.covariance, "'; keep one");
  if (!out.has_covariance) out.error_sd = slab.numbers(o.error_sd);
  check_errors(comm, o, out);
  for (std::int64_t i = 0; i < slab.count(); ++i) out.id.push_back(slab.begin() + i);
  if (file.has_variable(o.id)) out.id = slab.integers(o.id);
  require_unique(comm, out.id, text(o.path, ": variable '", o.id, "'"));
  const auto optional = [&](const char* name, std::vector<double>& list, bool may_be_missing = false) {
    if (file.has_variable(name)) list = slab.numbers(name, may_be_missing);
  };
  optional("lon", out.lon);
  optional("lat", out.lat);
  optional("x", out.x);
  optional(o.level.c_str(), out.level, true);
  if (file.has_variable(o.type)) out.type = slab.words(o.type);
  require(!o.need_hx || file.has_variable(o.hx), o.path, ": no variable '", o.hx, "' (", dimension, ", ",
          o.member_dimension, ") with the members' predictions; add it, or give observations.forward a command that ",
          "makes it");
  if (o.need_hx) read_hx(file, o, slab, dimension, out);
  if (file.has_variable(o.perturbation)) out.perturbation = slab.passes(o.perturbation, o.member_dimension);
  return out;
}

std::vector<double> read_error_covariance(const Comm& comm, const PredictedFileOptions& o, std::int64_t total) {
  const netcdf::File file = netcdf::File::open(comm, o.path);
  const int id = file.variable(o.covariance);
  const auto shape = file.dimensions(id);
  require(shape.size() == 2 && shape[0].length == total && shape[1].length == total, o.path, ": variable '",
          o.covariance, "' must be ", total, " x ", total, ", one row and one column per observation");
  const std::int64_t n = comm.root() ? total : 0;
  const std::vector<std::int64_t> start{0, 0}, count{n, n};
  std::vector<double> R(std::size_t(n * n));
  file.get(id, start, count, std::span<double>(R));
  netcdf::File::unpack(file.packing(id), R);
  together(comm, [&] {
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t j = 0; j <= i; ++j) {
        const double a = R[std::size_t(i * n + j)], b = R[std::size_t(j * n + i)];
        const double scale = std::sqrt(std::abs(R[std::size_t(i * n + i)] * R[std::size_t(j * n + j)]));
        require(std::isfinite(a) && std::isfinite(b), o.path, ": variable '", o.covariance,
                "' is missing or not finite at (", i, ", ", j, ")");
        require(std::abs(a - b) <= 1e-10 * scale, o.path, ": variable '", o.covariance, "' is not symmetric: ", a,
                " at (", i, ", ", j, "), ", b, " at (", j, ", ", i, ")");
      }
  });
  return R;
}

void read_predictions(const Comm& comm, const PredictedFileOptions& o, PredictedObservations& observations) {
  const netcdf::File file = netcdf::File::open(comm, o.path);
  require(file.has_variable(o.hx), o.path, ": the command of observations.forward wrote no variable '", o.hx, "'");
  const auto shape = file.dimensions(file.variable(o.hx));
  require(!shape.empty() && shape[0].length == observations.total, o.path, ": variable '", o.hx, "' has ",
          shape.empty() ? 0 : shape[0].length, " rows for ", observations.total, " observations");
  read_hx(file, o, Slab(comm, file, shape[0].name), shape[0].name, observations);
}

}  // namespace tilth
