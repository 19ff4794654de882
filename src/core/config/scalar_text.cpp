#include "core/config/scalar_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {
namespace {

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);  // from_chars takes no plus
  Number value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// True for what stands unquoted in block and flow style alike and is not taken for null.
bool is_plain(std::string_view text) {
  constexpr std::array<std::string_view, 3> nulls{"null", "Null", "NULL"};
  if (text.empty() || text.back() == ' ' || text.back() == ':') return false;
  if (std::find(nulls.begin(), nulls.end(), text) != nulls.end()) return false;
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '/'; };
  const bool negative = text.size() > 1 && text[0] == '-' && std::isdigit(static_cast<unsigned char>(text[1]));
  if (!letter(text[0]) && !negative) return false;
  if (text.find(": ") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || std::string_view("./+-: ").find(c) != std::string_view::npos; });
}

/// One character inside double quotes; UTF-8 passes through.
std::string escaped(char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (c == '"' || c == '\\') return {'\\', c};
  if (c == '\n') return "\\n";
  if (c == '\t') return "\\t";
  const auto code = static_cast<unsigned char>(c);
  if (code >= 0x20 && code != 0x7f) return {c};
  return {'\\', 'x', digits[code >> 4], digits[code & 15]};
}

}  // namespace

std::optional<double> real_of(std::string_view text) {
  const auto value = number_of<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::int64_t> integer_of(std::string_view text) { return number_of<std::int64_t>(text); }

std::string real_text(double value) {
  if (!std::isfinite(value)) return "";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string yaml_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") out += '$';  // `$${` reads back as `${`
    out += escaped(text[i]);
  }
  return out + "\"";
}

std::string yaml_list(std::span<const std::string> items) { return tilth::text("[", joined(items), "]"); }

}  // namespace tilth
