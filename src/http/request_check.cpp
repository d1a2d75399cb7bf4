#include "http/request_check.hpp"

#include <string>

#include "http/ascii.hpp"

namespace dynamutex::http {
namespace {

Error invalid(std::string message) { return make_error(ErrorKind::invalid, std::move(message)); }

/// One pass without a branch, which compilers turn into vector code. A tab is allowed in a header's value (RFC 9110, section 5.5).
bool splits_header(std::string_view value) noexcept {
  unsigned found = 0;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    found |= static_cast<unsigned>(byte < 0x20 && byte != '\t') | static_cast<unsigned>(byte == 0x7f);
  }
  return found != 0;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

Result<UrlParts> check_url(std::string_view url, bool allow_plain_http) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  for (const char c : url) {
    if (is_control(c) || c == ' ') return invalid("malformed URL: it has a space or a control character");
  }
  std::size_t scheme_size = kHttps.size();
  if (starts_with_ignoring_case(url, kHttp)) {
    if (!allow_plain_http) {
      return invalid("refused a URL with http://: without TLS anyone on the way could read and change the request; "
                     "use https://, or allow plain http explicitly");
    }
    scheme_size = kHttp.size();
  } else if (!starts_with_ignoring_case(url, kHttps)) {
    return invalid("malformed URL: it must begin with https:// (or http:// where that is allowed)");
  }
  const auto end = url.find_first_of("/?#", scheme_size);
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
