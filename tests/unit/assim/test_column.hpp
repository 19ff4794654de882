#pragma once

#include <limits>
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

/// A variable of a layout for tests, with plausible bounds.
inline Variable test_variable(std::string name, int layers, double lower, double upper) {
  return Variable{.name = std::move(name),
                  .standard_name = "",
                  .long_name = "",
                  .units = "1",
                  .layers = layers,
                  .lower = lower,
                  .upper = upper,
                  .transform = {}};
}

/// Variables an operator may read, with plausible ranges as bounds; `steps`: also those of a model with steps within
/// the day.
inline StateLayout observable_layout(bool steps = true) {
  Variable soil_moisture = test_variable("soil_moisture", 8, 0.05, 0.4);
  soil_moisture.levels = {0.01, 0.045, 0.11, 0.225, 0.45, 0.85, 1.55, 3.0};
  std::vector<Variable> all{test_variable("soil_temperature", 8, 250.0, 310.0), soil_moisture};
  const auto add = [&](const char* name, double lower, double upper, int layers = 1) {
    all.push_back(test_variable(name, layers, lower, upper));
  };
  add("snow_ice", 0.0, 2.0), add("snow_liquid", 0.0, 0.1), add("snow_cover_fraction", 0.0, 1.0);
  add("leaf_area_index", 0.0, 7.0), add("fapar", 0.0, 0.95), add("apar", 0.0, 50.0);
  add("gpp", 0.0, 15.0), add("nee", -10.0, 10.0), add("latent_heat_flux", -10.0, 200.0);
  add("autotrophic_respiration", 0.0, 8.0), add("heterotrophic_respiration", 0.0, 5.0);
  add("sif_yield", 0.005, 0.02), add("carbon_leaf", 1.0, 500.0), add("carbon_wood", 1.0, 20000.0);
  add("water_stress_memory", 0.0, 1.0), add("canopy_water", 0.0, 2.0), add("pond", 0.0, 5.0);
  add("soil_water", 100.0, 1500.0), add("x", -3.0, 3.0, 4);
  if (steps) {
    add("sensible_heat_flux", -50.0, 200.0), add("canopy_temperature", 250.0, 315.0);
    add("ground_temperature", 250.0, 330.0), add("step_gpp", 0.0, 40.0), add("step_nee", -40.0, 10.0);
    add("step_autotrophic_respiration", 0.0, 10.0), add("step_heterotrophic_respiration", 0.0, 5.0);
    add("step_latent_heat_flux", -50.0, 600.0), add("step_sensible_heat_flux", -100.0, 400.0);
    add("step_fluorescence", 0.0, 20.0), add("step_fapar", 0.0, 0.95);
  }
  return StateLayout(std::move(all));
}

/// When and how a test column is seen, and by which model: nothing said, as by a daily model.
struct Look {
  Time at = {};
  bool whole_day = true;
  double view_zenith_deg = std::numeric_limits<double>::quiet_NaN();
  bool timed = false;
};

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
  /// Adds `factor` times another column, rows and parameters.
  void add(const TestColumn& other, double factor) {
    for (std::size_t i = 0; i < data_.size(); ++i) data_[i] += factor * other.data_[i];
    for (auto& [name, values] : parameters_)
      for (std::size_t k = 0; k < values.size(); ++k) values[k] += factor * other.parameters_.at(name)[k];
  }
  /// What the padding of every row holds.
  void set_padding(double value) {
    for (int t = 0; t < view().tiles(); ++t)
      for (int r = 0; r < view().rows(); ++r)
        for (int k = members_; k < padded(members_); ++k) view().row(t, r)[k] = value;
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

  /// The column as an operator sees it; `pointers` holds its parameters.
  ObservedColumn seen(const ObservationOperator& h, std::vector<const double*>& pointers) {
    pointers.clear();
    for (int t = 0; t < view().tiles(); ++t)
      for (const auto& name : h.traits().parameters)
        pointers.push_back(parameters_.contains(name) ? parameters_.at(name).data() : nullptr);
    return {point,
            layout,
            view(),
            pointers,
            std::numeric_limits<double>::quiet_NaN(),
            look.at,
            look.whole_day,
            look.view_zenith_deg,
            look.timed};
  }

  std::vector<double> predict(const ObservationOperator& h, std::uint32_t* flag = nullptr) {
    std::vector<const double*> pointers;
    std::vector<double> hx(padded(members_), -9e9);
    const std::uint32_t bits = h.predict(seen(h, pointers), hx);
    if (flag) *flag = bits;
    return hx;
  }

  Look look;
  GridPoint point;
  StateLayout layout = observable_layout();

 private:
  int members_;
  AlignedVector<double> data_;
  std::map<std::string, std::vector<double>> parameters_;
};

}  // namespace tilth::test
