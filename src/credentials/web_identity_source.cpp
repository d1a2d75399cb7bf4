#include <utility>

#include "credentials/outcome.hpp"
#include "credentials/sts_exchange.hpp"
#include "credentials/text_file.hpp"
#include "dynamutex/credentials/sts.hpp"

namespace dynamutex::credentials {
namespace {

class WebIdentitySource final : public Source {
 public:
  WebIdentitySource(World world, std::string token_file, Role role, StsOptions options)
      : world_(std::move(world)), token_file_(std::move(token_file)), role_(std::move(role)),
        options_(complete_sts_options(std::move(options), world_.environment)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    auto token = read_token_file(token_file_);
    if (!token) return std::move(token).error();
    StsForm form("AssumeRoleWithWebIdentity");
    form.add_role(role_, *world_.clock);
    form.add("WebIdentityToken", *token);
    wipe(token->data(), token->size());
    FetchOutcome outcome = ask_sts(world_, options_, form, nullptr, deadline, cancellation);
    if (auto* const error = std::get_if<Error>(&outcome)) error->message.insert(0, "role '" + printable(role_.arn) + "': ");
    return outcome;
  }

  std::string name() const override { return "web identity"; }

 private:
  const World world_;
  const std::string token_file_;
  const Role role_;
  const StsOptions options_;
};

class WebIdentityEnvironmentSource final : public Source {
 public:
  WebIdentityEnvironmentSource(World world, StsOptions options) : world_(std::move(world)), options_(std::move(options)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    const std::string token_file = world_.environment("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("");
    Role role;
    role.arn = world_.environment("AWS_ROLE_ARN").value_or("");
    role.session_name = world_.environment("AWS_ROLE_SESSION_NAME").value_or("");
    if (token_file.empty()) return Absent{"AWS_WEB_IDENTITY_TOKEN_FILE is not set"};
    if (role.arn.empty()) return Absent{"AWS_ROLE_ARN is not set"};
    return WebIdentitySource(world_, token_file, std::move(role), options_).fetch(deadline, cancellation);
  }

  std::string name() const override { return "web identity from the environment"; }

 private:
  const World world_;
  const StsOptions options_;
};

}  // namespace

std::unique_ptr<Source> make_web_identity_source(World world, std::string token_file, Role role, StsOptions options) {
  return std::make_unique<WebIdentitySource>(std::move(world), std::move(token_file), std::move(role), std::move(options));
}

std::unique_ptr<Source> make_web_identity_environment_source(World world, StsOptions options) {
  return std::make_unique<WebIdentityEnvironmentSource>(std::move(world), std::move(options));
}

}  // namespace dynamutex::credentials
