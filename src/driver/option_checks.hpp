#pragma once

#include <string>

#include "core/config/schema.hpp"

namespace tilth {

/// `Error` unless a text read under `key` can be part of the name of a file: not empty, no '/', no control characters.
void require_name(const Schema& s, const char* key, const std::string& name);

/// `Error` unless a text read under `key` can be the path of a folder. An empty one would be the root of the file
/// system once the name of a file is joined to it.
void require_folder(const Schema& s, const char* key, const std::string& path);

}  // namespace tilth
