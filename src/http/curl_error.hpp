#pragma once
// What a failed transfer means for the caller, and how to say it.

#include <curl/curl.h>

// Where CMake did not look for libcurl itself, it did not look at its version either.
#if LIBCURL_VERSION_NUM < 0x075000
#error "dynamutex needs libcurl 7.80 or newer: CURLOPT_PREREQFUNCTION keeps a write from being sent twice"
#endif

#include <cstddef>
#include <string>
#include <string_view>

#include "dynamutex/error.hpp"
#include "dynamutex/http/curl_transport.hpp"
#include "http/reply_collector.hpp"

namespace dynamutex::http {

/// Why our own loop ended a transfer before libcurl did.
enum class Stop { none, cancelled, deadline, poll_failed };

/// All that is known of a transfer that gave no complete reply.
struct Failure {
  CURLcode code = CURLE_OK;
  Stop stop = Stop::none;
  bool started = false;        ///< The request went out, at least in part.
  int os_errno = 0;            ///< Of the last connect(2); 0 where there is none.
  std::string_view detail;     ///< libcurl's words for this failure; used for TLS only.
  std::string_view authority;  ///< "host:port" of the request.
  ReplyCollector::Excess excess = ReplyCollector::Excess::none;
  int status = 0;  ///< Of the reply that broke off; 0 where it had none.
  std::size_t response_bytes_max = 0;
};

/// The kinds follow Transport's contract: what matters is whether the request was started.
[[nodiscard]] Error describe(const Failure& failure, const CurlOptions& options);

}  // namespace dynamutex::http
