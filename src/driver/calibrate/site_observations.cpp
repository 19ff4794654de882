#include "driver/calibrate/site_observations.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace tilth {
namespace {

// An instant may be a date, then it is seen on the whole of its day.
Time last_day(const ObsRecord& r) { return midnight(r.end > r.begin ? r.end + -1 : r.begin); }

}  // namespace

SiteObservations::SiteObservations(const Domain& domain, const GridPoint& point, std::vector<ObsRecord> records,
                                   Time begin, Time end)
    : domain_(&domain),
      lon_(point.lon),
      begin_(begin),
      days_(int((end - begin) / seconds_per_day)),
      streams_(int(domain.streams.size())),
      records_(std::move(records)),
      level_(domain.streams.size(), std::nan("")) {
  std::ranges::sort(records_, [](const ObsRecord& a, const ObsRecord& b) {
    return std::tuple(a.type, middle(a.begin, a.end), a.id) < std::tuple(b.type, middle(b.begin, b.end), b.id);
  });
  for (auto r = records_.rbegin(); r != records_.rend(); ++r) level_[std::size_t(r->type)] = r->level;
  std::vector<std::vector<int>> by_day(static_cast<std::size_t>(days_));
  for (int i = 0; i < count(); ++i) {
    const ObsRecord& r = records_[std::size_t(i)];
    const std::int64_t first = (midnight(r.begin) - begin_) / seconds_per_day;
    const std::int64_t last = (last_day(r) - begin_) / seconds_per_day;
    for (std::int64_t d = std::max<std::int64_t>(first, 0); d <= std::min<std::int64_t>(last, days_ - 1); ++d)
      by_day[std::size_t(d)].push_back(i);
  }
  for (const auto& day : by_day) {
    first_.push_back(int(touching_.size()));
    touching_.insert(touching_.end(), day.begin(), day.end());
  }
  first_.push_back(int(touching_.size()));
}

Predictand SiteObservations::predictand(int i) const {
  const Stream& stream = domain_->streams[std::size_t(this->stream(i))];
  if (i < count()) {
    const ObsRecord& r = records_[std::size_t(i)];
    return {&stream, r.begin, r.end, r.lon, r.level, r.view_zenith_deg};
  }
  const Time day = begin_ + (i - count()) % days_ * seconds_per_day;
  return {&stream, day, day + seconds_per_day, lon_, level_[std::size_t(this->stream(i))]};
}

Time SiteObservations::trained() const {
  Time end = begin_;
  for (const ObsRecord& r : records_)
    if (r.flag == qc_used) end = std::max(end, last_day(r) + seconds_per_day);
  return end;
}

bool SiteObservations::predicted_by(int i, Time end) const {
  const ObsRecord& r = records_[std::size_t(i)];
  return !(r.flag & qc_no_prediction) && last_day(r) < end;
}

std::span<const int> SiteObservations::of_day(Time day) const {
  const std::int64_t d = (day - begin_) / seconds_per_day;
  if (day < begin_ || d >= days_) return {};
  const auto first = std::size_t(first_[std::size_t(d)]), last = std::size_t(first_[std::size_t(d) + 1]);
  return std::span(touching_).subspan(first, last - first);
}

}  // namespace tilth
