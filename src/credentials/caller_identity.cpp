#include "dynamutex/credentials/caller_identity.hpp"

#include <utility>

#if DYNAMUTEX_CREDENTIALS_STS || DYNAMUTEX_CREDENTIALS_WEB_IDENTITY

#include "credentials/sts_answer.hpp"
#include "credentials/sts_exchange.hpp"

namespace dynamutex::credentials {

Result<CallerIdentity> ask_caller_identity(const World& world, const StsOptions& options, const sigv4::Credentials& credentials,
                                           MonotonicTime deadline, const Cancellation* cancellation) {
  const StsForm form("GetCallerIdentity");
  auto answer =
      send_to_sts(world, complete_sts_options(options, world.environment), form, &credentials, 1, deadline, cancellation);
  if (!answer) return std::move(answer).error();
  auto account = element_text(*answer, "Account");
  auto arn = element_text(*answer, "Arn");
  if (!account || !arn) return make_error(ErrorKind::not_applied, "the answer of STS tells no identity");
  return CallerIdentity{*std::move(account), *std::move(arn)};
}

}  // namespace dynamutex::credentials

#else

namespace dynamutex::credentials {

Result<CallerIdentity> ask_caller_identity(const World&, const StsOptions&, const sigv4::Credentials&, MonotonicTime,
                                           const Cancellation*) {
  return make_error(ErrorKind::invalid, "this build has no STS (DYNAMUTEX_CREDENTIALS_STS)");
}

}  // namespace dynamutex::credentials

#endif
