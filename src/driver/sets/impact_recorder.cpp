#include "driver/sets/impact_recorder.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/observation_impact.hpp"
#include "core/base/error.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "driver/parameter_update.hpp"
#include "driver/timer.hpp"

namespace tilth {

namespace {

// The rows of shared parameters, numbered over all units.
struct SharedNumbers {
  std::vector<std::vector<double*>> units;
  std::vector<std::size_t> first{0};  // of each unit
  explicit SharedNumbers(ParameterSet& parameters) : units(updated_shared_rows(parameters)) {
    for (const auto& unit : units) first.push_back(first.back() + unit.size());
  }
  // Units whose rows matter at a cell: those of its types, and the global ones.
  std::vector<std::size_t> at(const GridPoint& point) const {
    std::vector<std::size_t> here{units.size() - 1};
    for (const Tile& tile : point.surface.tiles)
      if (std::find(here.begin(), here.end(), std::size_t(tile.pft)) == here.end())
        here.push_back(std::size_t(tile.pft));
    return here;
  }
};

struct Slope {
  std::size_t row;
  double value;
};

// The gradient g of a column's error, N values, as a sum of slopes times anomalies of parameters: least squares.
void add_slopes(const SharedNumbers& shared, const GridPoint& point, const Eigen::VectorXd& g,
                std::vector<Slope>& slopes) {
  const std::size_t N = std::size_t(g.size());
  std::vector<std::size_t> rows;
  Eigen::MatrixXd T(g.size(), 0);  // anomalies of the parameters, one per column
  for (const std::size_t unit : shared.at(point))
    for (std::size_t r = 0; r < shared.units[unit].size(); ++r) {
      const double* row = shared.units[unit][r];
      T.conservativeResize(Eigen::NoChange, T.cols() + 1);
      T.rightCols(1) = Eigen::Map<const Eigen::VectorXd>(row, g.size()).array() - member_mean({row, N});
      rows.push_back(shared.first[unit] + r);
    }
  if (rows.empty()) return;
  const Eigen::VectorXd b = T.completeOrthogonalDecomposition().solve(g);  // 0 for rows without spread
  for (std::size_t r = 0; r < rows.size(); ++r) slopes.push_back({rows[r], b(Eigen::Index(r))});
}

// Impacts through per-PFT and global parameters. The members' forecasts respond to them as `Verified::shared`, which is
// regressed on the rows that matter at the column, so that each row gets its share of the error's gradient. Collective.
std::vector<double> through_shared(Flight& flight, double weight, const std::vector<std::vector<Verified>>& verified) {
  const Domain& domain = flight.prior().domain();
  const std::size_t N = std::size_t(flight.prior().size());
  const SharedNumbers shared(flight.prior().parameters);
  std::vector<Slope> slopes;
  for (std::size_t c = 0; c < verified.size(); ++c) {
    Eigen::VectorXd g = Eigen::VectorXd::Zero(Eigen::Index(N));
    for (const Verified& v : verified[c])
      for (std::size_t k = 0; k < N; ++k) g(Eigen::Index(k)) += v.weight * (v.with + v.without) * v.shared[k];
    add_slopes(shared, domain.grid.points[c], g, slopes);
  }
  double bound = 0.0;
  for (const Slope& s : slopes) bound = std::max(bound, std::abs(s.value));
  bound = domain.comm->max(bound);
  ReproducibleSum sum(std::max<std::size_t>(shared.first.back(), 1), bound > 0.0 ? bound : 1.0);
  for (const Slope& s : slopes) sum.add(s.row, s.value);
  const auto total = sum.total(*domain.comm);
  std::vector<std::vector<double>> direction(shared.units.size(), std::vector<double>(N, 0.0));
  for (std::size_t unit = 0; unit < shared.units.size(); ++unit)
    for (std::size_t r = 0; r < shared.units[unit].size(); ++r) {
      const double* row = shared.units[unit][r];
      const double mean = member_mean({row, N});
      for (std::size_t k = 0; k < N; ++k) direction[unit][k] += total[shared.first[unit] + r] * (row[k] - mean);
    }
  return shared_impacts(flight.prior(), flight.seen(), weight, direction);
}

bool has_shared(const Members& members) {
  for (const UncertainParameter& u : members.parameters.uncertain())
    if (u.updated && u.scope != Scope::column) return true;
  return false;
}

}  // namespace

ImpactRecorder::ImpactRecorder(const Domain& domain, ImpactNorm norm, const std::string& nature)
    : domain_(&domain), norm_(std::move(norm)), sums_(domain) {
  if (domain.experiment->impact.efso && norm_.reference == ImpactReference::nature)
    nature_ = std::make_unique<ProductReader>(*domain.comm, nature, domain.grid);
}
ImpactRecorder::~ImpactRecorder() = default;

bool ImpactRecorder::is_judged(std::int64_t cycle) const {
  const ImpactOptions& o = domain_->experiment->impact;
  return o.efso && cycle >= o.from_window && (cycle - o.from_window) % o.every == 0 &&
         cycle + o.lead < domain_->experiment->windows();
}

void ImpactRecorder::forecasted(std::int64_t cycle, const Members& members, const ObsTable& obs,
                                const Products& products) {
  const Phase phase("impact");
  const ImpactOptions& o = domain_->experiment->impact;
  for (const auto& flight : flights_) flight->advance(cycle, obs, products, norm_);
  if (is_judged(cycle))
    flights_.push_back(
        std::make_unique<Flight>(cycle, members, o.shared_parameters && has_shared(members), o.lead > 1));
}

void ImpactRecorder::analysed(std::int64_t cycle, const Members& members, const Products& products, const ObsTable& obs,
                              const FeedbackColumns& feedback, const WindowAnalysis& analysis) {
  const Phase phase("impact");
  const ImpactOptions& o = domain_->experiment->impact;
  if (cycle >= o.from_window) add_signals(obs, feedback);
  if (!flights_.empty() && flights_.front()->cycle() + o.lead == cycle) {
    judge(*flights_.front(), cycle, products, analysis);
    flights_.pop_front();
  }
  if (is_judged(cycle)) flights_.back()->analysed(analysis.analysed(), members);
}

void ImpactRecorder::add_signals(const ObsTable& obs, const FeedbackColumns& f) {
  std::vector<ImpactSums::Item> items;
  for (std::size_t i = 0; i < obs.size(); ++i)
    if (f.flag[i] == qc_used && obs.column[i] >= 0 && std::isfinite(f.posterior_sd[i]))
      items.push_back(
          {obs.type[i], obs.column[i], obs.lon[i], obs.lat[i], signal(f.posterior_sd[i], f.error_sd[i], f.weight[i])});
  sums_.add_signals(items);
}

// What the window is compared with: [product of the norm][column].
std::vector<std::vector<double>> ImpactRecorder::reference(std::int64_t cycle, const Products& products) {
  const Experiment& e = *domain_->experiment;
  std::vector<std::vector<double>> out;
  for (const int p : norm_.products) {
    if (nature_) {
      const std::string& name = products.definitions()[std::size_t(p)].name;
      out.push_back(period_mean(*nature_, e, name, "", e.window_begin(cycle), e.window_end(cycle)));
      continue;
    }
    std::vector<double>& mean = out.emplace_back();
    for (int c = 0; c < domain_->columns(); ++c) mean.push_back(member_mean(window_members(products, c, p)));
  }
  return out;
}

void ImpactRecorder::judge(Flight& flight, std::int64_t cycle, const Products& products,
                           const WindowAnalysis& analysis) {
  const Comm& comm = *domain_->comm;
  const std::int64_t withheld = comm.sum(flight.withheld());
  if (norm_.reference == ImpactReference::withheld && withheld == 0) return;  // nothing to compare with
  const auto truth = reference(cycle, products);
  const auto kinds = analysis.kinds(products.definitions());
  std::vector<std::vector<Verified>> verified;
  std::vector<double> change, before;
  for (int c = 0; c < domain_->columns(); ++c) {
    verified.push_back(flight.verified(c, norm_, truth, kinds, withheld));
    for (const Verified& v : verified.back()) {
      change.push_back(v.weight * (v.with * v.with - v.without * v.without));
      before.push_back(v.weight * v.without * v.without);
    }
  }
  sums_.add_change(reproducible_sum(comm, change), reproducible_sum(comm, before));
  const double weight = prior_weight(shared_method(analysis.method()), domain_->experiment->ensemble.size);
  auto impacts = column_impacts({*domain_, analysis.rules(), flight.seen(), flight.factors(), weight}, [&](int c) {
    std::vector<VerifiedRow> rows;
    for (const Verified& v : verified[std::size_t(c)])
      rows.push_back({v.prior, v.weight * (v.with + v.without), v.kind});
    return rows;
  });
  if (flight.splits()) {
    const auto shared = through_shared(flight, weight, verified);
    for (std::size_t i = 0; i < impacts.size(); ++i) impacts[i] += shared[i];
  }
  std::vector<ImpactSums::Item> items;
  const ObsTable& seen = flight.seen();
  for (std::size_t i = 0; i < seen.size(); ++i)
    items.push_back({seen.type[i], seen.column[i], seen.lon[i], seen.lat[i], impacts[i]});
  sums_.add_impacts(items);
}

void ImpactRecorder::write(const std::string& path, const std::string& experiment) const {
  sums_.write(path, experiment, norm_.words, domain_->experiment->impact.lead);
}

std::unique_ptr<ImpactRecorder> impact_recorder(const Domain& domain, const std::string& folder, bool twin) {
  const ImpactOptions& o = domain.experiment->impact;
  if (!o.on) return nullptr;
  const Phase phase("impact");
  return std::make_unique<ImpactRecorder>(domain, o.efso ? impact_norm(domain, folder, twin) : ImpactNorm{},
                                          folder + "/nature/products.nc");
}

void ImpactRecorder::save(CheckpointWriter& file) const {
  const auto numbers = sums_.numbers();
  file.replicated("impact_sums", {std::int64_t(numbers.size())}, numbers);
  file.attribute("impact_flights", std::int64_t(flights_.size()));
  std::int64_t number = 0;
  for (const auto& flight : flights_) flight->save(file, text("impact", number++, "_"));
}

void ImpactRecorder::load(const CheckpointReader& file) {
  require(file.has("impact_sums"), file.path(),
          ": is of a run without impact; restore the option, or start anew without --resume");
  std::vector<double> numbers(std::size_t(file.dimensions("impact_sums").at(0)));
  file.replicated("impact_sums", numbers);
  sums_.restore(numbers);
  flights_.clear();
  for (std::int64_t i = 0; i < file.integer("impact_flights"); ++i)
    flights_.push_back(std::make_unique<Flight>(*domain_, file, text("impact", i, "_")));
}

}  // namespace tilth
