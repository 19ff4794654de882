#pragma once

#include <string>
#include <vector>

#include "model/land_model.hpp"

namespace tilth::test {

/// One column of one tile of a registered model with given options; parameters at their defaults.
class ProofColumn {
 public:
  ProofColumn(const std::string& name, const std::string& options, int members)
      : model_(make(name, options)), members_(members), met_(members) {
    point_.surface.tiles = {{0, 1.0}};
    for (const auto& p : model_->traits().parameters) {
      parameters_.emplace_back(std::size_t(padded(members)), p.value[0]);
      pointers_.push_back(nullptr);
    }
    for (std::size_t p = 0; p < parameters_.size(); ++p) pointers_[p] = parameters_[p].data();
    state_.resize(std::size_t(model_->traits().layout.rows()) * std::size_t(padded(members)));
    model_->cold_start(point_, {pointers_}, view());
  }
  ColumnView view() { return {state_.data(), 1, model_->traits().layout.rows(), members_}; }
  double& x(int row, int member = 0) { return view().row(0, row)[member]; }
  double& parameter(int p, int member) { return parameters_[std::size_t(p)][std::size_t(member)]; }
  const ModelTraits& traits() const { return model_->traits(); }
  const LandModel& model() const { return *model_; }
  StepReport days(int n) {
    StepReport report;
    for (int d = 0; d < n; ++d)
      report.merge(model_->advance(point_, {pointers_}, Time{}, {met_, MetDay{}}, view(), {}));
    return report;
  }
  RepairReport repair(ColumnView before) { return model_->repair(point_, {pointers_}, before, view()); }
  void set(const std::vector<double>& values) {
    for (std::size_t i = 0; i < values.size(); ++i)
      for (int k = 0; k < padded(members_); ++k) x(int(i), k) = values[i];
  }

 private:
  static std::unique_ptr<LandModel> make(const std::string& name, const std::string& options) {
    for (const auto& [known, plugin] : land_models()) {
      if (known != name) continue;
      Schema schema = Schema::reading(Node::parse(options, "test"));
      auto maker = plugin->configure(schema);
      schema.finish();
      return maker();
    }
    return nullptr;
  }
  std::unique_ptr<LandModel> model_;
  int members_;
  MetMembers met_;
  GridPoint point_;
  std::vector<AlignedVector<double>> parameters_;
  std::vector<const double*> pointers_;
  AlignedVector<double> state_;
};

}  // namespace tilth::test
