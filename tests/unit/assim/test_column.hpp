#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "assim/operators/observation_operator.hpp"
#include "core/base/error.hpp"
#include "core/random/random.hpp"

namespace tilth::test {

/// A registered operator made from options in YAML flow style.
inline std::unique_ptr<ObservationOperator> observation_operator(const std::string& name,
                                                                 const std::string& options = "{}") {
  for (const auto& [registered, plugin] : observation_operators()) {
    if (registered != name) continue;
    Schema schema = Schema::reading(Node::parse(options, "test"));
    return plugin->configure(schema)();
  }
  throw Error("no operator " + name);
}

/// Variables an operator may read, with plausible ranges as bounds.
inline StateLayout observable_layout() {
  const auto variable = [](std::string name, int layers, double lower, double upper) {
    return Variable{.name = std::move(name),
                    .standard_name = "",
                    .long_name = "",
                    .units = "1",
                    .layers = layers,
                    .lower = lower,
                    .upper = upper,
                    .transform = {}};
  };
  Variable soil_moisture = variable("soil_moisture", 8, 0.05, 0.4);
  soil_moisture.levels = {0.01, 0.045, 0.11, 0.225, 0.45, 0.85, 1.55, 3.0};
  return StateLayout({variable("soil_temperature", 8, 250.0, 310.0), soil_moisture, variable("snow_ice", 1, 0.0, 2.0),
                      variable("snow_liquid", 1, 0.0, 0.1), variable("snow_cover_fraction", 1, 0.0, 1.0),
                      variable("leaf_area_index", 1, 0.0, 7.0), variable("fapar", 1, 0.0, 0.95),
                      variable("apar", 1, 0.0, 50.0), variable("gpp", 1, 0.0, 15.0), variable("nee", 1, -10.0, 10.0),
                      variable("latent_heat_flux", 1, -10.0, 200.0), variable("sif_yield", 1, 0.005, 0.02),
                      variable("x", 4, -3.0, 3.0)});
}

/// A column with its values, and parameters by name (those not set are not known to the model).
class TestColumn {
 public:
  TestColumn(std::vector<Tile> tiles, int members)
      : members_(members), data_(tiles.size() * std::size_t(layout.rows()) * padded(members), 0.0) {
    point.surface.tiles = std::move(tiles);
  }

  ColumnView view() { return {data_.data(), int(point.surface.tiles.size()), layout.rows(), members_}; }

  /// All members and layers of a variable on all tiles.
  void set(const std::string& name, double value) {
    for (int t = 0; t < view().tiles(); ++t) set(name, value, t);
  }
  void set(const std::string& name, double value, int tile) {
    for (int l = 0; l < layout.variable(name).layers; ++l)
      for (int k = 0; k < padded(members_); ++k) view().row(tile, layout.row(name) + l)[k] = value;
  }
  void set_member(const std::string& name, int member, double value) {
    for (int t = 0; t < view().tiles(); ++t) view().row(t, layout.row(name))[member] = value;
  }
  void set_parameter(const std::string& name, double value) {
    parameters_[name] = std::vector<double>(padded(members_), value);
  }

  /// Values anywhere inside the bounds; the same on all tiles when `alike`.
  void randomise(std::int64_t id, bool alike) {
    const Random random(5, Purpose::test);
    for (std::size_t v = 0; v < layout.variables().size(); ++v) {
      const Variable& variable = layout.variables()[v];
      for (int t = 0; t < view().tiles(); ++t)
        for (int l = 0; l < variable.layers; ++l)
          for (int k = 0; k < padded(members_); ++k) {
            const int draw = (int(v) * 8 + l) * 8 + (alike ? 0 : t);
            const double u = random.uniform({.cycle = 0, .member = std::min(k, members_ - 1), .id = id, .draw = draw});
            view().row(t, layout.row(int(v)) + l)[k] = variable.lower + u * (variable.upper - variable.lower);
          }
    }
  }

  std::vector<double> predict(const ObservationOperator& h, std::uint32_t* flag = nullptr) {
    std::vector<const double*> pointers;
    for (int t = 0; t < view().tiles(); ++t)
      for (const auto& name : h.traits().parameters)
        pointers.push_back(parameters_.contains(name) ? parameters_.at(name).data() : nullptr);
    std::vector<double> hx(padded(members_), -9e9);
    const std::uint32_t bits = h.predict({point, layout, view(), pointers}, hx);
    if (flag) *flag = bits;
    return hx;
  }

  GridPoint point;
  StateLayout layout = observable_layout();

 private:
  int members_;
  AlignedVector<double> data_;
  std::map<std::string, std::vector<double>> parameters_;
};

}  // namespace tilth::test
