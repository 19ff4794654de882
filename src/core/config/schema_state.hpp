#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

// What stands behind `Schema`; private to this folder.

/// One section being read or documented.
struct SchemaState {
  static constexpr std::size_t no_record = static_cast<std::size_t>(-1);

  bool reading = false;
  bool from_defaults = false;  ///< an item the program supplies: nothing is required of the file
  Node node;                   ///< absent when documenting
  std::string path;
  std::shared_ptr<std::vector<OptionRecord>> records;  ///< shared by all sections of one reading
  std::size_t first_record = 0;                        ///< its records start here
  std::size_t own_record = no_record;                  ///< the record that carries the sentence of the section
  std::vector<std::string> declared;                   ///< keys so far
  std::vector<std::string> asked;                      ///< keys whose presence was asked for
};

/// " = 'x'", " is a list", ...: what stands at `node`, for messages.
std::string found_at(const Node& node);
/// Throws `Error`: `node` is not `expected` ("must be an integer").
[[noreturn]] void refuse_value(const Node& node, const std::string& expected);
/// State of a section within `parent`.
std::shared_ptr<SchemaState> child_state(const SchemaState& parent, Node node, std::string path);
/// Throws `Error` unless `node` can hold options: a map, nothing, or absent.
void require_section(const Node& node);

}  // namespace tilth
