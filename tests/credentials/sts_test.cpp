#include "dynamutex/credentials/sts.hpp"

#include <vector>

#include "credentials/helpers.hpp"
#include "credentials/sts_answer.hpp"
#include "dynamutex/sigv4/signer.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

namespace {

std::string sts_body(const std::string& action, const std::string& id) {
  return "<" + action + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + action +
         "Result><AssumedRoleUser><Arn>arn</Arn></AssumedRoleUser><Credentials><AccessKeyId>" + id +
         "</AccessKeyId><SecretAccessKey>hunter2/&amp;+</SecretAccessKey><SessionToken>tok==</SessionToken>"
         "<Expiration>2026-11-23T15:00:00Z</Expiration></Credentials></" +
         action + "Result></" + action + "Response>";
}

/// Signs what arrived once more, and compares.
bool is_signed_by(const std::string& request, const sigv4::Credentials& keys, std::string_view region) {
  const auto header = [&](const char* name) { return header_of(request, name).value_or(""); };
  const std::string type = header("content-type");
  const std::string host = header("host");
  const std::string date_text = header("x-amz-date");
  const std::string token = header("x-amz-security-token");
  const std::string body = body_of(request);
  std::vector<sigv4::Header> headers = {{"content-type", type}, {"host", host}, {"x-amz-date", date_text}};
  if (!token.empty()) headers.push_back({"x-amz-security-token", token});
  const auto date = sigv4::AmzDate::parse(date_text);
  sigv4::SigningKeyCache cache;
  const auto again = sigv4::sign({"POST", "/", "", headers, sigv4::Payload::of(body)}, keys, {*date, region, "sts"}, cache);
  return again.ok() && again->authorization() == header("authorization") && token == keys.session_token.reveal();
}

std::unique_ptr<Source> fixed(const sigv4::Credentials& keys, Variables& variables) {
  variables.values["AWS_ACCESS_KEY_ID"] = keys.access_key_id;
  variables.values["AWS_SECRET_ACCESS_KEY"] = keys.secret_access_key.reveal();
  variables.values["AWS_SESSION_TOKEN"] = keys.session_token.reveal();
  return make_environment_source(variables.lookup());
}

const sigv4::Credentials kKeys{"AKIDBASE", Secret("base-hunter2"), Secret("base/token=")};

}  // namespace

TEST_CASE("a role is assumed with a signed request, and the answer's keys are handed out") {
  RawServer sts(always(reply(sts_body("AssumeRole", "ASIAROLE"))));
  TestWorld test;
  Role role{"arn:aws:iam::1:role/a b", "me@host", "ext&id", 900};
  auto source = make_assume_role_source(test.world(), fixed(kKeys, test.variables), role, {"us-west-2", sts.url("")});
  const auto outcome = test.fetch(*source);
  CHECK(keys_of(outcome) == "ASIAROLE/hunter2/&+/tok==");
  CHECK(std::get<Fetched>(outcome).expires == WallTime(1795446000s));
  const std::string request = sts.requests().at(0);
  CHECK(request.substr(0, 17) == "POST / HTTP/1.1\r\n");
  CHECK(body_of(request) ==
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa%20b&RoleSessionName=me%40host"
        "&DurationSeconds=900&ExternalId=ext%26id");
  CHECK(is_signed_by(request, kKeys, "us-west-2"));
}

TEST_CASE("a role is assumed anew at each fetch, under a name made up where none is given") {
  RawServer sts(always(reply(sts_body("AssumeRole", "ASIAROLE"))));
  TestWorld test;
  test.variables.values["AWS_ENDPOINT_URL_STS"] = sts.url("/");
  test.variables.values["AWS_REGION"] = "eu-west-1";
  auto source = make_assume_role_source(test.world(), fixed(kKeys, test.variables), {"arn:x", "", "", 0}, {});
  keys_of(test.fetch(*source));
  keys_of(test.fetch(*source));
  CHECK(sts.requests().size() == 2);
  CHECK(body_of(sts.requests().at(0)).find("RoleSessionName=dynamutex-") != std::string::npos);
  CHECK(is_signed_by(sts.requests().at(0), kKeys, "eu-west-1"));
}

TEST_CASE("what STS refuses is told with its code, and not asked again") {
  RawServer sts(
      always(reply("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized\nto</Message>"
                   "</Error><RequestId>r-1</RequestId></ErrorResponse>",
                   "403 Forbidden")));
  TestWorld test;
  auto source = make_assume_role_source(test.world(), fixed(kKeys, test.variables), {"arn:x", "", "", 0}, {"", sts.url("")});
  const Error error = error_of(test.fetch(*source));
  CHECK(error.kind == ErrorKind::denied);
  CHECK(error.aws_code == "AccessDenied");
  CHECK(error.request_id == "r-1");
  CHECK(error.http_status == 403);
  CHECK(error.message == "role 'arn:x': STS answered with status 403, AccessDenied: not authorized?to");
  CHECK(sts.requests().size() == 1);
}

TEST_CASE("an STS that fails is asked again, thrice in all") {
  RawServer sts(always(reply("busy", "503 Service Unavailable")));
  TestWorld test;
  auto source = make_assume_role_source(test.world(), fixed(kKeys, test.variables), {"arn:x", "", "", 0}, {"", sts.url("")});
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::not_applied);
  CHECK(sts.requests().size() == 3);
}

TEST_CASE("an STS that breaks off, or stalls, leaves the caller's own request undone") {
  RawServer cut([](Peer& peer) {
    if (peer.read_request()) peer.send("HTTP/1.1 200 OK\r\nContent-");
  });
  TestWorld test;
  auto source = make_assume_role_source(test.world(), fixed(kKeys, test.variables), {"arn:x", "", "", 0}, {"", cut.url("")});
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::not_applied);
  CHECK(cut.requests().size() == 3);

  RawServer stalls([](Peer& peer) { peer.wait_for_close(); });
  auto slow = make_assume_role_source(test.world(), fixed(kKeys, test.variables), {"arn:x", "", "", 0}, {"", stalls.url("")});
  CHECK(error_of(test.fetch(*slow, 50ms)).kind == ErrorKind::timed_out);
}

TEST_CASE("a role without credentials to assume it with is an error, not an absence") {
  TestWorld test;
  auto source = make_assume_role_source(test.world(), make_environment_source(test.variables.lookup()), {"arn:x", "", "", 0}, {});
  const Error error = error_of(test.fetch(*source));
  CHECK(error.kind == ErrorKind::denied);
  CHECK(error.message.find("AWS_ACCESS_KEY_ID is not set") != std::string::npos);
}

TEST_CASE("a web identity's token is read at each fetch and exchanged without a signature") {
  RawServer sts(always(reply(sts_body("AssumeRoleWithWebIdentity", "ASIAWEB"))));
  TestWorld test;
  Folder folder;
  test.variables.values = {{"AWS_WEB_IDENTITY_TOKEN_FILE", folder.write("token", "jwt.one\n")},
                           {"AWS_ROLE_ARN", "arn:web"},
                           {"AWS_ROLE_SESSION_NAME", "pod"}};
  auto source = make_web_identity_environment_source(test.world(), {"us-east-1", sts.url("")});
  CHECK(keys_of(test.fetch(*source)) == "ASIAWEB/hunter2/&+/tok==");
  folder.write("token", "jwt.two");
  keys_of(test.fetch(*source));
  const auto requests = sts.requests();
  CHECK(body_of(requests.at(0)) ==
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aweb&RoleSessionName=pod&WebIdentityToken=jwt.one");
  CHECK(body_of(requests.at(1)).find("WebIdentityToken=jwt.two") != std::string::npos);
  CHECK_FALSE(header_of(requests.at(0), "authorization").has_value());
}

TEST_CASE("a web identity is absent without its variables, and an error without its file") {
  TestWorld test;
  Folder folder;
  auto source = make_web_identity_environment_source(test.world(), {});
  CHECK(absence_of(test.fetch(*source)) == "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
  test.variables.values["AWS_WEB_IDENTITY_TOKEN_FILE"] = folder.path() + "/none";
  CHECK(absence_of(test.fetch(*source)) == "AWS_ROLE_ARN is not set");
  test.variables.values["AWS_ROLE_ARN"] = "arn:web";
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::invalid);
  folder.write("none", " \n");
  CHECK(error_of(test.fetch(*source)).message.find("is empty") != std::string::npos);
}

TEST_CASE("STS's XML is read strictly") {
  CHECK(element_text("<a><b>x &amp; &lt;y&gt;</b></a>", "b") == "x & <y>");
  for (const char* xml :
       {"", "<b>", "<b>x", "x</b>", "<b>x</b><b>y</b>", "<b><c/></b>", "<b>&nbsp;</b>", "<b>&amp</b>", "</b>x<b>"}) {
    CAPTURE(xml);
    CHECK_FALSE(element_text(xml, "b").has_value());
  }
  const std::string good = sts_body("AssumeRole", "id");
  for (const char* name : {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration", "Credentials"}) {
    std::string xml = good;
    xml.replace(xml.find(name), 1, "X");
    CAPTURE(name);
    CHECK_FALSE(parse_sts_credentials(xml).ok());
  }
  std::string copy = good;
  CHECK(parse_sts_credentials(copy).ok());
  CHECK(copy.find("hunter2") == std::string::npos);  // Wiped.
}
