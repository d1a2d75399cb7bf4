// The canonicaliser under any request. The first byte chooses the options, the rest is a request as HTTP text.
// What must hold: canonical forms are sorted, are their own canonical form (idempotent) and mean what was given (reversible).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamutex/sigv4/http_text.hpp"
#include "dynamutex/sigv4/stages.hpp"

namespace {

using namespace dynamutex::sigv4;

void require(bool holds, const char* what, std::string_view text) {
  if (holds) return;
  std::fprintf(stderr, "broken invariant: %s\n%.*s\n", what, static_cast<int>(text.size()), text.data());
  std::abort();
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// Percent-decoding, the plain way. Malformed escapes stay.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits(text.substr(i, 3));
    char* end = nullptr;
    if (digits.size() == 3 && digits[0] == '%' && std::isxdigit(static_cast<unsigned char>(digits[1])) != 0 &&
        std::isxdigit(static_cast<unsigned char>(digits[2])) != 0) {
      out += static_cast<char>(std::strtol(digits.c_str() + 1, &end, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs_of(std::string_view query) {
  Pairs pairs;
  for (const std::string& piece : split(query, '&')) {
    if (piece.empty()) continue;
    const std::size_t equals = std::min(piece.find('='), piece.size());
    pairs.emplace_back(piece.substr(0, equals), equals < piece.size() ? piece.substr(equals + 1) : "");
  }
  return pairs;
}

Pairs meaning_of(std::string_view query) {
  Pairs meaning;
  for (const auto& [name, value] : pairs_of(query)) meaning.emplace_back(decoded(name), decoded(value));
  std::sort(meaning.begin(), meaning.end());
  return meaning;
}

/// A canonical request taken apart again.
struct Parts {
  explicit Parts(const std::string& canonical) : lines(split(canonical, '\n')) {
    require(lines.size() >= 7, "a canonical request has at least seven lines", canonical);
    for (std::size_t i = 3; i + 3 < lines.size(); ++i) {
      const std::size_t colon = lines[i].find(':');
      require(colon != std::string::npos, "a canonical header has a colon", lines[i]);
      names.push_back(lines[i].substr(0, colon));
      values.push_back(lines[i].substr(colon + 1));
    }
  }
  [[nodiscard]] const std::string& path() const { return lines[1]; }
  [[nodiscard]] const std::string& query() const { return lines[2]; }
  [[nodiscard]] const std::string& signed_names() const { return lines[lines.size() - 2]; }

  std::vector<std::string> lines;
  std::vector<std::string> names;
  std::vector<std::string> values;
};

void check_headers(const Parts& parts, const std::string& canonical) {
  require(std::adjacent_find(parts.names.begin(), parts.names.end(), std::greater_equal<>()) == parts.names.end(),
          "names are sorted and unique", canonical);
  require(split(parts.signed_names(), ';') == parts.names, "the signed names are those of the headers", canonical);
  for (const std::string& value : parts.values) {
    require(value.find("  ") == std::string::npos && value.find('\t') == std::string::npos, "blanks are folded", value);
    require(value.empty() || (value.front() != ' ' && value.back() != ' '), "values are trimmed", value);
  }
}

void check_path(const Request& request, const Parts& parts, const Options& options) {
  const std::string& path = parts.path();
  const std::string given(request.path);
  require(!path.empty() && path.front() == '/', "a path starts with a slash", path);
  if (options.normalize_path) {
    const auto segments = split(path, '/');
    for (const std::string& segment : segments) {
      require(segment != "." && segment != "..", "a normal path has no dot segments", path);
    }
    require(path.find("//") == std::string::npos, "a normal path has no empty segments", path);
  } else if (options.double_encode_path) {
    require(decoded(path) == given, "a doubly encoded path decodes to the given one", path);
  } else {
    require(decoded(path) == decoded(given), "a singly encoded path means the given one", path);
  }
}

void check_query(const Request& request, const Parts& parts) {
  const Pairs pairs = pairs_of(parts.query());
  require(std::is_sorted(pairs.begin(), pairs.end()), "parameters are sorted", parts.query());
  require(meaning_of(parts.query()) == meaning_of(request.query), "parameters mean the given ones", parts.query());
}

/// The canonical form, signed again, has itself as canonical form.
void check_idempotent(const Request& request, const Parts& parts, const Options& options, const std::string& canonical) {
  Request again = request;
  // Double encoding changes a path each time by design; what it normalises to has to stay.
  const std::string path = options.double_encode_path ? decoded(parts.path()) : parts.path();
  std::vector<Header> headers;
  for (std::size_t i = 0; i < parts.names.size(); ++i) headers.push_back({parts.names[i], parts.values[i]});
  again.path = path;
  again.query = parts.query();
  again.headers = headers;
  const auto second = canonical_request(again, options);
  require(second.ok() && *second == canonical, "the canonical form is its own", canonical);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Options options;
  options.normalize_path = (data[0] & 1U) != 0;
  options.double_encode_path = (data[0] & 2U) != 0;
  const auto http = HttpText::parse({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!http) return 0;
  const Request request = http->request();
  const auto canonical = canonical_request(request, options);
  if (!canonical) {
    const std::string& message = canonical.error().message;
    require(!message.empty() && message.find('\n') == std::string::npos, "an error is one line", message);
    return 0;
  }
  const Parts parts(*canonical);
  check_headers(parts, *canonical);
  check_path(request, parts, options);
  check_query(request, parts);
  check_idempotent(request, parts, options, *canonical);
  return 0;
}
