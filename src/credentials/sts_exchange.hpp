#pragma once
// One question to STS.

#include <string>
#include <string_view>

#include "dynamutex/credentials/source.hpp"
#include "dynamutex/credentials/sts.hpp"

namespace dynamutex::credentials {

/// "Action=…&Version=2011-06-15&…", as STS's query API wants it. The text is wiped at the end: it may hold a token.
class StsForm {
 public:
  explicit StsForm(std::string_view action);
  ~StsForm();
  StsForm(const StsForm&) = delete;
  StsForm& operator=(const StsForm&) = delete;

  /// Adds a parameter, percent-encoded (RFC 3986, section 2.1).
  void add(std::string_view name, std::string_view value);
  /// RoleArn, RoleSessionName and, if set, DurationSeconds.
  void add_role(const Role& role, const Clock& clock);
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

 private:
  std::string text_;
};

/// `options` with what the environment adds to it.
[[nodiscard]] StsOptions complete_sts_options(StsOptions options, const Environment& environment);

/// Sends the form, signed by `signer` or, where that is null, unsigned, in attempts of at most 5 s each. The answer's body, which may
/// hold secrets. Errors: those of `exchange`, and of parse_sts_error where the answer is no success.
[[nodiscard]] Result<std::string> send_to_sts(const World& world, const StsOptions& options, const StsForm& form,
                                              const sigv4::Credentials* signer, int attempts_max, MonotonicTime deadline,
                                              const Cancellation* cancellation);

/// Sends the form for credentials, signed by `signer` or, where that is null, unsigned. Up to 3 attempts of at most 5 s each.
[[nodiscard]] FetchOutcome ask_sts(const World& world, const StsOptions& options, const StsForm& form,
                                   const sigv4::Credentials* signer, MonotonicTime deadline, const Cancellation* cancellation);

}  // namespace dynamutex::credentials
