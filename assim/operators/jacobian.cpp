#include "assim/operators/jacobian.hpp"

#include <algorithm>

#include "core/base/aligned.hpp"

namespace tilth {

std::vector<InputSlope> jacobian(const ObservationOperator& op, const ObservedColumn& seen) {
  const OperatorTraits& traits = op.traits();
  const ColumnView& column = seen.column;
  const std::size_t stride = std::size_t(column.stride()), per_tile = traits.parameters.size();
  AlignedVector<double> zero(std::size_t(column.tiles()) * std::size_t(column.rows()) * stride, 0.0);
  const ColumnView change(zero.data(), column.tiles(), column.rows(), column.members());
  std::vector<const double*> parameters(seen.parameters.size(), nullptr);
  const std::vector<double> one(stride, 1.0);
  std::vector<InputSlope> out;
  const auto add = [&](InputSlope slope) {
    slope.members.resize(stride);
    op.tangent(seen, {change, parameters}, slope.members);
    out.push_back(std::move(slope));
  };
  std::vector<std::string> names = traits.needs;
  for (const auto& name : traits.optional)
    if (seen.layout.has(name)) names.push_back(name);
  for (int t = 0; t < column.tiles(); ++t) {
    for (const auto& name : names)
      for (int layer = 0; layer < seen.layout.variable(name).layers; ++layer) {
        double* row = change.row(t, seen.layout.row(name) + layer);
        std::fill_n(row, stride, 1.0);
        add({name, false, t, layer, {}});
        std::fill_n(row, stride, 0.0);
      }
    for (std::size_t p = 0; p < per_tile; ++p) {
      const std::size_t i = std::size_t(t) * per_tile + p;
      if (i >= parameters.size() || !seen.parameters[i]) continue;
      parameters[i] = one.data();
      add({traits.parameters[p], true, t, 0, {}});
      parameters[i] = nullptr;
    }
  }
  return out;
}

}  // namespace tilth
