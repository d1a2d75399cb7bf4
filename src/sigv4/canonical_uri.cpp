#include "sigv4/canonical_uri.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "sigv4/text.hpp"

namespace dynamutex::sigv4 {
namespace {

void append_escape(std::string& out, unsigned char value) {
  constexpr char digits[] = "0123456789ABCDEF";
  out += '%';
  out += digits[value >> 4U];
  out += digits[value & 15U];
}

void append_encoded_byte(std::string& out, char c) {
  if (is_unreserved(c)) {
    out += c;
  } else {
    append_escape(out, byte(c));
  }
}

/// Encodes once: an escape stays one. False where a '%' is not followed by two hexadecimal digits.
/// `plain` is a further character that stands for itself, but not when it comes as an escape.
bool append_encoded_once(std::string& out, std::string_view text, char plain) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (text[i] == plain) {
        out += plain;
      } else {
        append_encoded_byte(out, text[i]);
      }
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) return false;
    append_encoded_byte(out, static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

/// Without ".", ".." and empty segments. Unlike RFC 3986, section 5.2.4, "/a/." and "/a/b/.." have no slash at the end:
/// so AWS's own signers do it.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    begin = end + 1;
  }
  std::string normal;
  normal.reserve(path.size());
  for (const std::string_view segment : kept) normal.append("/").append(segment);
  if (normal.empty() || path.back() == '/') normal += '/';
  return normal;
}

Failure check_path(std::string_view path) {
  if (path.front() != '/') return failure("the path does not start with '/'; give the path of the request line");
  for (const char c : path) {
    if (c == '?' || c == '#') return failure("the path holds '?' or '#'; give the query apart and drop the fragment");
    if (is_control(c)) return failure("the path holds a control character; percent-encode it");
  }
  return nullptr;
}

Failure bad_escape(const char* part) {
  return failure({"the ", part, " holds a '%' without two hexadecimal digits; write a percent sign as %25"});
}

}  // namespace

void append_percent_encoded(std::string& out, std::string_view text) {
  for (const char c : text) append_encoded_byte(out, c);
}

Failure append_canonical_path(Writer& out, std::string_view path, const Options& options) {
  if (path.empty() || path == "/") {
    out.put('/');
    return nullptr;
  }
  if (auto failed = check_path(path)) return failed;
  std::string canonical;
  canonical.reserve(path.size() * 3);
  if (options.double_encode_path) {
    const std::string normal = options.normalize_path ? without_dot_segments(path) : std::string(path);
    for (const char c : normal) {
      if (c == '/') {
        canonical += c;
      } else {
        append_encoded_byte(canonical, c);
      }
    }
  } else {
    // Encoded first, as "%2E%2E" is the same path as "..".
    if (!append_encoded_once(canonical, path, '/')) return bad_escape("path");
    if (options.normalize_path) canonical = without_dot_segments(canonical);
  }
  out.put(canonical);
  return nullptr;
}

Failure append_canonical_query(Writer& out, std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  for (std::size_t begin = 0; begin < query.size();) {
    const std::size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view piece = query.substr(begin, end - begin);
    begin = end + 1;
    if (piece.empty()) continue;
    if (std::any_of(piece.begin(), piece.end(), [](char c) { return is_control(c) || c == '#'; })) {
      return failure("the query holds '#' or a control character; percent-encode it");
    }
    const std::size_t name_end = std::min(piece.find('='), piece.size());
    const std::string_view value = name_end < piece.size() ? piece.substr(name_end + 1) : std::string_view();
    auto& parameter = parameters.emplace_back();
    // '&' cannot occur in a piece, so it is a safe "no further plain character".
    if (!append_encoded_once(parameter.first, piece.substr(0, name_end), '&') ||
        !append_encoded_once(parameter.second, value, '&')) {
      return bad_escape("query");
    }
  }
  std::sort(parameters.begin(), parameters.end());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (i > 0) out.put('&');
    out.put(parameters[i].first);
    out.put('=');
    out.put(parameters[i].second);
  }
  return nullptr;
}

}  // namespace dynamutex::sigv4
