#include "driver/calibrate/searches.hpp"

#include <cmath>

namespace tilth {

std::vector<SearchHistory> run_searches(ProblemCosts& costs,
                                        std::span<const std::unique_ptr<CalibrationSearch>> searches) {
  using What = SearchRequest::What;
  std::vector<SearchHistory> histories(searches.size());
  while (true) {
    std::vector<ProblemCosts::Part> parts;
    for (std::size_t p = 0; p < searches.size(); ++p)
      if (!searches[p]->finished()) parts.push_back({p, searches[p]->ask()});
    if (parts.empty()) return histories;
    const auto results = costs.evaluate(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      SearchHistory& history = histories[parts[i].problem];
      const auto runs = std::int64_t(results[i].size() * costs.problems()[parts[i].problem].sites.size());
      const What what = parts[i].request.what;
      history.runs += runs;
      if (what == What::gradient || what == What::least_squares) history.derivative_runs += runs;
      for (const SetResult& result : results[i]) {
        history.values.push_back(result.J);
        history.by_differences += result.by_differences;
        history.failed += std::isfinite(result.J) ? 0 : 1;
      }
      searches[parts[i].problem]->tell(results[i]);
    }
  }
}

}  // namespace tilth
