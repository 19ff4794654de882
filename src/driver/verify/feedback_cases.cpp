#include <algorithm>
#include <cmath>

#include "driver/verify/observation_cases.hpp"

namespace tilth {

namespace {

constexpr double normal_90 = 1.6448536269514722;  // half width of the central 90 % of a standard normal

}  // namespace

FeedbackCases::FeedbackCases(const Domain& domain, const ObservationCases& all, std::vector<std::size_t> wanted,
                             std::vector<std::size_t> chosen)
    : domain_(domain), all_(all), wanted_(std::move(wanted)) {
  const int members = domain.experiment->ensemble.size;
  for (const std::size_t p : wanted_)
    sources_.push_back({all.parts[p].name, all.parts[p].lead_days, members, true, true, members > 1, false});
  std::vector<double> any(all.times.size(), 0.0);
  for (const std::size_t i : chosen) any[std::size_t(all.cases[i].record)] = 1.0;
  domain.comm->max(any);
  std::vector<int> number(any.size(), -1);
  for (std::size_t r = 0; r < any.size(); ++r) {
    if (any[r] == 0.0) continue;
    number[r] = int(records_.size());
    records_.push_back(int(r));
    times_.push_back(all.times[r]);
  }
  chosen_.resize(records_.size());
  for (const std::size_t i : chosen) chosen_[std::size_t(number[std::size_t(all.cases[i].record)])].push_back(i);
}

void FeedbackCases::read(int r, Detail, Cases& cases) {
  cases.clear(sources_.size());
  const std::vector<std::size_t>& here = chosen_[std::size_t(r)];
  for (const std::size_t i : here) {
    const ObservationCases::Case& c = all_.cases[i];
    cases.cell.push_back(c.tower < 0 ? c.column : domain_.columns() + c.tower);
    cases.weight.push_back(1.0);
    cases.truth.push_back(c.value);
    cases.observation_variance.push_back(c.error_variance);
  }
  for (std::size_t s = 0; s < wanted_.size(); ++s) {
    ForecastCases& f = cases.forecasts[s];
    f.present = all_.is_present(records_[std::size_t(r)], wanted_[s]);
    if (!f.present) continue;
    for (const std::size_t i : here) {
      const ObservationCases::Case& c = all_.cases[i];
      const Foreseen& x = all_.of(i, wanted_[s]);
      f.mean.push_back(x.mean);
      f.sd.push_back(x.sd);
      f.inside.push_back(std::abs(c.value - x.mean) <= normal_90 * std::sqrt(x.sd * x.sd + c.error_variance));
      f.crps.push_back(x.crps);
      f.crps_fair.push_back(x.crps_fair);
      f.rank.push_back(x.rank);
    }
  }
}

std::vector<int> FeedbackCases::tower_columns() const {
  std::vector<int> columns(all_.towers.size(), -1);
  for (const auto& record : chosen_)
    for (const std::size_t i : record)
      if (all_.cases[i].tower >= 0) columns[std::size_t(all_.cases[i].tower)] = all_.cases[i].column;
  return columns;
}

std::vector<std::string> FeedbackCases::tower_names() const {
  std::vector<double> any;
  for (const int column : tower_columns()) any.push_back(column >= 0 ? 1.0 : 0.0);
  domain_.comm->max(any);
  std::vector<std::string> names;
  for (std::size_t t = 0; t < any.size(); ++t) names.push_back(any[t] > 0.0 ? all_.towers[t].name : "");
  return names;
}

}  // namespace tilth
