#include "dynamutex/credentials/imds_source.hpp"

#include "credentials/helpers.hpp"
#include "credentials/scripted_transport.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

namespace {

/// The instance metadata service, version 2: everything but the token is refused without it.
RawServer::Handler imds(std::string roles = reply("my-role\n"), std::string token = reply("the-token")) {
  return [roles = std::move(roles), token = std::move(token)](Peer& peer) {
    while (const auto request = peer.read_request()) {
      const std::string line = request->substr(0, request->find("\r\n"));
      const bool may = header_of(*request, "x-aws-ec2-metadata-token") == "the-token";
      std::string answer = reply("", "401 Unauthorized");
      if (line == "PUT /latest/api/token HTTP/1.1" && header_of(*request, "x-aws-ec2-metadata-token-ttl-seconds") == "21600") {
        answer = token;
      } else if (may && line == "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1") {
        answer = roles;
      } else if (may && line == "GET /latest/meta-data/iam/security-credentials/my-role HTTP/1.1") {
        answer =
            reply(R"({"Code":"Success","LastUpdated":"x","Type":"AWS-HMAC","AccessKeyId":"ASIAEC2","SecretAccessKey":"hunter2",)"
                  R"("Token":"t","Expiration":"2026-11-23T15:00:00Z"})");
      }
      if (!peer.send(answer)) return;
    }
  };
}

FetchOutcome fetch_from(const std::string& endpoint) {
  TestWorld test;
  test.variables.values["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = endpoint;
  const auto source = make_imds_source(test.world());
  return test.fetch(*source);
}

const std::string kKeys =
    R"({"Code":"Success","AccessKeyId":"ASIAEC2","SecretAccessKey":"hunter2","Token":"t","Expiration":"2026-11-23T15:00:00Z"})";

/// Asks a service that is only a script, with these variables; `waiting` is what the caller still has.
FetchOutcome fetch_from(ScriptedTransport& service, std::map<std::string, std::string> variables = {}, Duration waiting = kHang) {
  TestWorld test;
  test.variables.values = std::move(variables);
  World world = test.world();
  world.local_transport = &service;
  return test.fetch(*make_imds_source(std::move(world)), waiting);
}

}  // namespace

TEST_CASE("an instance's role is asked for with a token, in three requests on one connection") {
  RawServer server(imds());
  CHECK(keys_of(fetch_from(server.url("/"))) == "ASIAEC2/hunter2/t");
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 1);
}

TEST_CASE("version 1 of the service is never asked") {
  RawServer server(imds(reply("my-role"), reply("", "404 Not Found")));
  CHECK(error_of(fetch_from(server.url(""))).kind == ErrorKind::denied);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("an instance without a role, a machine without the service, and a service turned off are absences") {
  RawServer server(imds(reply("", "404 Not Found")));
  CHECK(absence_of(fetch_from(server.url(""))) == "the instance has no role");

  std::string gone;
  {
    RawServer closed(imds());
    gone = closed.url("");
  }
  CHECK(absence_of(fetch_from(gone)).find("cannot connect") != std::string::npos);

  TestWorld test;
  test.variables.values = {{"AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url("")}, {"AWS_EC2_METADATA_DISABLED", "true"}};
  const auto before = server.requests().size();
  CHECK(absence_of(test.fetch(*make_imds_source(test.world()))) == "AWS_EC2_METADATA_DISABLED is true");
  CHECK(server.requests().size() == before);
}

TEST_CASE("a service that takes the question and says nothing is given up within its second") {
  RawServer silent([](Peer& peer) { peer.wait_for_close(); });
  TestWorld test;
  const auto start = test.clock.now();
  absence_of(fetch_from(silent.url("")));
  CHECK(test.clock.now() - start < kHang);
}

TEST_CASE("a role's name that is none is not put into a path") {
  for (const char* name : {"", "a/../b", "<html>", "a b"}) {
    RawServer server(imds(reply(name)));
    CAPTURE(name);
    CHECK(error_of(fetch_from(server.url(""))).kind == ErrorKind::not_applied);
    CHECK(server.requests().size() == 2);
  }
}

TEST_CASE("a role's name may hold all that IAM allows") {
  for (const char* name : {"AZaz09+=,.@-_", "Z", "0"}) {
    ScriptedTransport service;
    service.then(200, "the-token").then(200, name).then(200, kKeys);
    CAPTURE(name);
    CHECK(keys_of(fetch_from(service)) == "ASIAEC2/hunter2/t");
    CHECK(service.asked.at(2).url == std::string("http://169.254.169.254/latest/meta-data/iam/security-credentials/") + name);
  }
}

TEST_CASE("the service is asked at the address that the environment chooses") {
  const auto asked = [](std::map<std::string, std::string> variables) {
    ScriptedTransport service;
    service.then_error(ErrorKind::not_applied);
    absence_of(fetch_from(service, std::move(variables)));
    return service.asked.at(0).url;
  };
  CHECK(asked({}) == "http://169.254.169.254/latest/api/token");
  CHECK(asked({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv4"}}) == "http://169.254.169.254/latest/api/token");
  for (const char* mode : {"IPv6", "ipv6"}) {
    CHECK(asked({{"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", mode}}) == "http://[fd00:ec2::254]/latest/api/token");
  }
  CHECK(asked({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://agent:1//"}, {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6"}}) ==
        "http://agent:1/latest/api/token");
  CHECK(asked({{"AWS_EC2_METADATA_SERVICE_ENDPOINT", "/"}}) == "http://169.254.169.254/latest/api/token");
}

TEST_CASE("a service that is turned off is not asked, however that is spelled") {
  for (const char* text : {"true", "True", "TRUE"}) {
    ScriptedTransport service;
    absence_of(fetch_from(service, {{"AWS_EC2_METADATA_DISABLED", text}}));
    CHECK(service.asked.empty());
  }
}

TEST_CASE("a service that fails at any of its three steps is told with the step, and whether it may pass") {
  const char* const steps[] = {"a token", "the role's name", "the role's credentials"};
  const std::pair<int, ErrorKind> answers[] = {
      {500, ErrorKind::not_applied}, {503, ErrorKind::not_applied}, {403, ErrorKind::denied}, {401, ErrorKind::denied}};
  for (int step = 0; step < 3; ++step) {
    for (const auto& answer : answers) {
      ScriptedTransport service;
      if (step > 0) service.then(200, "the-token");
      if (step > 1) service.then(200, "my-role");
      service.then(answer.first, "hunter2");
      const Error error = error_of(fetch_from(service));
      CAPTURE(steps[step]);
      CAPTURE(answer.first);
      CHECK(error.kind == answer.second);
      CHECK(error.http_status == answer.first);
      CHECK(error.message.find(steps[step]) != std::string::npos);
    }
  }
}

TEST_CASE("a service that gave a token and then falls silent is an error, not an absence") {
  for (const bool at_role : {true, false}) {
    ScriptedTransport service;
    service.then(200, "the-token");
    if (!at_role) service.then(200, "my-role");
    service.then_error(ErrorKind::ambiguous);
    CHECK(error_of(fetch_from(service)).kind == ErrorKind::not_applied);
  }
}

TEST_CASE("a caller without time, and an address that is none, are not taken for a machine without the service") {
  ScriptedTransport late;
  late.then_error(ErrorKind::timed_out);
  CHECK(error_of(fetch_from(late, {}, Duration(-1))).kind == ErrorKind::timed_out);
  ScriptedTransport malformed;
  malformed.then_error(ErrorKind::invalid);
  CHECK(error_of(fetch_from(malformed)).kind == ErrorKind::invalid);
}

TEST_CASE("a service that answers with something else than credentials is an error") {
  for (const char* answer : {"", "<html>", "{}", R"({"Code":"Failed","Message":"hunter2"})"}) {
    ScriptedTransport service;
    service.then(200, "the-token").then(200, "my-role").then(200, answer);
    CAPTURE(answer);
    error_of(fetch_from(service));
  }
}
