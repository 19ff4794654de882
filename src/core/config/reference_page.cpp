#include <algorithm>
#include <sstream>

#include "core/base/error.hpp"
#include "core/config/schema.hpp"

namespace tilth {
namespace {

/// One heading of the page with its table.
struct PageSection {
  std::string path, about;
  std::vector<const OptionRecord*> rows;
};

/// Path of the section whose table shows `path`.
std::string section_of(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? "" : path.substr(0, dot);
}

/// Heading that `record` opens; false when it opens none.
bool opens_section(const OptionRecord& record, std::string& path) {
  path = record.path;
  if (record.kind == "list") path += "[]";
  if (record.kind == "map") path += ".<name>";
  return record.kind == "section" || record.kind == "section or false" || record.kind == "alternative" ||
         record.kind == "list" || record.kind == "map";
}

PageSection& section_at(std::vector<PageSection>& sections, const std::string& path) {
  const auto same = [&](const PageSection& s) { return s.path == path; };
  const auto found = std::find_if(sections.begin(), sections.end(), same);
  if (found != sections.end()) return *found;
  return sections.emplace_back(PageSection{path, "", {}});
}

std::vector<PageSection> sections_of(std::span<const OptionRecord> records) {
  std::vector<PageSection> sections;
  for (const OptionRecord& record : records) {
    if (record.kind != "alternative") section_at(sections, section_of(record.path)).rows.push_back(&record);
    std::string opened;
    if (opens_section(record, opened)) section_at(sections, opened).about = record.about;
  }
  return sections;
}

/// Text safe inside a table cell or running text.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|')
      out += "\\|";
    else
      out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string code(const std::string& words) { return words.empty() ? "" : text("`", cell(words), "`"); }

void add_row(const OptionRecord& record, std::ostringstream& out) {
  const auto dot = record.path.rfind('.');
  const std::string key = dot == std::string::npos ? record.path : record.path.substr(dot + 1);
  out << "| `" << cell(key) << "` | " << record.kind << " | "
      << (record.required ? "**required**" : code(record.fallback)) << " | " << cell(record.range) << " | "
      << cell(record.units) << " | " << cell(record.about) << " |\n";
}

void add_section(const PageSection& section, std::ostringstream& out) {
  out << "\n## " << (section.path.empty() ? "Top level" : code(section.path)) << "\n";
  if (!section.about.empty()) out << "\n" << section.about << "\n";
  if (section.rows.empty()) {
    out << "\nNo options.\n";
    return;
  }
  out << "\n| Option | Kind | Default | Range | Unit | Meaning |\n|---|---|---|---|---|---|\n";
  for (const OptionRecord* row : section.rows) add_row(*row, out);
}

constexpr const char* introduction = R"(# Configuration reference

Every option of the experiment file, section by section. `observations[]` is one item of the list `observations`;
`<name>` is a name you choose. A *one of* is written as `key: name`, or `key: {name: {options}}` with the options of the
section `key.name`. Ranges include their ends. Times are UTC, such as `2018-01-01` or `2018-01-01T06:00:00`; durations
are written `8 days`, `6 hours`, `30 minutes` or `3600 s`; flags are `true` or `false`. A *section or false* is left out
with `key: false`. An option without default is off
or left to the program unless it is given.

`${NAME}` and `${NAME:-default}` in a value are replaced from the environment; inside `{...}` and `[...]` such a value
must be quoted. `--set section.option=value` on the command line replaces a value of the file,
`--set list[0].option=value` one inside a list item. Unknown options are errors.
)";

}  // namespace

std::string reference_tables(std::span<const OptionRecord> records) {
  std::ostringstream out;
  for (const PageSection& section : sections_of(records)) add_section(section, out);
  return out.str();
}

std::string reference_page(std::span<const OptionRecord> records) { return introduction + reference_tables(records); }

}  // namespace tilth
