// Scores against observations that were not assimilated.
#include <algorithm>
#include <filesystem>
#include <map>

#include "driver/log.hpp"
#include "driver/sets/variant.hpp"
#include "driver/verify/observation_cases.hpp"
#include "driver/verify/seasonal_cycle.hpp"
#include "driver/verify/verify.hpp"

namespace tilth {

namespace {

using Numbers = std::vector<std::size_t>;

bool is_in(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Parts with feedback: open loop, analysis, experiments that have come to their end. Collective.
std::vector<FeedbackPart> feedback_parts(const Domain& domain, const std::string& run) {
  const Comm& comm = *domain.comm;
  const auto there = [&](const std::string& path) { return comm.any(comm.root() && std::filesystem::exists(path)); };
  std::vector<FeedbackPart> parts;
  for (const std::string name : {"open_loop", "analysis"})
    if (there(run + "/" + name + "/feedback")) parts.push_back({name, run + "/" + name});
  for (const std::string& name : set_names(*domain.experiment)) {
    const std::string folder = set_folder(run, name);
    const bool complete = there(folder + "/restart/restart_" + format_time(domain.experiment->time.end) + ".nc");
    if (complete && there(folder + "/feedback"))
      parts.push_back({name, folder});
    else if (comm.root())
      log_warning(folder + ": not complete, left out of the scores against observations");
  }
  std::vector<std::pair<std::string, std::string>> runs;
  for (const FeedbackPart& part : parts) runs.emplace_back(part.name, part.folder);
  for (const FeedbackPart& f : forecast_parts(domain, runs))
    if (there(f.folder + "/feedback")) parts.push_back(f);
  return parts;
}

/// Which part of the run assimilates which streams.
class Use {
 public:
  explicit Use(const Experiment& e) : base_(e) {
    for (const std::string& name : set_names(e)) variants_.emplace_back(name, variant(e, name).observations);
  }
  /// Of the open loop what the whole file says.
  bool assimilates(const std::string& part, std::size_t stream) const {
    for (const auto& [name, observations] : variants_)
      if (name == part) return observations[stream].assimilate;
    return base_.observations[stream].assimilate;
  }

 private:
  const Experiment& base_;
  std::vector<std::pair<std::string, std::vector<ObservationOptions>>> variants_;
};

/// Scores of one run, stream by stream.
class Scorer {
 public:
  Scorer(const Domain& domain, const ObservationCases& all, VerificationTables& out)
      : domain_(domain), use_(*domain.experiment), all_(all), out_(out), by_stream_(domain.streams.size()) {
    for (std::size_t p = 0; p < all.parts.size(); ++p) every_.push_back(p);
    for (std::size_t i = 0; i < all.cases.size(); ++i) by_stream_[std::size_t(all.cases[i].stream)].push_back(i);
  }

  /// What no part could have used. Collective.
  void withheld() {
    std::vector<Numbers> chosen;
    for (const Numbers& stream : by_stream_) chosen.push_back(selected(stream, every_, true));
    keep_withheld_period(domain_, all_, chosen);
    for (std::size_t k = 0; k < chosen.size(); ++k)
      has_withheld_.push_back(score(k, "withheld", every_, chosen[k], true));
  }

  /// Streams that some experiments leave out and others assimilate: scores of those that leave them out. Collective.
  void denied() {
    for (std::size_t k = 0; k < by_stream_.size(); ++k) {
      Numbers parts;
      bool left_out = false;
      for (const std::size_t p : every_) {
        const std::string& part = all_.parts[p].of();
        const bool without = !use_.assimilates(part, k);
        if (without || part == "open_loop") parts.push_back(p);
        left_out = left_out || (without && part != "open_loop");
      }
      if (!left_out || parts.size() == every_.size()) continue;
      Numbers chosen = selected(by_stream_[k], parts, true);
      std::erase_if(chosen, [&](std::size_t i) { return all_.has(i, every_, true); });
      score(k, "denied", parts, chosen, !has_withheld_[k]);
    }
  }

  /// All observations, before the analysis that may use them. Collective.
  void forthcoming() {
    for (std::size_t k = 0; k < by_stream_.size(); ++k)
      score(k, "forthcoming", every_, selected(by_stream_[k], every_, false), false);
  }

 private:
  Numbers selected(const Numbers& cases, const Numbers& parts, bool kept) const {
    Numbers out;
    std::copy_if(cases.begin(), cases.end(), std::back_inserter(out),
                 [&](std::size_t i) { return all_.has(i, parts, kept); });
    return out;
  }

  bool score(std::size_t k, const std::string& reference, const Numbers& parts, const Numbers& chosen, bool towers) {
    FeedbackCases reader(domain_, all_, parts, chosen);
    if (reader.times().empty()) return false;
    Groups groups(domain_, reference);
    groups.add_towers(towers ? reader.tower_names() : std::vector<std::string>(all_.towers.size()),
                      reader.tower_columns());
    const ObservationOptions& o = *domain_.streams[k].options;
    std::map<std::string, bool> observed;
    for (const std::size_t p : parts) observed[all_.parts[p].name] = use_.assimilates(all_.parts[p].of(), k);
    const ScoredVariable variable{o.name, "stream", domain_.streams[k].op->traits().units, o.assimilate};
    add_scores(domain_, reader, groups, variable, {}, observed, out_);
    return true;
  }

  const Domain& domain_;
  Use use_;
  const ObservationCases& all_;
  VerificationTables& out_;
  Numbers every_;
  std::vector<Numbers> by_stream_;
  std::vector<bool> has_withheld_;
};

}  // namespace

void score_observations(const Domain& domain, const std::string& run, VerificationTables& out) {
  const auto& references = domain.experiment->verification.references;
  const bool withheld = is_in(references, "withheld"), used = is_in(references, "forthcoming");
  if (!withheld && !used) return;
  const auto parts = feedback_parts(domain, run);
  const bool any = std::any_of(parts.begin(), parts.end(), [](const auto& p) { return p.of() != "open_loop"; });
  if (!any) return;
  const ObservationCases all = observation_cases(domain, parts, used);
  Scorer scorer(domain, all, out);
  if (withheld) {
    scorer.withheld();
    scorer.denied();
  }
  if (used) scorer.forthcoming();
}

}  // namespace tilth
