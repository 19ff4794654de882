#include "driver/sets/variant.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

namespace {

std::vector<std::string> stream_names(const Experiment& e) {
  std::vector<std::string> names;
  for (const ObservationOptions& o : e.observations) names.push_back(o.name);
  return names;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string place(const Experiment& e, const std::string& name) { return text(e.file, ": experiments.", name); }

// `observations.sif.error_absolute` -> `observations[1].error_absolute`; what is shared by the set is refused.
std::string resolved_path(const Experiment& e, const std::string& name, const std::string& path) {
  const std::string where = place(e, name) + ".set." + path;
  const std::string shared =
      ": nature run, observations, start and open loop depend on it, and the experiments of a set share them; make it "
      "an "
      "experiment file of its own";
  const std::string observations = "observations.";
  if (!path.starts_with(observations)) {
    const bool own = path.starts_with("analysis.") || path == "control.states" || path == "control.rank_histogram";
    require(own, where, shared);
    return path;
  }
  const auto dot = path.find('.', observations.size());
  const std::string stream = path.substr(observations.size(), dot - observations.size());
  const auto names = stream_names(e);
  require(contains(names, stream), where, ": no stream is named '", stream, "'", did_you_mean(stream, names),
          "; known: ", joined(names));
  require(dot != std::string::npos, where, ": name an option of the stream, such as ", path, ".error_absolute");
  const std::string option = path.substr(dot + 1), first = option.substr(0, option.find_first_of(".["));
  for (const char* fixed : {"simulate", "operator", "files", "name", "bias"}) require(first != fixed, where, shared);
  const auto index = std::find(names.begin(), names.end(), stream) - names.begin();
  return text("observations[", index, "].", option);
}

// Whether an experiment of the set computes the impact of its observations.
bool judges(const Experiment& e, const std::string& name) {
  const auto& wanted = e.impact.experiments;
  if (!e.impact.on) return false;
  return wanted.empty() ? name == e.set.front().first : contains(wanted, name) || contains(wanted, "all");
}

}  // namespace

std::int64_t judging_experiments(const Experiment& e) {
  if (e.set.empty()) return e.impact.on ? 1 : 0;
  return std::count_if(e.set.begin(), e.set.end(), [&](const auto& entry) { return judges(e, entry.first); });
}

std::vector<std::string> set_names(const Experiment& e) {
  std::vector<std::string> names;
  for (const auto& [name, unused] : e.set) names.push_back(name);
  return names;
}

std::string set_folder(const std::string& run, const std::string& name) { return run + "/experiments/" + name; }

void check_set(const Experiment& e) {
  const auto streams = stream_names(e);
  for (const auto& [name, member] : e.set) {
    for (const char* taken : {"nature", "open_loop", "analysis", "observations", "chain", "all"})
      require(name != taken, place(e, name), ": '", taken, "' is the name of another part of a run; choose another");
    const bool plain =
        std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
    require(plain, place(e, name), ": not a name; use letters, digits, _ and -");
    for (const auto* list : {&member.without, &member.only})
      for (const std::string& stream : *list)
        require(contains(streams, stream), place(e, name), list == &member.only ? ".only" : ".without",
                ": no stream is named '", stream, "'", did_you_mean(stream, streams), "; known: ", joined(streams));
  }
  const auto names = set_names(e);
  for (const std::string& name : e.impact.experiments)
    require(name == "all" || contains(names, name), e.file, ": impact.experiments: no experiment is named '", name, "'",
            did_you_mean(name, names), names.empty() ? "; there is no set, leave it out" : "; known: " + joined(names));
  for (const std::string& name : e.verification.forecasts.experiments)
    require(contains(names, name), e.file, ": verification.forecasts.experiments: no experiment is named '", name, "'",
            did_you_mean(name, names), names.empty() ? "; there is no set, leave it out" : "; known: " + joined(names));
  require(!e.verification.forecasts.on || e.output.products.every != "month", e.file,
          ": verification.forecasts: forecasts end with windows, which complete no months of output.products.every; "
          "set that to window or day");
}

Experiment variant(const Experiment& e, const std::string& name) {
  const auto found = std::find_if(e.set.begin(), e.set.end(), [&](const auto& entry) { return entry.first == name; });
  const auto names = set_names(e);
  require(found != e.set.end(), e.file, ": experiments: no experiment is named '", name, "'", did_you_mean(name, names),
          "; known: ", joined(names));
  const SetMember& member = found->second;
  std::vector<std::string> assignments = e.assignments;
  for (const auto& [path, value] : member.set) assignments.push_back(resolved_path(e, name, path) + "=" + value);
  Experiment out;
  try {
    out = Experiment::load(e.file, assignments);
  } catch (const Error& error) {
    throw Error(text(place(e, name), ".set: ", error.what()));
  }
  const std::string folder = set_folder(e.run.output, name);
  out.run.output = folder;
  for (ObservationOptions& o : out.observations) {
    const bool kept = member.only.empty() ? !contains(member.without, o.name) : contains(member.only, o.name);
    if (kept) continue;
    o.denied = o.assimilate;
    o.assimilate = false;
  }
  out.impact.on = judges(e, name);
  const auto& forecasting = e.verification.forecasts.experiments;
  if (!forecasting.empty() && !contains(forecasting, name)) out.verification.forecasts.on = false;
  return out;
}

std::vector<Experiment> variants(const Experiment& e) {
  std::vector<Experiment> out;
  for (const auto& [name, unused] : e.set) out.push_back(variant(e, name));
  return out;
}

}  // namespace tilth
