#include "driver/analyse/weights_output.hpp"

namespace tilth {

WeightsOutput::WeightsOutput(EnsembleWriter& writer, const EnsembleFile& file, bool wanted) : wanted_(wanted) {
  if (!wanted) return;
  const EnsembleVariable& v = file.variables().front();
  const std::string& member = v.dimensions[v.member_axis].name;
  const int second = writer.file().define_dimension(member + "_2", file.members());
  const int dimensions[2] = {writer.dimension(member), second};
  mean_ = writer.file().define_variable("w_mean", netcdf::Type::double_, std::span(dimensions, 1));
  transform_ = writer.file().define_variable("T", netcdf::Type::double_, dimensions);
  writer.file().put_attribute(mean_, "long_name",
                              std::string("weights of the prior anomalies / sqrt(N - 1) in the mean"));
  writer.file().put_attribute(transform_, "long_name", std::string("transform of the prior anomalies"));
}

void WeightsOutput::write(const Comm& comm, EnsembleWriter& writer, const EnsembleWeights& weights) const {
  if (!wanted_) return;
  const std::int64_t N = comm.root() ? std::int64_t(weights.mean.size()) : 0;
  const std::vector<std::int64_t> start{0, 0}, count{N, N};
  writer.file().put(mean_, std::span(start).first(1), std::span(count).first(1), std::span<const double>(weights.mean));
  writer.file().put(transform_, start, count, std::span<const double>(weights.transform));
}

}  // namespace tilth
