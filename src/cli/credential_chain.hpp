#pragma once
// Where the command's credentials come from: all the places that AWS's tools look at.

#include <memory>
#include <string>

#include "dynamutex/clock.hpp"
#include "dynamutex/credentials/caller_identity.hpp"
#include "dynamutex/credentials/provider.hpp"
#include "dynamutex/http/transport.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

struct CredentialOptions {
  std::string profile;    ///< Named by a flag, and then looked at first; empty for the environment's.
  std::string region;     ///< For STS.
  std::string ca_bundle;  ///< PEM file; empty for the system's.
};

/// The default chain, with transports of its own: it may ask services of this machine by plain HTTP where DynamoDB is asked by
/// https only. Thread-safe. Asks nobody before the first `get`. The clock must outlive it.
class CredentialChain {
 public:
  CredentialChain(Clock& clock, const credentials::Environment& environment, const CredentialOptions& options);

  /// Its errors begin with `kNoCredentials`.
  [[nodiscard]] credentials::Provider& provider() noexcept { return *worded_; }

  /// Who they are, as STS tells. Errors: those of `provider` and of credentials::ask_caller_identity.
  [[nodiscard]] Result<credentials::CallerIdentity> identity(MonotonicTime deadline);

  /// Whether somebody said where STS is, which then is asked for a local endpoint too.
  [[nodiscard]] bool has_own_sts() const;

 private:
  // In the order of who uses whom.
  Clock& clock_;
  credentials::Environment environment_;
  std::string region_;
  std::unique_ptr<http::Transport> services_;
  std::unique_ptr<http::Transport> local_;
  std::unique_ptr<credentials::Provider> chain_;
  std::unique_ptr<credentials::Provider> worded_;
};

/// An error of the chain as the command tells it. Pure.
[[nodiscard]] Error word_credential_error(Error error);

/// Errors: `invalid` where the file is named and cannot be read.
[[nodiscard]] Result<void> check_ca_bundle(const std::string& path);

}  // namespace dynamutex::cli
