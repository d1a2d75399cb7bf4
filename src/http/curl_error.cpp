#include "http/curl_error.hpp"

#include <string.h>

#include <algorithm>

#include "http/ascii.hpp"

namespace dynamutex::http {
namespace {

constexpr std::size_t kDetailBytesMax = 200;

// The two forms of strerror_r(3), told apart by what they return: XSI's status or GNU's text.
[[maybe_unused]] const char* pick_text(int status, const char* buffer) noexcept { return status == 0 ? buffer : "unknown error"; }
[[maybe_unused]] const char* pick_text(const char* text, const char* /*buffer*/) noexcept { return text; }

std::string errno_text(int number) {
  char buffer[128] = "";
  std::string text = pick_text(::strerror_r(number, buffer, sizeof buffer), buffer);
  if (!text.empty()) text.front() = to_lower(text.front());
  return text;
}

/// One line of printable text, whatever a library put into it.
std::string printable(std::string_view text) {
  std::string line(trim(text).substr(0, kDetailBytesMax));
  std::replace_if(line.begin(), line.end(), is_control, '?');
  return line;
}

std::string text_of(CURLcode code) { return printable(::curl_easy_strerror(code)); }

std::string bytes(std::size_t count) { return std::to_string(count) + (count == 1 ? " byte" : " bytes"); }

std::string message_before_start(const Failure& failure, const CurlOptions& options) {
  const std::string host(failure.authority);
  switch (failure.stop) {
    case Stop::cancelled: return "cancelled before the request to " + host + " was sent";
    case Stop::deadline: return "the deadline passed before the request to " + host + " was sent";
    case Stop::poll_failed: return "waiting for " + host + " failed: " + errno_text(failure.os_errno);
    case Stop::none: break;
  }
  switch (failure.code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED: return "malformed URL for host '" + host + "'";
    case CURLE_COULDNT_RESOLVE_HOST: return "cannot resolve the host of " + host + "; is the endpoint right and DNS working?";
    case CURLE_COULDNT_RESOLVE_PROXY: return "cannot resolve the proxy that the environment names for " + host;
    case CURLE_COULDNT_CONNECT:
      return "cannot connect to " + host + (failure.os_errno == 0 ? "" : " (" + errno_text(failure.os_errno) + ")") +
             "; is the endpoint right and the service running?";
    case CURLE_OPERATION_TIMEDOUT:
      return "no connection to " + host + " within " +
             std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(options.connect_timeout).count()) +
             " ms; is the endpoint right and reachable from here?";
    case CURLE_SSL_CACERT_BADFILE: return "cannot read the CA bundle '" + printable(options.ca_bundle) + "'";
    case CURLE_SSL_CERTPROBLEM:
      return "cannot use the client certificate '" + printable(options.client_certificate) + "' with the key '" +
             printable(options.client_key) + "'";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "cannot trust " + host + ": " + printable(failure.detail) + "; is the CA bundle right?";
    case CURLE_SSL_CONNECT_ERROR: return "no TLS connection to " + host + ": " + printable(failure.detail);
    default: return "no connection to " + host + ": " + text_of(failure.code);
  }
}

std::string message_after_start(const Failure& failure) {
  const std::string host(failure.authority);
  const std::string doubt = "; the request may have been carried out";
  switch (failure.stop) {
    case Stop::cancelled: return "cancelled while waiting for the reply of " + host + doubt;
    case Stop::deadline: return "the deadline passed while waiting for the reply of " + host + doubt;
    case Stop::poll_failed: return "waiting for the reply of " + host + " failed: " + errno_text(failure.os_errno) + doubt;
    case Stop::none: break;
  }
  switch (failure.excess) {
    case ReplyCollector::Excess::body:
      return "the reply of " + host + " is longer than " + bytes(failure.response_bytes_max) + " and was dropped" + doubt;
    case ReplyCollector::Excess::head:
      return "the reply of " + host + " has more than " + bytes(failure.response_bytes_max) + " of headers and was dropped" +
             doubt;
    case ReplyCollector::Excess::none: break;
  }
  switch (failure.code) {
    case CURLE_OK:  // libcurl takes headers that break off for a reply without a body.
    case CURLE_PARTIAL_FILE: return "the connection to " + host + " ended in the middle of the reply" + doubt;
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK:  // The second start, refused by us.
    case CURLE_COULDNT_CONNECT: return "the connection to " + host + " ended before the reply" + doubt;
    default: return "the reply of " + host + " failed: " + text_of(failure.code) + doubt;
  }
}

ErrorKind kind_of(const Failure& failure) noexcept {
  if (failure.started) return ErrorKind::ambiguous;
  switch (failure.stop) {
    case Stop::cancelled:
    case Stop::deadline: return ErrorKind::timed_out;
    case Stop::poll_failed: return ErrorKind::not_applied;
    case Stop::none: break;
  }
  switch (failure.code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_LOGIN_DENIED:  // A user name in the URL.
    // The transport's own files: the same request fails again until someone changes them.
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM: return ErrorKind::invalid;
    default: return ErrorKind::not_applied;
  }
}

}  // namespace

Error describe(const Failure& failure, const CurlOptions& options) {
  Error error;
  error.kind = kind_of(failure);
  error.message = failure.started ? message_after_start(failure) : message_before_start(failure, options);
  error.http_status = failure.status;
  return error;
}

}  // namespace dynamutex::http
