#include "driver/calibrate/scope/scope_results.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

double median_of(std::vector<double> values) {
  return values.empty() ? double(NAN) : calibration::quantile(std::move(values), 0.5);
}

ScopeMedian median_of(const std::vector<const ScaleScore*>& scores) {
  ScopeMedian out;
  out.median.n = 0.0;
  for (const ScaleScore* one : scores) {
    out.median.n += one->n;
    out.sites += std::isfinite(one->rmse) ? 1 : 0;
  }
  for (int k = 1; k < ScaleScore::count; ++k) {
    std::vector<double> values;
    for (const ScaleScore* one : scores)
      if (std::isfinite(one->begin()[k])) values.push_back(one->begin()[k]);
    out.median.begin()[k] = median_of(std::move(values));
  }
  return out;
}

void append(std::string& out, const char* format, const auto&... values) {
  char line[160];
  std::snprintf(line, sizeof line, format, values...);
  out += line;
}

}  // namespace

std::vector<ScopeSiteScores> scope_scores(RunPool& pool, const std::vector<ScopeParameters>& parameters) {
  const SiteRuns& runs = pool.runs();
  const int streams = int(runs.streams().size());
  std::vector<RunTask> tasks;
  for (const ScopeParameters& scope : parameters)
    for (std::size_t i = 0; i < scope.sites.size(); ++i)
      tasks.push_back({scope.sites[i], scope.z.row(Index(i)).transpose()});
  const auto numbers = pool.evaluate(
      "scope_scores", tasks, RunReach::observations, [&](const RunTask& task, const Vector& predictions, const auto&) {
        return SiteScores::of(streams, runs.observations(task.site), predictions).numbers();
      });
  std::vector<ScopeSiteScores> out;
  std::size_t next = 0;
  for (const ScopeParameters& scope : parameters)
    for (const int site : scope.sites)
      out.push_back({scope.scope, scope.fold >= 0, site, SiteScores::from(streams, numbers[next++])});
  return out;
}

std::vector<ScopeMedian> scope_medians(const SiteRuns& runs, const std::vector<ScopeSiteScores>& scores) {
  std::vector<ScopeMedian> out;
  for (const std::string& scope : scope_names())
    for (const bool held_out : {false, true})
      for (int s = 0; s < int(runs.streams().size()); ++s)
        for (const Years years : {Years::training, Years::validation})
          for (int scale = 0; scale < scale_count; ++scale) {
            std::vector<const ScaleScore*> chosen;
            for (const ScopeSiteScores& one : scores)
              if (one.scope == scope && one.held_out == held_out)
                chosen.push_back(&one.scores.at(s, years, Scale(scale)));
            ScopeMedian median = median_of(chosen);
            if (median.sites == 0) continue;
            median.scope = scope;
            median.stream = runs.streams()[std::size_t(s)];
            median.held_out = held_out;
            median.years = years;
            median.scale = Scale(scale);
            out.push_back(std::move(median));
          }
  return out;
}

std::string scope_table(const SiteRuns& runs, const std::vector<ScopeMedian>& medians) {
  std::string out = "median daily NSE    sites     years      ";
  for (const std::string& stream : runs.streams()) append(out, "%14s", stream.c_str());
  for (const bool held_out : {false, true})
    for (const Years years : {Years::training, Years::validation})
      for (const std::string& scope : scope_names()) {
        std::string line;
        append(line, "\n%-19s %-9s %-11s", scope.c_str(), held_out ? "held out" : "all",
               years_words[int(years)].c_str());
        bool any = false;
        for (const std::string& stream : runs.streams()) {
          const auto found = std::ranges::find_if(medians, [&](const ScopeMedian& m) {
            return m.scope == scope && m.held_out == held_out && m.years == years && m.scale == Scale::day &&
                   m.stream == stream;
          });
          any = any || found != medians.end();
          if (found == medians.end())
            append(line, "%14s", "-");
          else
            append(line, "%14.3f", found->median.nse);
        }
        if (any) out += line;
      }
  return out;
}

}  // namespace tilth
