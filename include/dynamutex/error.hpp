#pragma once
// Errors are values. An error says what its caller can do next, and its message is one line a person can act on.

#include <string>
#include <utility>

namespace dynamutex {

/// What the caller can do next.
enum class ErrorKind : unsigned char {
  not_applied,  ///< It did not happen; it is safe to try again.
  ambiguous,    ///< A write may have happened: its reply was lost, or the server failed while it worked.
  contended,    ///< Someone else holds the lock.
  throttled,    ///< The service asks for fewer requests; it did not happen.
  denied,       ///< Credentials are missing, wrong or without permission.
  invalid,      ///< The request is wrong; the same request will fail again.
  not_found,    ///< There is no such table.
  timed_out,    ///< The caller's deadline passed, or the caller cancelled; it did not happen.
  lost,         ///< The lease is no longer ours.
};

/// The kind's name as it is written in logs and in JSON output, e.g. "not_applied".
[[nodiscard]] constexpr const char* to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::not_applied: return "not_applied";
    case ErrorKind::ambiguous: return "ambiguous";
    case ErrorKind::contended: return "contended";
    case ErrorKind::throttled: return "throttled";
    case ErrorKind::denied: return "denied";
    case ErrorKind::invalid: return "invalid";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::timed_out: return "timed_out";
    case ErrorKind::lost: return "lost";
  }
  return "unknown";
}

/// Why an operation failed. A plain value: copy, move and read it from any thread.
///
/// It never carries a header value, a key, a token or a body, so all of it may be logged.
struct Error {
  ErrorKind kind = ErrorKind::not_applied;
  std::string message;      ///< One line for a person: what is wrong and what to do.
  std::string operation;    ///< "PutItem", "GetItem", …; empty where no request was built.
  std::string aws_code;     ///< AWS's error code, e.g. "ResourceNotFoundException"; empty without one.
  std::string aws_message;  ///< AWS's message for that code; empty without one.
  std::string request_id;   ///< AWS's request id, for support cases; empty without one.
  int http_status = 0;      ///< Status of the last reply; 0 when there was none.
  int attempts = 0;         ///< Requests sent for this operation.
};

/// An error of that kind with that message, and nothing else known.
[[nodiscard]] inline Error make_error(ErrorKind kind, std::string message) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  return error;
}

}  // namespace dynamutex
