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

struct SchemaState;

/// One documented option: what `tilth describe config`, the reference page and the resolved echo are made of.
struct OptionRecord {
  std::string path;      ///< e.g. `analysis.method.letkf.half_width_km`; list items as `observations[]`
  std::string kind;      ///< real, integer, text, flag, time, duration, section, list, map, one of, alternative, ...
  std::string fallback;  ///< default as YAML; empty when required or when there is no usable default
  std::string range, units, about;
  std::string value;  ///< resolved value as YAML (reading only); of lists and maps without what their items hold;
                      ///< empty for what the echo leaves out: no usable default, or not given where being given counts
  bool required = false;
};

/// Declares options once: the declaration reads the value, checks it, echoes it and documents it.
///
/// A structure of options has `void describe(Schema& s)` that calls one function per option. Reading: values present in
/// the file replace the defaults; a wrong type, a value out of range, a missing required key and (by `finish`) an
/// unknown key throw `Error` with file, line, path and remedy. Documenting: no file, nothing is changed. A default
/// outside the option's own range (such as NaN, or a negative number for "not given") is not shown.
class Schema {
 public:
  /// Reads from `node` (may be an absent node: all defaults).
  static Schema reading(const Node& node);
  /// Only collects records.
  static Schema documenting(std::string path);

  /// Fluent refinement of the option just declared; checks are made at once when reading.
  class Option {
   public:
    Option& in(double lower, double upper);  ///< inclusive range of a number (or of each number of a list)
    Option& above(double lower);             ///< strictly greater
    Option& units(const std::string& unit);
    Option& one_of(std::vector<std::string> words);  ///< allowed words of a text (or of each word of a list)
    Option& required();                              ///< the key must be present
    Option& about(const std::string& sentence);

   private:
    friend class Schema;
    OptionRecord& record() const;
    void check_numbers(const std::string& range, const std::function<bool(double)>& good);
    void refuse(const Node& node, const std::string& expected) const;

    std::shared_ptr<SchemaState> state_;
    std::size_t index_ = 0;        // of the record
    std::vector<double> numbers_;  // to be checked, with their places
    std::vector<std::string> words_;
    std::vector<Node> nodes_;
    Node node_;
    bool present_ = false;
  };

  Option real(const std::string& key, double& value);
  Option integer(const std::string& key, std::int64_t& value);
  Option integer(const std::string& key, int& value);
  Option flag(const std::string& key, bool& value);
  Option text(const std::string& key, std::string& value);
  Option time(const std::string& key, Time& value);
  Option duration(const std::string& key, std::int64_t& seconds);
  Option time_offset(const std::string& key, std::int64_t& seconds);  ///< a duration or, with a minus, back in time
  Option reals(const std::string& key, std::vector<double>& values);
  Option words(const std::string& key, std::vector<std::string>& values);  ///< a scalar counts as a list of one
  /// Assignments to options elsewhere, `key: {a.b[0].c: value, ...}` in file order: pairs of path and value as YAML.
  Option assignments(const std::string& key, std::vector<std::pair<std::string, std::string>>& pairs);

  /// A nested section: `key: {...}`. `Options` has `describe(Schema&)`.
  template <class Options>
  Option section(const std::string& key, Options& options) {
    return nested(key, [&options](Schema& s) { options.describe(s); });
  }
  /// A section that can be left out: `key: {...}`, or `key: false`, or `key: true` for its defaults.
  template <class Options>
  Option section_or_false(const std::string& key, bool& on, Options& options) {
    return nested_or_false(key, on, [&options](Schema& s) { options.describe(s); });
  }
  /// A list of sections: `key: [{...}, {...}]`. `Options` is default constructible with `describe(Schema&)`. A list in
  /// the file replaces all default items.
  template <class Options>
  Option list(const std::string& key, std::vector<Options>& items) {
    return nested_list(
        key, items.size(), [&items](std::size_t n) { items.assign(n, Options{}); },
        [&items](std::size_t i, Schema& s) {
          if (i < items.size()) return items[i].describe(s);
          Options sample;
          sample.describe(s);
        });
  }
  /// A map with free keys: `key: {name: {...}, ...}`, in file order; it replaces all default items. An item may also be
  /// `word`, unless that is empty, which stands for its defaults.
  template <class Options>
  Option map(const std::string& key, std::vector<std::pair<std::string, Options>>& items,
             const std::string& word = "") {
    std::vector<std::string> defaults;
    for (const auto& item : items) defaults.push_back(item.first);
    return nested_map(
        key, defaults,
        [&items](const std::vector<std::string>& names) {
          items.clear();
          for (const auto& name : names) items.emplace_back(name, Options{});
        },
        [&items](std::size_t i, Schema& s) {
          if (i < items.size()) return items[i].second.describe(s);
          Options sample;
          sample.describe(s);
        },
        word);
  }
  /// One alternative of several: `key: {name: {options}}` or just `key: name`. `chosen` becomes the name; `describe` is
  /// called with the index of the alternative and a schema of its options. `names` in the order they are documented.
  /// Documenting: `describe` is called once for every alternative.
  Option alternative(const std::string& key, std::span<const std::string> names, std::string& chosen,
                     const std::function<void(std::size_t, Schema&)>& describe);
  /// A list of alternatives: `key: [{name: {options}}, name, ...]`; `describe` is called per item with its number.
  /// Documenting: `chosen` stays, `describe` is called once for every alternative, as item 0.
  Option alternatives(const std::string& key, std::span<const std::string> names, std::vector<std::string>& chosen,
                      const std::function<void(std::size_t item, std::size_t alternative, Schema&)>& describe);

  /// The sentence of the section itself, for the reference page.
  void about(const std::string& sentence);

  bool is_reading() const;
  /// True when reading and `key` is given in the file. Options asked for are echoed only when given, so that the echo
  /// answers the same.
  bool given(const std::string& key) const;
  /// Path of this section, for messages.
  const std::string& path() const;
  /// `file:line: path` of this section, the better start of a message.
  std::string where() const;
  /// Throws `Error` for the first unknown key, with a suggestion. Called by `read_options`; nested sections do it
  /// themselves when they end.
  void finish() const;
  /// Of this section and all others of the same reading, in order of declaration.
  std::span<const OptionRecord> records() const;

 private:
  explicit Schema(std::shared_ptr<SchemaState> state);
  Option declare(const std::string& key, const std::string& kind, const std::string& fallback);
  template <class Integer>
  Option whole_number(const std::string& key, Integer& value);
  Option nested(const std::string& key, const std::function<void(Schema&)>& describe);
  Option nested_or_false(const std::string& key, bool& on, const std::function<void(Schema&)>& describe);
  Option nested_list(const std::string& key, std::size_t default_size, const std::function<void(std::size_t)>& resize,
                     const std::function<void(std::size_t, Schema&)>& describe);
  Option nested_map(const std::string& key, const std::vector<std::string>& default_names,
                    const std::function<void(const std::vector<std::string>&)>& resize,
                    const std::function<void(std::size_t, Schema&)>& describe, const std::string& word);
  void document_alternatives(std::string path, std::span<const std::string> names,
                             const std::function<void(std::size_t, Schema&)>& describe);
  std::shared_ptr<SchemaState> state_;
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
/// One Markdown table per section of documented records, in the order of declaration.
std::string reference_tables(std::span<const OptionRecord> records);
/// The reference page (Markdown) of documented records: how to read it, then the tables.
std::string reference_page(std::span<const OptionRecord> records);

}  // namespace tilth
