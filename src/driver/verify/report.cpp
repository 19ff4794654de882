#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "driver/verify/verify.hpp"

namespace tilth {

namespace {

nlohmann::json as_json(const std::vector<ScoreRow>& rows) {
  nlohmann::json out = nlohmann::json::array();
  for (const ScoreRow& r : rows) {
    out.push_back({{"name", r.name},
                   {"units", r.units},
                   {"observed", r.observed},
                   {"open_loop_rmse", r.open_loop_rmse},
                   {"analysis_rmse", r.analysis_rmse},
                   {"open_loop_spread", r.open_loop_spread},
                   {"analysis_spread", r.analysis_spread},
                   {"spread_over_rmse", r.analysis_rmse > 0.0 ? r.analysis_spread / r.analysis_rmse : 0.0},
                   {"open_loop_coverage90", r.open_loop_coverage},
                   {"coverage90", r.analysis_coverage}});
  }
  return out;
}

nlohmann::json as_json(const std::vector<TwinScore>& scores) {
  nlohmann::json out = nlohmann::json::object();
  for (const TwinScore& s : scores)
    out[s.name] = {{"units", s.units},       {"rmse_a", s.rmse_a},     {"rmse_f", s.rmse_f},
                   {"spread_a", s.spread_a}, {"spread_f", s.spread_f}, {"mean", s.mean}};
  return out;
}

void print(const char* title, const std::vector<TwinScore>& scores) {
  if (scores.empty()) return;
  fmt::print("\n{:<34}{:>12}{:>12}{:>12}{:>12}{:>12}\n", title, "rmse_f", "spread_f", "rmse_a", "spread_a", "mean");
  for (const TwinScore& s : scores)
    fmt::print("{:<34}{:>12.5g}{:>12.5g}{:>12.5g}{:>12.5g}{:>12.5g}\n", s.name, s.rmse_f, s.spread_f, s.rmse_a,
               s.spread_a, s.mean);
}

void print(const char* title, const std::vector<ScoreRow>& rows) {
  if (rows.empty()) return;
  fmt::print("\n{:<34}{:>14}{:>12}{:>12}{:>8}{:>12}{:>9}{:>7}\n", title, "units", "open loop", "analysis", "ratio",
             "spread", "spr/rmse", "cov90");
  for (const ScoreRow& r : rows)
    fmt::print("{:<34}{:>14}{:>12.4g}{:>12.4g}{:>8.2f}{:>12.4g}{:>9.2f}{:>7.2f}\n", r.name + (r.observed ? " *" : ""),
               r.units, r.open_loop_rmse, r.analysis_rmse,
               r.open_loop_rmse > 0 ? r.analysis_rmse / r.open_loop_rmse : 0.0, r.analysis_spread,
               r.analysis_rmse > 0 ? r.analysis_spread / r.analysis_rmse : 0.0, r.analysis_coverage);
}

}  // namespace

void report(const Domain& domain, const std::string& run, const Verification& v) {
  verify_run(domain, run, {{"analysis", v.parameters}});
  if (!domain.comm->root()) return;
  std::ofstream(run + "/verification.json")
      << nlohmann::json{{"variables", as_json(v.variables)},
                        {"parameters", as_json(v.parameters)},
                        {"windows",
                         {{"open_loop", as_json(v.open_loop_states)}, {"analysis", as_json(v.analysis_states)}}}}
             .dump(1)
      << "\n";
  print("RMSE against the nature run", v.variables);
  print("parameters (end of the run)", v.parameters);
  print("open loop, time mean", v.open_loop_states);
  print("analysis, time mean", v.analysis_states);
  if (!v.variables.empty() || !v.parameters.empty())
    fmt::print(
        "\n* observed, or updated. Area-weighted over all land cells and windows; spread and coverage of the "
        "analysis.\n");
  std::fflush(stdout);
}

namespace {

double median(std::vector<double> values) {
  std::erase_if(values, [](double x) { return !std::isfinite(x); });
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  return 0.5 * (values[(values.size() - 1) / 2] + values[values.size() / 2]);
}

/// Medians over the sites of a stream; `better` counts the sites whose RMSE fell.
struct StreamSummary {
  SiteScore median;
  int sites = 0, better = 0;
};

StreamSummary summarise(const std::vector<SiteScore>& scores, const std::string& stream) {
  StreamSummary out{{"median", stream, false, 0, {}, {}}, 0, 0};
  std::vector<double> values[8];
  for (const SiteScore& s : scores) {
    if (s.stream != stream) continue;
    const double here[8] = {s.prior.nse,     s.prior.rmse,     s.prior.bias,     s.prior.r,
                            s.posterior.nse, s.posterior.rmse, s.posterior.bias, s.posterior.r};
    for (int i = 0; i < 8; ++i) values[i].push_back(here[i]);
    out.median.assimilated = s.assimilated;
    out.median.n += s.n;
    out.better += s.posterior.rmse < s.prior.rmse;
    ++out.sites;
  }
  out.median.prior = {median(values[0]), median(values[1]), median(values[2]), median(values[3])};
  out.median.posterior = {median(values[4]), median(values[5]), median(values[6]), median(values[7])};
  return out;
}

void print_line(const SiteScore& s) {
  fmt::print("{:<10}{:<22}{:>6}{:>9.2f} ->{:>6.2f}{:>10.3g} ->{:>7.3g}{:>10.3g} ->{:>7.3g}{:>7.2f} ->{:>6.2f}", s.site,
             s.stream + (s.assimilated ? " *" : ""), s.n, s.prior.nse, s.posterior.nse, s.prior.rmse, s.posterior.rmse,
             s.prior.bias, s.posterior.bias, s.prior.r, s.posterior.r);
}

std::string csv_line(const SiteScore& s) {
  return fmt::format("{},{},{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g}", s.site, s.stream,
                     int(s.assimilated), s.n, s.prior.nse, s.posterior.nse, s.prior.rmse, s.posterior.rmse,
                     s.prior.bias, s.posterior.bias, s.prior.r, s.posterior.r);
}

constexpr const char* csv_head =
    "site,variable,assimilated,n,nse_prior,nse_posterior,rmse_prior,rmse_posterior,bias_prior,bias_posterior,r_prior,"
    "r_posterior";

}  // namespace

void report(const Domain& domain, const std::string& run, const std::vector<SiteScore>& scores) {
  if (!domain.comm->root()) return;
  std::ofstream csv(run + "/site_scores.csv"), medians(run + "/site_medians.csv");
  csv << csv_head << "\n";
  medians << csv_head << ",sites,rmse_better\n";
  fmt::print("\nwithheld observations: prior -> posterior\n{:<10}{:<22}{:>6}{:>18}{:>20}{:>20}{:>16}\n", "site",
             "stream", "n", "NSE", "RMSE", "bias", "r");
  for (const Stream& stream : domain.streams) {
    for (const SiteScore& s : scores) {
      if (s.stream != stream.options->name) continue;
      csv << csv_line(s) << "\n";
      print_line(s);
      fmt::print("\n");
    }
    const StreamSummary summary = summarise(scores, stream.options->name);
    if (summary.sites < 2) continue;
    medians << csv_line(summary.median) << "," << summary.sites << "," << summary.better << "\n";
    print_line(summary.median);
    fmt::print("   RMSE smaller at {} of {}\n\n", summary.better, summary.sites);
  }
  fmt::print("* assimilated before the withheld period. RMSE and bias in the units of the stream's operator.\n");
  std::fflush(stdout);
}

}  // namespace tilth
