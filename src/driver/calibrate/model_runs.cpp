#include "driver/calibrate/model_runs.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "core/base/error.hpp"
#include "core/parallel/threads.hpp"
#include "driver/instrument/simulator.hpp"
#include "driver/observation_errors.hpp"
#include "driver/signals.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

/// Columns in the order of the ids of their points.
std::vector<int> by_id(const Domain& domain) {
  std::vector<int> columns;
  for (int c = 0; c < domain.columns(); ++c) columns.push_back(c);
  std::ranges::sort(columns, {}, [&](int c) { return domain.grid.points[std::size_t(c)].id; });
  return columns;
}

/// What `work` gives for every site, on all ranks; each does some of them. Collective.
std::vector<std::vector<double>> dealt(const Comm& comm, int sites,
                                       const std::function<std::vector<double>(int)>& work) {
  std::vector<int> own;
  for (int site = comm.rank(); site < sites; site += comm.size()) own.push_back(site);
  std::vector<std::vector<double>> mine(own.size());
  together(comm, [&] {
    for_each_index(int(own.size()), [&](int i) {
      if (!signal_received()) mine[std::size_t(i)] = work(own[std::size_t(i)]);
    });
  });
  if (comm.any(signal_received())) throw Stopped("stopped by a signal before the first run; start again");
  std::vector<double> sent;
  for (std::size_t i = 0; i < own.size(); ++i) {
    sent.insert(sent.end(), {double(own[i]), double(mine[i].size())});
    sent.insert(sent.end(), mine[i].begin(), mine[i].end());
  }
  const std::vector<double> all = comm.all_gather(std::span<const double>(sent));
  std::vector<std::vector<double>> out(static_cast<std::size_t>(sites));
  for (auto at = all.begin(); at != all.end();) {
    const auto site = std::size_t(at[0]);
    const auto count = std::ptrdiff_t(at[1]);
    out[site].assign(at + 2, at + 2 + count);
    at += 2 + count;
  }
  return out;
}

/// Visits of simulated instruments, without values.
std::vector<ObsRecord> visits(const Domain& domain) {
  std::vector<ObsRecord> out;
  if (std::ranges::none_of(domain.streams, [](const Stream& s) { return s.options->simulated; })) return out;
  const ObsTable table = Simulator(domain).visits(domain.experiment->time.start, domain.experiment->time.end, 1);
  for (std::size_t i = 0; i < table.size(); ++i) {
    const bool kept = domain.streams[std::size_t(table.type[i])].options->assimilate;
    out.push_back({table.id[i], table.point[i], table.type[i], table.column[i], table.begin[i], table.end[i],
                   table.lon[i], table.lat[i], std::nan(""), 1.0, table.level[i],
                   std::uint32_t(qc_bad_value) | (kept ? 0u : std::uint32_t(qc_withheld)), table.view_zenith_deg[i]});
  }
  return out;
}

}  // namespace

ModelRuns::ModelRuns(const Comm& comm, const Experiment& experiment, ModelRunOptions options)
    : self_(Comm::self()), options_(std::move(options)) {
  together(comm, [&] {
    domain_ = make_domain(self_, experiment);
    columns_ = by_id(domain_);
    coordinates_ = std::make_unique<ParameterCoordinates>(domain_, columns_, options_.defaults, options_.bounds_sd);
    for (int site = 0; site < sites(); ++site) coordinates_->box(site);  // the defaults leave room
    const Time first = begin() + -options_.warmup_s;
    weather_ = std::make_unique<SiteWeather>(domain_, spin_up_cycle(experiment, options_.warmup_s), first, end());
    for (const Stream& stream : domain_.streams) streams_.push_back(stream.options->name);
    if (options_.outputs) outputs_ = model_outputs(domain_.model->traits().layout);
    read_observations();
  });
  prepare(comm);
}

ModelRuns::~ModelRuns() = default;

std::string ModelRuns::name(int site) const {
  return point(site).name.empty() ? std::to_string(point(site).id) : point(site).name;
}

void ModelRuns::read_observations() {
  const ObservationStore store =
      ObservationStore::read(domain_, std::vector<std::vector<std::string>>(domain_.streams.size()));
  files_ = store.files();
  std::vector<ObsRecord> records = store.records();
  for (const ObsRecord& visit : visits(domain_)) records.push_back(visit);
  withhold_validation(records);
  std::vector<std::vector<ObsRecord>> of_column(static_cast<std::size_t>(domain_.columns()));
  for (const ObsRecord& r : records)
    if (r.column >= 0) of_column[std::size_t(r.column)].push_back(r);
  for (int site = 0; site < sites(); ++site)
    observations_.emplace_back(domain_, point(site), std::move(of_column[std::size_t(column(site))]), begin(), end());
}

void ModelRuns::withhold_validation(std::vector<ObsRecord>& records) const {
  if (options_.training.empty()) return;
  for (ObsRecord& r : records) {
    const Time t = middle(r.begin, r.end);
    const bool trains =
        std::ranges::any_of(options_.training, [&](const auto& span) { return t >= span.first && t < span.second; });
    if (!trains) r.flag |= qc_withheld;
  }
}

void ModelRuns::prepare(const Comm& comm) {
  equilibrium_.resize(std::size_t(sites()));
  const auto all = dealt(comm, sites(), [&](int site) { return prior(site); });
  for (int site = 0; site < sites(); ++site) {
    const auto& numbers = all[std::size_t(site)];
    auto& records = observations_[std::size_t(site)].records();
    const auto flags = numbers.end() - std::ptrdiff_t(records.size());
    equilibrium_[std::size_t(site)].assign(numbers.begin(), flags);
    for (std::size_t i = 0; i < records.size(); ++i) records[i].flag |= std::uint32_t(flags[std::ptrdiff_t(i)]);
  }
}

std::vector<double> ModelRuns::prior(int site) {
  const Matrix z = Matrix::Zero(1, Index(parameters().size()));
  if (options_.start == ModelRunOptions::Start::once) {
    SiteColumn member(*domain_.model, point(site), coordinates_->members(site, z, /*settled=*/true));
    member.equilibrate(weather_->cycle_begin(), weather_->cycle(column(site)));
    member.check_finite();
    ensure(!member.failed(0), "site ", name(site), ": the prior fails in its spin-up; look at its weather and its ",
           "parameters");
    equilibrium_[std::size_t(site)] = member.state(0);
  }
  const SiteObservations& observed = observations_[std::size_t(site)];
  const auto member = started(site, z);
  RunPredictions predictions(domain_, point(site), observed, 1, false);
  run_through(site, *member, weather_->days(),
              [&](const StepSpan& span) { predictions.see(span, member->view(), member->physical()); });
  predictions.finish(member->parameters());
  ensure(!member->failed(0), "site ", name(site), ": the run of the prior fails; look at its weather and its ",
         "parameters");
  std::vector<double> numbers = equilibrium_[std::size_t(site)];
  for (int i = 0; i < observed.count(); ++i) numbers.push_back(double(predictions.flag(i)));
  return numbers;
}

std::unique_ptr<SiteColumn> ModelRuns::started(int site, const Matrix& z) const {
  auto members = std::make_unique<SiteColumn>(*domain_.model, point(site), coordinates_->members(site, z));
  if (options_.start == ModelRunOptions::Start::once)
    members->start_from(equilibrium_[std::size_t(site)]);
  else
    members->equilibrate(weather_->cycle_begin(), weather_->cycle(column(site)));
  return members;
}

void ModelRuns::run_through(int site, SiteColumn& members, int days, const StepSeen& seen) const {
  const int c = column(site);
  const StepSeen unseen;
  for (int d = 0; d < days && !members.all_failed(); ++d) {
    const Time day = weather_->begin() + d * seconds_per_day;
    members.advance(day, weather_->day(c, d), weather_->steps(c, d), day < begin() ? unseen : seen);
  }
  members.check_finite();
}

int ModelRuns::days_of(int site, RunReach reach) const {
  if (reach != RunReach::training) return weather_->days();
  const Time end = observations_[std::size_t(site)].trained();
  return std::min(int((end - weather_->begin()) / seconds_per_day), weather_->days());
}

SiteRun ModelRuns::run(int site, const Matrix& z, RunReach reach) const {
  const bool series = reach == RunReach::series;
  const int days = days_of(site, reach);
  const SiteObservations& observed = observations_[std::size_t(site)];
  const auto members = started(site, z);
  RunPredictions predictions(domain_, point(site), observed, int(z.rows()), series);
  const std::vector<ModelOutput> nothing;
  RunOutputs outputs(*domain_.model, point(site), series ? outputs_ : nothing, begin(), observed.days(), int(z.rows()));
  run_through(site, *members, days, [&](const StepSpan& span) {
    predictions.see(span, members->view(), members->physical());
    outputs.see(span, members->view());
  });
  predictions.finish(members->parameters());
  SiteRun out;
  out.predictions.resize(z.rows(), observed.count());
  for (int i = 0; i < observed.count(); ++i) {
    const bool none = !observed.predicted_by(i, weather_->begin() + days * seconds_per_day);
    for (Index k = 0; k < z.rows(); ++k) out.predictions(k, i) = none ? 0.0 : predictions.of(i)[std::size_t(k)];
  }
  const auto add_series = [&](const auto& of_day) {
    Matrix& daily = out.series.emplace_back(z.rows(), observed.days());
    for (int d = 0; d < observed.days(); ++d)
      for (Index k = 0; k < z.rows(); ++k) daily(k, d) = of_day(d)[std::size_t(k)];
  };
  for (int s = 0; series && s < observed.streams(); ++s)
    add_series([&](int d) { return predictions.of(observed.daily(s, d)); });
  for (int o = 0; series && o < int(outputs_.size()); ++o) add_series([&](int d) { return outputs.of(o, d); });
  for (Index k = 0; k < z.rows(); ++k) {
    if (!members->failed(int(k)) && out.predictions.row(k).allFinite()) continue;
    out.predictions.row(k).setConstant(std::nan(""));
    for (Matrix& daily : out.series) daily.row(k).setConstant(std::nan(""));
  }
  return out;
}

void ModelRuns::observe(const Comm& comm, const Matrix& truth, std::uint64_t seed, double noise) {
  require(truth.rows() == sites() && truth.cols() == Index(parameters().size()), "twin: a truth of ", truth.rows(),
          " sites and ", truth.cols(), " parameters, there are ", sites(), " and ", parameters().size());
  const auto predicted = dealt(comm, sites(), [&](int site) {
    const SiteRun one = run(site, truth.row(site), RunReach::observations);
    ensure(one.predictions.size() == 0 || one.predictions.allFinite(), "site ", name(site),
           ": the run of the truth fails; choose other true parameters");
    return std::vector<double>(one.predictions.data(), one.predictions.data() + one.predictions.size());
  });
  const Random random(seed, Purpose::observation_error);
  for (int site = 0; site < sites(); ++site) {
    auto& records = observations_[std::size_t(site)].records();
    for (std::size_t i = 0; i < records.size(); ++i) {
      ObsRecord& r = records[i];
      const double value = predicted[std::size_t(site)][i];
      const Stream& stream = domain_.streams[std::size_t(r.type)];
      if (stream.options->simulated)
        r.error_sd = declared_error_sd(stream, value), r.flag &= ~std::uint32_t(qc_bad_value);
      r.value = value + noise * r.error_sd * random.normal({.cycle = r.type, .member = r.point, .id = r.id, .draw = 0});
    }
  }
}

}  // namespace tilth
