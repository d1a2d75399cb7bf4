#pragma once
// A source of credentials before caching: where to look, and whether anything is there.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dynamutex/clock.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/http/transport.hpp"

namespace dynamutex::credentials {

/// Credentials, and until when they work.
struct Fetched {
  SharedCredentials credentials;    ///< Never null.
  std::optional<WallTime> expires;  ///< Nothing: they do not expire.
};

/// This source is not set up here, so that the next one may be asked. No failure: a source that is set up and does not
/// work answers with an Error instead, because going on would silently use another identity.
struct Absent {
  std::string reason;  ///< For a person, e.g. "AWS_ACCESS_KEY_ID is not set"; never a secret.
};

using FetchOutcome = std::variant<Fetched, Absent, Error>;

/// Asks one place for credentials, anew at each call.
///
/// Not thread-safe: make_cached_provider asks it from one thread at a time.
/// Blocking: `fetch` may ask the network or a process, and returns by `deadline`, or at once when cancelled.
/// Errors: `timed_out`; `not_applied` (the source does not answer; try again); `denied` (it refuses); `invalid` (it is set up
/// wrongly). Never `ambiguous`: nothing that the caller wants to have written was sent.
class Source {
 public:
  virtual ~Source() = default;

  [[nodiscard]] virtual FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) = 0;

  /// Names the source for a person, e.g. "instance metadata"; never a secret.
  [[nodiscard]] virtual std::string name() const = 0;
};

/// What sources need of the outside world. All of it outlives the source.
struct World {
  Clock* clock = nullptr;
  http::Transport* transport = nullptr;        ///< For services: https, proxies allowed.
  http::Transport* local_transport = nullptr;  ///< For metadata services of this machine: plain http, no proxy.
  Environment environment;
};

/// The variables of make_environment_provider, read at each fetch. Absent where neither key is set.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_environment_source(Environment environment);

/// Asks sources in order. The first that is not absent decides, also with an error; it is asked alone from then on.
/// If all are absent, so is the chain, with each name and reason.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Source> make_chain_source(std::vector<std::unique_ptr<Source>> sources);

}  // namespace dynamutex::credentials
