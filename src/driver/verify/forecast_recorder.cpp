#include "driver/verify/forecast_recorder.hpp"

#include <filesystem>

#include "core/base/error.hpp"
#include "driver/bias_correction.hpp"
#include "driver/checkpoint.hpp"
#include "driver/product_output.hpp"
#include "driver/timer.hpp"
#include "driver/window_analysis.hpp"
#include "driver/window_forecast.hpp"
#include "io/feedback.hpp"

namespace tilth {

ForecastRecorder::ForecastRecorder(const Domain& domain, std::string folder, Observations observations)
    : domain_(domain),
      folder_(std::move(folder)),
      observations_(std::move(observations)),
      products_(experiment_products(domain), domain.columns(), domain.experiment->ensemble.size),
      means_(domain, domain.experiment->ensemble.size),
      diagnostics_(domain) {
  together(*domain.comm, [&] {
    for (std::int64_t k = 1; domain.comm->root() && k <= domain.experiment->verification.forecasts.lead; ++k)
      std::filesystem::create_directories(forecast_folder(folder_, k) + "/feedback");
  });
}

void ForecastRecorder::start() {
  for (std::int64_t k = 1; k <= domain_.experiment->verification.forecasts.lead; ++k)
    for (const char* leaf : {"", "/feedback"}) clear_folder(*domain_.comm, forecast_folder(folder_, k) + leaf);
}

bool ForecastRecorder::begins_at(std::int64_t cycle) const {
  const ForecastOptions& o = domain_.experiment->verification.forecasts;
  const std::int64_t from = domain_.experiment->verification.from_window;
  return cycle >= from && (cycle - from) % o.every == 0 && cycle + o.lead < domain_.experiment->windows();
}

void ForecastRecorder::record(std::int64_t cycle, const Members& members) {
  const Phase phase("forecasts");
  for (Flight& flight : flights_) advance(flight, cycle);
  const std::int64_t lead = domain_.experiment->verification.forecasts.lead;
  while (!flights_.empty() && flights_.front().cycle + lead <= cycle) flights_.pop_front();
  if (begins_at(cycle)) flights_.push_back({cycle, std::make_unique<Members>(members)});
}

void ForecastRecorder::advance(Flight& flight, std::int64_t cycle) {
  const Experiment& e = *domain_.experiment;
  const Time begin = e.window_begin(cycle), end = e.window_end(cycle);
  Members& members = *flight.members;
  std::vector<std::int64_t> replaced(members.failures().begin(), members.failures().end());
  ObsTable obs = observations_(begin, end, members.size());
  forecast_window(members, begin, end, obs, products_);
  for (std::size_t c = 0; c < replaced.size(); ++c) replaced[c] = members.failures(int(c)) - replaced[c];
  diagnostics_.keep_forecast(products_);
  const std::string folder = forecast_folder(folder_, cycle - flight.cycle);
  const std::string label = "forecast, " + format_duration((cycle - flight.cycle) * e.time.window_s) + " ahead";
  const FeedbackColumns feedback = check_observations(domain_, obs);
  const bool observed = e.output.feedback && domain_.comm->sum(std::int64_t(obs.size())) > 0;
  std::vector<std::string> names;
  for (const Stream& stream : domain_.streams) names.push_back(stream.options->name);
  writing([&] {
    if (e.output.products.on) {
      ProductOutput output(members, products_.definitions(), folder, label, nullptr, true);
      output.write(begin, end, products_, means_, diagnostics_, replaced);
      output.sync();
    }
    if (observed)
      write_feedback(*domain_.comm, folder + "/feedback/" + format_time(begin) + ".nc", feedback, names,
                     corrected_streams(domain_));
  });
}

void ForecastRecorder::save(CheckpointWriter& file) const {
  file.attribute("forecasts", std::int64_t(flights_.size()));
  std::int64_t number = 0;
  for (const Flight& flight : flights_) {
    const std::string prefix = text("forecast", number++, "_");
    file.attribute(prefix + "cycle", flight.cycle);
    save_members(file, prefix, *flight.members);
  }
}

void ForecastRecorder::load(const CheckpointReader& file) {
  const Experiment& e = *domain_.experiment;
  require(file.has("forecasts"), file.path(),
          ": is of a run without verification.forecasts; restore the option, or start anew without --resume");
  flights_.clear();
  for (std::int64_t i = 0; i < file.integer("forecasts"); ++i) {
    const std::string prefix = text("forecast", i, "_");
    flights_.push_back({file.integer(prefix + "cycle"),
                        std::make_unique<Members>(domain_, MemberRole{e.ensemble.size, 0, std::uint64_t(e.run.seed)})});
    load_members(file, prefix, *flights_.back().members);
  }
}

std::unique_ptr<ForecastRecorder> forecast_recorder(const Domain& domain, const CycleOptions& options,
                                                    CycleHooks& hooks) {
  if (!options.assimilate || !domain.experiment->verification.forecasts.on) return nullptr;
  auto recorder = std::make_unique<ForecastRecorder>(domain, options.folder, hooks.observations);
  if (!options.resume) recorder->start();
  hooks.memory.push_back(recorder.get());
  hooks.analysed = [&recorder = *recorder](std::int64_t cycle, const Members& members) {
    recorder.record(cycle, members);
  };
  return recorder;
}

std::int64_t forecasting_experiments(const Experiment& e) {
  const ForecastOptions& o = e.verification.forecasts;
  if (!o.on || e.set.empty()) return o.on ? 1 : 0;
  return std::int64_t(o.experiments.empty() ? e.set.size() : o.experiments.size());
}

std::string forecast_folder(const std::string& part, std::int64_t lead) { return text(part, "/forecasts/lead_", lead); }

double lead_days(const Experiment& e, std::int64_t lead) {
  return double(lead * e.time.window_s) / double(seconds_per_day);
}

std::string forecast_name(const std::string& part) { return part == "analysis" ? "forecast" : "forecast:" + part; }

}  // namespace tilth
