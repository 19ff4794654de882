// Members in the shape of the file they came from.
#include <algorithm>

#include "core/base/error.hpp"
#include "io/disk.hpp"
#include "io/ensemble_file.hpp"

namespace tilth {

namespace {

bool written_by_shape(const std::string& attribute) {
  return attribute == "_FillValue" || attribute == "missing_value" || attribute == "scale_factor" ||
         attribute == "add_offset" || attribute.starts_with("valid_");
}

void copy_attributes(const netcdf::File& from, int source, netcdf::File& to, int target, bool all) {
  for (const std::string& name : from.attributes(source)) {
    if (!all && written_by_shape(name)) continue;
    if (const auto words = from.text_attribute(source, name)) {
      if (!words->empty()) to.put_attribute(target, name, *words);
    } else if (const auto numbers = from.number_attribute(source, name)) {
      const netcdf::Type type = source == netcdf::global ? netcdf::Type::double_ : from.type(source);
      to.put_attribute(target, name, name == "_FillValue" ? type : netcdf::Type::double_, *numbers);
    }
  }
}

}  // namespace

EnsembleWriter::EnsembleWriter(const Comm& comm, const EnsembleFile& like, std::string path)
    : comm_(comm), like_(like), path_(std::move(path)), file_(netcdf::File::create(comm, path_ + ".tmp")) {
  const auto define_dimensions = [&](const std::vector<netcdf::Dimension>& dimensions) {
    for (const netcdf::Dimension& d : dimensions)
      if (dimension(d.name) < 0) dimensions_.emplace_back(d.name, file_.define_dimension(d.name, d.length));
  };
  for (const EnsembleVariable& v : like.variables()) define_dimensions(v.dimensions);
  const netcdf::File& source = like.file();
  const auto& vs = like.variables();
  for (const std::string& name : source.variables()) {
    if (std::any_of(vs.begin(), vs.end(), [&](const auto& v) { return v.name == name; })) continue;
    const auto shape = source.dimensions(source.variable(name));
    const bool along = std::all_of(shape.begin(), shape.end(), [&](const auto& d) { return dimension(d.name) >= 0; });
    const bool other_members = shape.size() > 1 && std::any_of(shape.begin(), shape.end(), [&](const auto& d) {
                                 return d.name == vs[0].dimensions[vs[0].member_axis].name;
                               });
    const bool words = source.type(source.variable(name)) == netcdf::Type::character && shape.size() == 2;
    if (words) define_dimensions({shape[1]});
    if ((!along && !words) || other_members || shape.empty()) continue;
    define_like(name, nullptr);
    copied_.push_back(name);
  }
  for (const EnsembleVariable& v : vs) {
    members_.push_back(define_like(v.name, nullptr));
    means_.push_back(define_like(v.name, &v));
  }
  copy_attributes(source, netcdf::global, file_, netcdf::global, true);
}

int EnsembleWriter::dimension(const std::string& name) const {
  for (const auto& [known, id] : dimensions_)
    if (known == name) return id;
  return -1;
}

int EnsembleWriter::define_like(const std::string& name, const EnsembleVariable* mean_of) {
  const netcdf::File& source = like_.file();
  const int id = source.variable(name);
  std::vector<int> shape;
  const auto dimensions = source.dimensions(id);
  for (std::size_t d = 0; d < dimensions.size(); ++d)
    if (mean_of == nullptr || int(d) != mean_of->member_axis) shape.push_back(dimension(dimensions[d].name));
  const auto& vs = like_.variables();
  const bool updated = std::any_of(vs.begin(), vs.end(), [&](const auto& v) { return v.name == name; });
  netcdf::Type type = source.type(id);
  if (updated && type != netcdf::Type::float_) type = netcdf::Type::double_;  // what was packed is written as it is
  const int out = file_.define_variable(mean_of ? name + "_mean" : name, type, shape);
  copy_attributes(source, id, file_, out, !updated);
  return out;
}

void EnsembleWriter::begin() {
  file_.end_definitions();
  for (const std::string& name : copied_) copy(name);
}

void EnsembleWriter::copy(const std::string& name) {
  const netcdf::File& source = like_.file();
  const int from = source.variable(name), to = file_.variable(name);
  const auto shape = source.dimensions(from);
  const std::int64_t n = shape[0].length;
  std::vector<std::int64_t> start(shape.size(), 0), count;
  for (const netcdf::Dimension& d : shape) count.push_back(d.length);
  start[0] = n * comm_.rank() / comm_.size();
  count[0] = n * (comm_.rank() + 1) / comm_.size() - start[0];
  if (count[0] == 0) start[0] = 0;
  std::size_t size = 1;
  for (const std::int64_t c : count) size *= std::size_t(c);
  switch (source.type(from)) {
    case netcdf::Type::character: {
      std::vector<char> values(size);
      source.get_text(from, start, count, values);
      return file_.put_text(to, start, count, values);
    }
    case netcdf::Type::float_:
    case netcdf::Type::double_: {
      std::vector<double> values(size);
      source.get(from, start, count, std::span<double>(values));
      return file_.put(to, start, count, std::span<const double>(values));
    }
    default: {
      std::vector<std::int64_t> values(size);
      source.get(from, start, count, std::span<std::int64_t>(values));
      return file_.put(to, start, count, std::span<const std::int64_t>(values));
    }
  }
}

void EnsembleWriter::put(int variable, const EnsembleVariable& v, std::int64_t begin, std::int64_t end,
                         std::span<const double> values) {
  const bool writes = v.shared() ? comm_.root() : end > begin;
  std::vector<std::int64_t> start(v.dimensions.size(), 0), count(v.dimensions.size(), 0);
  for (std::size_t d = 0; writes && d < count.size(); ++d) count[d] = v.dimensions[d].length;
  if (writes && !v.shared()) {
    start[v.point_axis] = begin;
    count[v.point_axis] = end - begin;
  }
  std::vector<double> stored(values.size());
  from_members(v, v.shared() ? 1 : end - begin, values, stored);
  if (file_.dimensions(variable).size() < count.size()) {  // the mean: without the axis of members
    start.erase(start.begin() + v.member_axis);
    count.erase(count.begin() + v.member_axis);  // nothing left: a scalar, which every rank writes alike
  }
  file_.put(variable, start, count, std::span<const double>(stored));
}

void EnsembleWriter::put(std::size_t index, std::int64_t begin, std::int64_t end, std::span<const double> members) {
  const EnsembleVariable& v = like_.variables()[index];
  put(members_[index], v, begin, end, members);
  const int N = like_.members();
  std::vector<double> mean(members.size() / N);
  for (std::size_t r = 0; r < mean.size(); ++r) {
    for (int k = 0; k < N; ++k) mean[r] += members[r * N + k];
    mean[r] /= N;
  }
  EnsembleVariable one = v;  // the same rows with a single member
  one.dimensions[v.member_axis].length = 1;
  put(means_[index], one, begin, end, mean);
}

void EnsembleWriter::finish() {
  file_.close();
  replace_file(comm_, path_ + ".tmp", path_);
}

}  // namespace tilth
