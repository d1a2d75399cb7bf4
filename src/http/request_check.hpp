#pragma once
// What is checked of a request before libcurl sees it.

#include <string_view>

#include "dynamutex/http/transport.hpp"

namespace dynamutex::http {

/// Parts of a URL, as views into it.
struct UrlParts {
  std::string_view origin;     ///< "https://host:port": requests with the same one may share a connection.
  std::string_view authority;  ///< "host:port", for messages.
};

/// Refuses (`invalid`) a URL with another scheme, a user name, a fragment, or a byte that would split the request line;
/// a method or a header's name that is no token; a header's value that would start another header.
[[nodiscard]] Result<UrlParts> check_request(const Request& request, bool allow_plain_http);

}  // namespace dynamutex::http
