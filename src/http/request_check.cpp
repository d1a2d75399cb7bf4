#include "http/request_check.hpp"

#include <string>

#include "base/byte_scan.hpp"
#include "http/ascii.hpp"

namespace dynamutex::http {
namespace {

Error invalid(std::string message) { return make_error(ErrorKind::invalid, std::move(message)); }

/// A tab is allowed in a header's value (RFC 9110, section 5.5).
bool splits_header(std::string_view value) noexcept {
  return base::any_byte(value, [](base::Bytes16 bytes) { return ((bytes < 0x20) & (bytes != '\t')) | (bytes == 0x7f); });
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

Result<UrlParts> check_url(std::string_view url, bool allow_plain_http) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  const auto is_control_byte = [](base::Bytes16 bytes) { return (bytes < 0x20) | (bytes == 0x7f); };
  if (base::any_byte(url, is_control_byte) || url.find(' ') != std::string_view::npos) {
    return invalid("malformed URL: it has a space or a control character");
  }
  std::size_t scheme_size = kHttps.size();
  if (starts_with_ignoring_case(url, kHttp)) {
    if (!allow_plain_http) {
      return invalid(
          "refused a URL with http://: without TLS anyone on the way could read and change the request; "
          "use https://, or allow plain http explicitly");
    }
    scheme_size = kHttp.size();
  } else if (!starts_with_ignoring_case(url, kHttps)) {
    return invalid("malformed URL: it must begin with https:// (or http:// where that is allowed)");
  }
  auto end = scheme_size;
  while (end < url.size() && url[end] != '/' && url[end] != '?' && url[end] != '#') ++end;
  const UrlParts parts{url.substr(0, end), url.substr(0, end).substr(scheme_size)};
  if (parts.authority.empty() || parts.authority.front() == ':') return invalid("malformed URL: it names no host");
  // The text before the "@" may be a password, so it is not shown.
  if (parts.authority.find('@') != std::string_view::npos) return invalid("malformed URL: it has a user name in it");
  if (url.find('#') != std::string_view::npos) return invalid("malformed URL: it has a fragment (#) in it");
  return parts;
}

}  // namespace

Result<UrlParts> check_request(const Request& request, bool allow_plain_http) {
  if (!is_token(request.method)) return invalid("malformed HTTP method");
  for (std::size_t i = 0; i < request.header_count; ++i) {
    const Header& header = request.headers[i];
    if (!is_token(header.name)) return invalid("malformed HTTP header name");
    if (splits_header(header.value)) {
      return invalid("the value of HTTP header '" + std::string(header.name) + "' has a control character in it");
    }
  }
  return check_url(request.url, allow_plain_http);
}

}  // namespace dynamutex::http
