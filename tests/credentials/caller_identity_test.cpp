#include "dynamutex/credentials/caller_identity.hpp"

#include "credentials/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

namespace {

const sigv4::Credentials kKeys{"AKIDBASE", Secret("base-hunter2"), Secret("base/token=")};

Result<CallerIdentity> ask(RawServer& sts) {
  TestWorld test;
  return ask_caller_identity(test.world(), {"us-west-2", sts.url("")}, kKeys, test.clock.now() + kHang);
}

}  // namespace

TEST_CASE("STS tells account and ARN, asked once by a signed request") {
  RawServer sts(
      always(reply("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/a&amp;b</Arn>"
                   "<UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult>"
                   "</GetCallerIdentityResponse>")));
  const auto identity = ask(sts);
  REQUIRE(identity.ok());
  CHECK(identity->account == "123456789012");
  CHECK(identity->arn == "arn:aws:iam::1:user/a&b");
  REQUIRE(sts.requests().size() == 1);
  CHECK(body_of(sts.requests()[0]) == "Action=GetCallerIdentity&Version=2011-06-15");
  CHECK(header_of(sts.requests()[0], "authorization").value_or("").find("/us-west-2/sts/aws4_request") != std::string::npos);
}

TEST_CASE("a key that STS does not know is denied, and an answer that tells nothing is none") {
  RawServer refusing(
      always(reply("<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no such key</Message></Error>"
                   "</ErrorResponse>",
                   "403 Forbidden")));
  const auto refused = ask(refusing);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind == ErrorKind::denied);
  CHECK(refused.error().aws_code == "InvalidClientTokenId");
  RawServer empty(always(reply("<html>hello</html>")));
  const auto nothing = ask(empty);
  REQUIRE_FALSE(nothing.ok());
  CHECK(nothing.error().kind == ErrorKind::not_applied);
}
