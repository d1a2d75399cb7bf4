#include "dynamutex/credentials/imds_source.hpp"

#include "credentials/helpers.hpp"
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
