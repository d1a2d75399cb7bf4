#pragma once
// One question to a service that hands out credentials.

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::credentials {

/// How long and how often to ask. Asking twice does no harm: it only makes another set of credentials.
struct Patience {
  Duration attempt_time_max;
  int attempts_max;
};

/// Sends `request` until there is a reply below 500, with a short pause between attempts. All within `deadline`.
/// Errors: `timed_out`, `not_applied`, `invalid`; a reply of any status is a success.
[[nodiscard]] Result<http::Response> exchange(Clock& clock, http::Transport& transport, http::Request request, Patience patience,
                                              MonotonicTime deadline, const Cancellation* cancellation);

}  // namespace dynamutex::credentials
