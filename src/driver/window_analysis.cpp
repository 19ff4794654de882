#include "driver/window_analysis.hpp"

#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/localisation.hpp"
#include "assim/quality_control.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/base/text.hpp"
#include "core/obs/halo.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "driver/parameter_update.hpp"

namespace tilth {

std::vector<ControlRow> control_rows(const Experiment& experiment, const ModelTraits& traits) {
  const auto& wanted = experiment.control.states;
  const auto& names = wanted.empty() ? traits.default_states : wanted;
  std::vector<ControlRow> rows;
  if (names.size() == 1 && names[0] == "none") return rows;
  for (const auto& name : names) {
    std::vector<std::string> known;
    for (const Variable& v : traits.layout.variables())
      if (v.kind == Variable::Kind::prognostic) known.push_back(v.name);
    require(traits.layout.has(name), experiment.file, ": control.states: the model '", traits.name,
            "' has no variable '", name, "'", did_you_mean(name, known), "; known: ", joined(known));
    const Variable& v = traits.layout.variable(name);
    require(v.kind == Variable::Kind::prognostic, experiment.file, ": control.states: '", name,
            "' is diagnosed by the model, an update of it would have no effect; name a prognostic variable");
    for (int layer = 0; layer < v.layers; ++layer)
      rows.push_back({traits.layout.row(name) + layer, v.transform, v.lower, v.upper});
  }
  return rows;
}

FeedbackColumns check_observations(const Domain& domain, ObsTable& obs) {
  for (int type = 0; type < int(domain.streams.size()); ++type) {
    check_predictions(obs, type);
    check_background(obs, type, domain.streams[type].options->background_check);
  }
  FeedbackColumns f;
  f.resize(obs.size());
  f.id = obs.id, f.type = obs.type, f.begin = obs.begin, f.end = obs.end, f.lon = obs.lon, f.lat = obs.lat;
  f.point = obs.point, f.value = obs.value, f.error_sd = obs.error_sd, f.flag = obs.flag;
  for (std::size_t i = 0; i < obs.size(); ++i) {
    const std::span<const double> hx(obs.predictions(i), obs.members);
    const bool predicted = !(obs.flag[i] & qc_no_prediction);
    f.prior_mean[i] = f.posterior_mean[i] = predicted ? member_mean(hx) : std::nan("");
    f.prior_sd[i] = f.posterior_sd[i] = predicted && obs.members > 1 ? member_spread(hx) : std::nan("");
  }
  if (domain.experiment->output.feedback_members) {
    f.members = obs.members;
    f.members_prior.resize(obs.size() * obs.members);
    for (std::size_t i = 0; i < obs.size(); ++i)
      std::copy_n(obs.predictions(i), obs.members, f.members_prior.begin() + i * obs.members);
  }
  return f;
}

std::vector<double> parameter_spreads(ParameterSet& parameters) {
  std::vector<double> out;
  for (int k = 0; k < int(parameters.uncertain().size()); ++k)
    for (int unit = 0; unit < parameters.units(k); ++unit)
      out.push_back(parameters.members() > 1 ? member_spread(parameters.row(k, unit).first(parameters.members()))
                                             : 0.0);
  return out;
}

namespace {

// Anomalies, departures and variances of a table, with its search tree.
struct LocalObs {
  explicit LocalObs(ObsTable t) : table(std::move(t)), search(table) {
    const int n = table.members, stride = table.stride();
    Y.assign(table.size() * stride, 0.0);
    for (std::size_t i = 0; i < table.size(); ++i) {
      const double mean = member_mean({table.predictions(i), std::size_t(n)});
      for (int k = 0; k < n; ++k) Y[i * stride + k] = table.predictions(i)[k] - mean;
      d.push_back(table.value[i] - mean);
      variance.push_back(table.error_sd[i] * table.error_sd[i]);
    }
  }
  ObsSpace space() const { return {table.members, table.stride(), Y, d, variance}; }
  ObsTable table;
  ObsSearch search;
  AlignedVector<double> Y;
  std::vector<double> d, variance;
};

// The rows of one column that are updated together, in unconstrained space, and where they came from.
class ColumnRows {
 public:
  ColumnRows(Members& members, const std::vector<ControlRow>& control) : members_(members), control_(control) {}

  void load(int c, Products& products, std::span<const std::int32_t> own_obs, ObsTable& obs) {
    c_ = c;
    const ColumnView column = members_.state.column(c);
    stride_ = column.stride();
    before_.assign(column.data(), column.data() + std::size_t(column.tiles()) * column.rows() * stride_);
    in_place_.clear();
    states_.resize(std::size_t(column.tiles()) * control_.size() * stride_);
    double* z = states_.data();
    for (int t = 0; t < column.tiles(); ++t)
      for (const ControlRow& r : control_)
        for (int k = 0; k < stride_; ++k) *z++ = to_unconstrained(r, column.row(t, r.row)[k]);
    auto& parameters = members_.parameters;
    for (int k = 0; k < int(parameters.uncertain().size()); ++k) {
      const UncertainParameter& u = parameters.uncertain()[k];
      if (u.scope == Scope::column && u.updated) in_place_.push_back(parameters.row(k, c).data());
    }
    n_parameters_ = int(in_place_.size());
    for (int p = 0; p < int(products.definitions().size()); ++p) in_place_.push_back(products.row(c, p));
    n_relaxed_ = int(in_place_.size());
    for (const std::int32_t i : own_obs) in_place_.push_back(obs.predictions(i));
    keep_prior();
  }

  std::vector<double*> rows() {
    std::vector<double*> out;
    for (std::size_t r = 0; r < states_.size() / stride_; ++r) out.push_back(states_.data() + r * stride_);
    out.insert(out.end(), in_place_.begin(), in_place_.end());
    return out;
  }

  void relax(const AnalysisOptions& options, std::span<const double> initial_sd) {
    const std::size_t n = members_.size(), n_states = states_.size() / stride_;
    for (std::size_t r = 0; r < n_states; ++r) relax_row(options.inflation, r, {states_.data() + r * stride_, n});
    for (int r = 0; r < n_relaxed_; ++r) {
      const std::span<double> row(in_place_[r], n);
      if (r < n_parameters_)
        keep_parameter_spread(options, prior(n_states + r), row, initial_sd[r]);
      else
        relax_row(options.inflation, n_states + r, row);
    }
  }

  void store() {
    const ColumnView column = members_.state.column(c_);
    const double* z = states_.data();
    for (int t = 0; t < column.tiles(); ++t)
      for (const ControlRow& r : control_) {
        double* x = column.row(t, r.row);
        for (int k = 0; k < stride_; ++k) x[k] = std::clamp(r.transform.to_physical(*z++), r.lower, r.upper);
        for (int k = members_.size(); k < stride_; ++k) x[k] = x[members_.size() - 1];
      }
    for (int p = 0; p < n_relaxed_; ++p)
      for (int k = members_.size(); k < stride_; ++k) in_place_[p][k] = in_place_[p][members_.size() - 1];
  }

  ColumnView before(ColumnView column) { return {before_.data(), column.tiles(), column.rows(), column.members()}; }

 private:
  // A little inside the bounds, where the transform is finite.
  static double to_unconstrained(const ControlRow& r, double x) {
    const double margin = 1e-9 * (r.upper - r.lower);
    if (r.transform.kind == Transform::Kind::identity) return x;
    return r.transform.to_unconstrained(std::clamp(x, r.lower + margin, r.upper - margin));
  }
  void keep_prior() {
    prior_.assign(states_.begin(), states_.end());
    for (int r = 0; r < n_relaxed_; ++r) prior_.insert(prior_.end(), in_place_[r], in_place_[r] + stride_);
  }
  std::span<const double> prior(std::size_t r) const {
    return {prior_.data() + r * stride_, std::size_t(members_.size())};
  }
  void relax_row(const InflationOptions& inflation, std::size_t r, std::span<double> row) {
    if (inflation.rtps > 0.0) relax_to_prior_spread(prior(r), row, inflation.rtps);
    if (inflation.rtpp > 0.0) relax_to_prior_perturbations(prior(r), row, inflation.rtpp);
  }

  Members& members_;
  const std::vector<ControlRow>& control_;
  int c_ = 0, stride_ = 0, n_parameters_ = 0, n_relaxed_ = 0;
  AlignedVector<double> states_, prior_, before_;
  std::vector<double*> in_place_;
};

// Observations of the halo within reach of a place, with their tapers.
void localise(const Domain& domain, const LocalObs& obs, const GridPoint& point, double reach_km,
              LocalProblem& problem) {
  std::vector<std::int32_t> near;
  obs.search.within(point.lon, point.lat, reach_km, near);
  problem.obs.clear();
  problem.taper.clear();
  for (const std::int32_t i : near) {
    const double half_width = domain.streams[obs.table.type[i]].options->half_width_km;
    const double taper =
        gaspari_cohn(great_circle_km(point.lon, point.lat, obs.table.lon[i], obs.table.lat[i]), half_width);
    if (taper <= 0.0) continue;
    problem.obs.push_back(i);
    problem.taper.push_back(taper);
  }
}

std::vector<std::vector<std::int32_t>> by_column(const ObsTable& obs, int columns) {
  std::vector<std::vector<std::int32_t>> out(columns);
  for (std::size_t i = 0; i < obs.size(); ++i)
    if (obs.column[i] >= 0 && !(obs.flag[i] & qc_no_prediction)) out[obs.column[i]].push_back(std::int32_t(i));
  return out;
}

}  // namespace

AnalysisSummary analyse_window(Members& members, const AnalysisMethod& method, const std::vector<ControlRow>& control,
                               ObsTable& obs, Products& products, FeedbackColumns& feedback,
                               const std::vector<double>& initial_sd) {
  const Domain& domain = members.domain();
  const AnalysisOptions& options = domain.experiment->analysis;
  std::vector<double> radius;
  for (const Stream& stream : domain.streams) radius.push_back(2.0 * stream.options->half_width_km);
  const double reach = radius.empty() ? 0.0 : *std::max_element(radius.begin(), radius.end());
  const LocalObs local(exchange_halo(*domain.comm, domain.grid, obs, radius));
  const auto own = by_column(obs, domain.columns());

  update_shared_parameters(members, method, obs, initial_sd);
  members.parameters.refresh();

  std::vector<double> column_sd;  // initial spreads of this rank's column parameters, in the order of ColumnRows
  AnalysisSummary summary;
  std::vector<double> water, carbon;
  constexpr int batch_size = 32;
  for (int first = 0; first < domain.columns(); first += batch_size) {
    const int last = std::min(first + batch_size, domain.columns());
    std::vector<ColumnRows> rows(last - first, ColumnRows(members, control));
    std::vector<LocalProblem> batch(last - first);
    for (int c = first; c < last; ++c) {
      rows[c - first].load(c, products, own[c], obs);
      localise(domain, local, domain.grid.points[c], reach, batch[c - first]);
      batch[c - first].rows = rows[c - first].rows();
    }
    method.update(local.space(), batch);
    for (int c = first; c < last; ++c) {
      const GridPoint& point = domain.grid.points[c];
      if (!batch[c - first].obs.empty()) {
        std::size_t offset = 0;
        column_sd.clear();
        for (int k = 0; k < int(members.parameters.uncertain().size()); ++k) {
          const UncertainParameter& u = members.parameters.uncertain()[k];
          if (u.scope == Scope::column && u.updated) column_sd.push_back(initial_sd[offset + c]);
          offset += members.parameters.units(k);
        }
        rows[c - first].relax(options, column_sd);
        rows[c - first].store();
        members.parameters.refresh_column(c);
        products.clip(c);
        ++summary.updated_columns;
      }
      const ColumnView column = members.state.column(c);
      const RepairReport repair =
          domain.model->repair(point, {members.column_parameters(c)}, rows[c - first].before(column), column);
      water.push_back(repair.water_kg_m2 * point.area_m2);
      carbon.push_back(repair.carbon_g_m2 * point.area_m2);
      summary.clipped += repair.clipped;
    }
  }
  for (std::size_t i = 0; i < obs.size(); ++i) {
    if (obs.flag[i] & qc_no_prediction) continue;
    const std::span<const double> hx(obs.predictions(i), obs.members);
    feedback.posterior_mean[i] = member_mean(hx);
    feedback.posterior_sd[i] = member_spread(hx);
  }
  std::vector<double> areas;
  for (const GridPoint& point : domain.grid.points) areas.push_back(point.area_m2);
  const double total_area = reproducible_sum(*domain.comm, areas);
  summary.water_increment_kg_m2 = reproducible_sum(*domain.comm, water) / total_area;
  summary.carbon_increment_g_m2 = reproducible_sum(*domain.comm, carbon) / total_area;
  summary.updated_columns = domain.comm->sum(summary.updated_columns);
  summary.clipped = domain.comm->sum(summary.clipped);
  return summary;
}

}  // namespace tilth
