#pragma once
// Where credentials come from.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/export.hpp"
#include "dynamutex/result.hpp"
#include "dynamutex/sigv4/credentials.hpp"

namespace dynamutex::credentials {

/// Credentials as they are handed out: shared and unchanging, so that a request in flight keeps what it was signed with.
using SharedCredentials = std::shared_ptr<const sigv4::Credentials>;

/// A source of credentials.
///
/// Thread-safe: implementations allow calls from any thread at once.
/// Blocking: `get` may ask the network or a process, and returns by `deadline`.
/// Errors: `denied` (there are none; the message says what was looked for), `invalid` (a source is set up wrongly), `timed_out`,
/// `not_applied`.
class Provider {
 public:
  virtual ~Provider() = default;

  [[nodiscard]] virtual Result<SharedCredentials> get(MonotonicTime deadline, const Cancellation* cancellation) = 0;

  /// Tells that a service refused what was signed with these credentials, as expired or unknown, before their time. Does not block.
  /// True: the next `get` may bring others, so that trying once more is worth it.
  virtual bool reject(const SharedCredentials& /*credentials*/) noexcept { return false; }

  /// Names the source for a person, e.g. "environment"; never a secret.
  [[nodiscard]] virtual std::string source() const = 0;
};

/// Looks up an environment variable; empty where it is not set. Injected, so that tests need no setenv(3).
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The process's own environment (getenv(3)): do not change the environment from another thread meanwhile.
[[nodiscard]] DYNAMUTEX_EXPORT Environment process_environment();

/// Credentials given by the program.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Provider> make_static_provider(sigv4::Credentials credentials);

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if set, AWS_SESSION_TOKEN, read once, here.
/// `get` answers `denied` where neither of the first two is set (empty is as good as not set), and `invalid` where one is: as in AWS's
/// Python SDK, half a key pair is a mistake to be told, and no reason to look for another identity.
[[nodiscard]] DYNAMUTEX_EXPORT std::unique_ptr<Provider> make_environment_provider(const Environment& environment);

}  // namespace dynamutex::credentials
