#pragma once
// The headers of one request in libcurl's form, without an allocation a header.

#include <curl/curl.h>

#include <cstddef>
#include <string>
#include <vector>

#include "dynamutex/http/transport.hpp"

namespace dynamutex::http {

/// Builds the `curl_slist` of a request in memory that is used again for the next one.
///
/// libcurl only reads a list given as CURLOPT_HTTPHEADER, so its nodes may live in a vector. The text is wiped when the
/// request is over: it holds the session token and the signature. Not thread-safe.
class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { clear(); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  /// The headers given, and what keeps libcurl from adding its own. `body_size` in bytes. The list stays valid until the next
  /// call of `assign` or `clear`; null where there is none.
  [[nodiscard]] curl_slist* assign(const Header* headers, std::size_t count, std::size_t body_size);
  void clear() noexcept;

 private:
  std::string text_;  ///< Never smaller than it once was: only the first `used_` bytes mean something.
  std::size_t used_ = 0;
  std::vector<curl_slist> nodes_;
};

}  // namespace dynamutex::http
