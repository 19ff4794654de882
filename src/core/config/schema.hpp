#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/node.hpp"

namespace tilth {

/// One documented option: what `tilth describe config`, the reference page and the resolved echo are made of.
struct OptionRecord {
  std::string path;      ///< e.g. `analysis.method.letkf.half_width_km`; list items as `observations[]`
  std::string kind;      ///< real, integer, text, flag, time, duration, section, list, one of, ...
  std::string fallback;  ///< default as text; empty when required
  std::string range, units, about;
  std::string value;     ///< resolved value (reading only)
  bool required = false;
};

/// Declares options once: the declaration reads the value, checks it, echoes it and documents it.
///
/// A structure of options has `void describe(Schema& s)` that calls one function per option. Reading: values present in
/// the file replace the defaults; a wrong type, a value out of range, a missing required key and (by `finish`) an unknown
/// key throw `Error` with file, line, path and remedy. Documenting: no file, nothing is changed.
class Schema {
 public:
  /// Reads from `node` (may be an absent node: all defaults).
  static Schema reading(const Node& node);
  /// Only collects records.
  static Schema documenting(std::string path);

  /// Fluent refinement of the option just declared; checks are made at once when reading.
  class Option {
   public:
    Option& in(double lower, double upper);        ///< inclusive range of a number (or of each number of a list)
    Option& above(double lower);                   ///< strictly greater
    Option& units(const std::string& unit);
    Option& one_of(std::vector<std::string> words);  ///< allowed words of a text (or of each word of a list)
    Option& required();                            ///< the key must be present
    Option& about(const std::string& sentence);

   private:
    friend class Schema;
    Schema* schema_ = nullptr;
    std::size_t record_ = 0;
    std::vector<double> numbers_;
    std::vector<std::string> words_;
    bool present_ = false;
    Node node_;
  };

  Option real(const std::string& key, double& value);
  Option integer(const std::string& key, std::int64_t& value);
  Option integer(const std::string& key, int& value);
  Option flag(const std::string& key, bool& value);
  Option text(const std::string& key, std::string& value);
  Option time(const std::string& key, Time& value);
  Option duration(const std::string& key, std::int64_t& seconds);
  Option reals(const std::string& key, std::vector<double>& values);
  Option words(const std::string& key, std::vector<std::string>& values);  ///< a scalar counts as a list of one

  /// A nested section: `key: {...}`. `Options` has `describe(Schema&)`.
  template <class Options>
  Option section(const std::string& key, Options& options) {
    return nested(key, [&options](Schema& s) { options.describe(s); });
  }
  /// A list of sections: `key: [{...}, {...}]`. `Options` is default constructible with `describe(Schema&)`.
  template <class Options>
  Option list(const std::string& key, std::vector<Options>& items) {
    return nested_list(
        key, [&items](std::size_t n) { items.assign(n, Options{}); },
        [&items](std::size_t i, Schema& s) {
          if (i < items.size()) return items[i].describe(s);
          Options sample;
          sample.describe(s);
        });
  }
  /// A map with free keys: `key: {name: {...}, ...}`, in file order.
  template <class Options>
  Option map(const std::string& key, std::vector<std::pair<std::string, Options>>& items) {
    return nested_map(
        key,
        [&items](const std::vector<std::string>& names) {
          items.clear();
          for (const auto& name : names) items.emplace_back(name, Options{});
        },
        [&items](std::size_t i, Schema& s) {
          if (i < items.size()) return items[i].second.describe(s);
          Options sample;
          sample.describe(s);
        });
  }
  /// One alternative of several: `key: {name: {options}}` or just `key: name`. `chosen` becomes the name; `describe` is
  /// called with the index of the alternative and a schema of its options. `names` in the order they are documented.
  Option alternative(const std::string& key, std::span<const std::string> names, std::string& chosen,
                     const std::function<void(std::size_t, Schema&)>& describe);
  /// A list of alternatives: `key: [{name: {options}}, name, ...]`; `describe` is called per item with its number.
  Option alternatives(const std::string& key, std::span<const std::string> names, std::vector<std::string>& chosen,
                      const std::function<void(std::size_t item, std::size_t alternative, Schema&)>& describe);

  bool is_reading() const;
  /// True when reading and `key` is given in the file.
  bool given(const std::string& key) const;
  /// Path of this section, for messages.
  const std::string& path() const;
  /// Throws `Error` for the first unknown key, with a suggestion. Called by `read_options`.
  void finish() const;
  std::span<const OptionRecord> records() const;

 private:
  Schema() = default;
  Option declare(const std::string& key, const std::string& kind, const std::string& fallback);
  Option nested(const std::string& key, const std::function<void(Schema&)>& describe);
  Option nested_list(const std::string& key, const std::function<void(std::size_t)>& resize,
                     const std::function<void(std::size_t, Schema&)>& describe);
  Option nested_map(const std::string& key, const std::function<void(const std::vector<std::string>&)>& resize,
                    const std::function<void(std::size_t, Schema&)>& describe);
  struct State;
  std::shared_ptr<State> state_;
};

/// Reads `options` from `node`, checks everything, returns the resolved records in order.
template <class Options>
std::vector<OptionRecord> read_options(const Node& node, Options& options) {
  Schema schema = Schema::reading(node);
  options.describe(schema);
  schema.finish();
  return {schema.records().begin(), schema.records().end()};
}

/// Records of every option of `Options` under `path`, with the defaults.
template <class Options>
std::vector<OptionRecord> document_options(const std::string& path) {
  Schema schema = Schema::documenting(path);
  Options options;
  options.describe(schema);
  return {schema.records().begin(), schema.records().end()};
}

/// Resolved options as YAML text that reads back to the same values.
std::string resolved_yaml(std::span<const OptionRecord> records);
/// The reference page (Markdown) of documented records.
std::string reference_page(std::span<const OptionRecord> records);

}  // namespace tilth
