#pragma once

#include <span>
#include <string>
#include <vector>

#include "driver/domain.hpp"
#include "driver/members.hpp"
#include "driver/twin.hpp"

namespace tilth {

/// Scores of a variable or a parameter, open loop against analysis.
struct ScoreRow {
  std::string name, units;
  bool observed = false;
  double open_loop_rmse = 0.0, analysis_rmse = 0.0, open_loop_spread = 0.0, analysis_spread = 0.0;
  double open_loop_coverage = 0.0, analysis_coverage = 0.0;  ///< share of truths inside the 5-95 % interval
};

struct Verification {
  std::vector<ScoreRow> variables, parameters;
  std::vector<TwinScore> open_loop_states, analysis_states;  ///< empty unless `verification.states`
};

/// Whether a stream that is assimilated observes this product directly.
bool is_observed(std::span<const ObservationOptions> observations, const std::string& product);

/// Area-weighted scores of the products in `run/open_loop` and `run/analysis` against `run/nature`, all records from
/// the start of window `first`. Coverage is NaN unless the quantiles 0.05 and 0.95 are written. Collective.
std::vector<ScoreRow> score_products(const Domain& domain, const std::string& run, std::int64_t first);

/// Scores of the uncertain parameters of two ensembles against the true ones, PFTs weighted by the area they cover.
/// Collective.
std::vector<ScoreRow> score_parameters(const Domain& domain, Members& nature, Members& open_loop, Members& analysis);

/// Scores of one site and stream on withheld observations, open loop ("prior") against analysis ("posterior").
struct SiteScore {
  std::string site, stream;
  bool assimilated = false;
  std::int64_t n = 0;
  struct Skill {
    double nse = 0.0, rmse = 0.0, bias = 0.0, r = 0.0;
  } prior, posterior;
};

/// Nash-Sutcliffe efficiency 1 - sum (o - p)^2 / sum (o - mean o)^2 (Nash & Sutcliffe 1970), root mean square error,
/// bias (predicted minus observed) and Pearson correlation; NaN where a variance is 0. @pre equal lengths, not empty
SiteScore::Skill skill(std::span<const double> observed, std::span<const double> predicted);

/// Scores of the feedback files under `run/open_loop/feedback` and `run/analysis/feedback`. Collective.
std::vector<SiteScore> score_sites(const Domain& domain, const std::string& run);

/// Writes verification.json, verification.nc and the table as text on standard output (rank 0). Collective.
void report(const Domain& domain, const std::string& run, const Verification& verification);
/// Writes site_scores.csv and the table as text on standard output (rank 0). Collective.
void report(const Domain& domain, const std::string& run, const std::vector<SiteScore>& scores);

}  // namespace tilth
