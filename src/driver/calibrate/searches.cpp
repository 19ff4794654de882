#include "driver/calibrate/searches.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

std::vector<SearchHistory> run_searches(ProblemCosts& costs,
                                        std::span<const std::unique_ptr<CalibrationSearch>> searches) {
  using What = SearchRequest::What;
  std::vector<SearchHistory> histories(searches.size());
  while (true) {
    std::vector<ProblemCosts::Part> parts;
    for (std::size_t p = 0; p < searches.size(); ++p)
      if (histories[p].broken.empty() && !searches[p]->finished()) parts.push_back({p, searches[p]->ask()});
    if (parts.empty()) return histories;
    const auto results = costs.evaluate(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      SearchHistory& history = histories[parts[i].problem];
      const auto runs = std::int64_t(results[i].size() * costs.problems()[parts[i].problem].sites.size());
      const What what = parts[i].request.what;
      history.runs += runs;
      if (what == What::gradient || what == What::least_squares) history.derivative_runs += runs;
      for (std::size_t k = 0; k < results[i].size(); ++k) {
        const double J = results[i][k].J;
        history.values.push_back(J);
        history.by_differences += results[i][k].by_differences;
        history.failed += std::isfinite(J) ? 0 : 1;
        if (!(J < history.best.value)) continue;
        history.best.value = J;
        history.best.best = parts[i].request.z.row(calibration::Index(k)).transpose();
      }
      try {
        searches[parts[i].problem]->tell(results[i]);
      } catch (const Error& error) {
        history.broken = error.what();
      } catch (const Failure& failure) {
        history.broken = failure.what();
      }
    }
  }
}

}  // namespace tilth
