#include <utility>

#include "credentials/outcome.hpp"
#include "credentials/sts_exchange.hpp"
#include "dynamutex/credentials/sts.hpp"

namespace dynamutex::credentials {
namespace {

class AssumeRoleSource final : public Source {
 public:
  AssumeRoleSource(World world, std::unique_ptr<Source> from, Role role, StsOptions options)
      : world_(std::move(world)), from_(std::move(from)), role_(std::move(role)),
        options_(complete_sts_options(std::move(options), world_.environment)) {}

  FetchOutcome fetch(MonotonicTime deadline, const Cancellation* cancellation) override {
    const std::string about = "role '" + printable(role_.arn) + "': ";
    FetchOutcome base = from_->fetch(deadline, cancellation);
    if (auto* const absent = std::get_if<Absent>(&base)) {
      return make_error(ErrorKind::denied, about + "no credentials to assume it with (" + absent->reason + ")");
    }
    const auto* const keys = std::get_if<Fetched>(&base);
    if (keys == nullptr) return base;

    StsForm form("AssumeRole");
    form.add_role(role_, *world_.clock);
    if (!role_.external_id.empty()) form.add("ExternalId", role_.external_id);
    FetchOutcome outcome = ask_sts(world_, options_, form, keys->credentials.get(), deadline, cancellation);
    if (auto* const error = std::get_if<Error>(&outcome)) error->message.insert(0, about);
    return outcome;
  }

  std::string name() const override { return "assumed role"; }

 private:
  const World world_;
  const std::unique_ptr<Source> from_;
  const Role role_;
  const StsOptions options_;
};

}  // namespace

std::unique_ptr<Source> make_assume_role_source(World world, std::unique_ptr<Source> from, Role role, StsOptions options) {
  return std::make_unique<AssumeRoleSource>(std::move(world), std::move(from), std::move(role), std::move(options));
}

}  // namespace dynamutex::credentials
