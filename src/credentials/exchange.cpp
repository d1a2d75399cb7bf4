#include "credentials/exchange.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "credentials/outcome.hpp"

namespace dynamutex::credentials {
namespace {

constexpr std::chrono::milliseconds kPause{100};
/// Credentials and error documents are a few KiB.
constexpr std::size_t kReplyBytesMax = std::size_t{256} << 10U;

}  // namespace

Result<http::Response> exchange(Clock& clock, http::Transport& transport, http::Request request, Patience patience,
                                MonotonicTime deadline, const Cancellation* cancellation) {
  request.cancellation = cancellation;
  request.response_bytes_max = kReplyBytesMax;
  for (int attempt = 1;; ++attempt) {
    request.deadline = std::min(deadline, saturating_add(clock.now(), patience.attempt_time_max));
    Result<http::Response> result = transport.send(request);
    const bool cancelled = cancellation != nullptr && cancellation->cancelled();
    const bool out_of_time = cancelled || clock.now() >= deadline;
    if (result && (result->status < 500 || out_of_time || attempt >= patience.attempts_max)) return result;
    if (!result) {
      Error error = as_source_error(std::move(result).error());
      if (error.kind == ErrorKind::timed_out && !out_of_time) error.kind = ErrorKind::not_applied;  // Only this attempt's time.
      if (out_of_time) error.kind = ErrorKind::timed_out;
      if (out_of_time || error.kind == ErrorKind::invalid || attempt >= patience.attempts_max) return error;
    }
    clock.wait_until(std::min(deadline, saturating_add(clock.now(), kPause * attempt)), cancellation);
  }
}

}  // namespace dynamutex::credentials
