#include "cli/credential_chain.hpp"

#include <unistd.h>

#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"
#include "dynamutex/credentials/default_provider.hpp"
#include "dynamutex/http/curl_transport.hpp"

namespace dynamutex::cli {
namespace {

/// Tells the errors of another provider apart from those of the request that wanted credentials.
class WordedProvider final : public credentials::Provider {
 public:
  explicit WordedProvider(credentials::Provider& inner) : inner_(inner) {}

  Result<credentials::SharedCredentials> get(MonotonicTime deadline, const Cancellation* cancellation) override {
    auto found = inner_.get(deadline, cancellation);
    return found ? std::move(found) : word_credential_error(std::move(found).error());
  }
  bool reject(const credentials::SharedCredentials& keys) noexcept override { return inner_.reject(keys); }
  std::string source() const override { return inner_.source(); }

 private:
  credentials::Provider& inner_;
};

}  // namespace

CredentialChain::CredentialChain(Clock& clock, const credentials::Environment& environment, const CredentialOptions& options)
    : clock_(clock), environment_(environment), region_(options.region) {
  http::CurlOptions services;
  services.ca_bundle = options.ca_bundle;
  // Every URL that is not https was written by the user (AWS_ENDPOINT_URL_STS, say): nobody is led to one by default.
  services.allow_plain_http = true;
  services_ = http::make_curl_transport(clock, std::move(services));

  http::CurlOptions local;
  local.ca_bundle = options.ca_bundle;
  local.allow_plain_http = true;
  local.proxy_from_environment = false;
  local_ = http::make_curl_transport(clock, std::move(local));

  chain_ =
      credentials::make_default_provider({&clock, services_.get(), local_.get(), environment}, {options.profile, options.region});
  worded_ = std::make_unique<WordedProvider>(*chain_);
}

Result<credentials::CallerIdentity> CredentialChain::identity(MonotonicTime deadline) {
  const auto found = provider().get(deadline, nullptr);
  if (!found) return found.error();
  credentials::StsOptions options;
  options.region = region_;
  const credentials::World world{&clock_, services_.get(), local_.get(), environment_};
  return credentials::ask_caller_identity(world, options, **found, deadline);
}

bool CredentialChain::has_own_sts() const { return !environment_("AWS_ENDPOINT_URL_STS").value_or("").empty(); }

Error word_credential_error(Error error) {
  const bool none_found = error.message.rfind(kNoCredentials, 0) == 0;
  if (!none_found) {
    error.message = std::string(kNoCredentials) + ": " + error.message;
  } else if (error.kind == ErrorKind::denied) {
    error.message += "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile";
  }
  return error;
}

Result<void> check_ca_bundle(const std::string& path) {
  if (path.empty() || ::access(path.c_str(), R_OK) == 0) return {};
  return invalid("the certificates in AWS_CA_BUNDLE cannot be read: " + quote(path));
}

}  // namespace dynamutex::cli
