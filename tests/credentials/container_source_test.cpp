#include "dynamutex/credentials/container_source.hpp"

#include "credentials/helpers.hpp"
#include "credentials/scripted_transport.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

namespace {

const std::string kAnswer = reply(R"({"RoleArn":"arn:x","AccessKeyId":"ASIATASK","SecretAccessKey":"hunter2","Token":"t",)"
                                  R"("Expiration":"2026-11-23T15:00:00Z"})");

}  // namespace

TEST_CASE("a container asks for the relative URI, without a token where there is none") {
  RawServer agent(always(kAnswer));
  TestWorld test;
  test.variables.values["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/abc";
  auto source = make_container_source(test.world(), {agent.url("")});
  CHECK(keys_of(test.fetch(*source)) == "ASIATASK/hunter2/t");
  CHECK(agent.requests().at(0).substr(0, 34) == "GET /v2/credentials/abc HTTP/1.1\r\n");
  CHECK_FALSE(header_of(agent.requests().at(0), "authorization").has_value());
}

TEST_CASE("a container asks the full URI with its token, whose file is read at each fetch") {
  RawServer agent(always(kAnswer));
  TestWorld test;
  Folder folder;
  test.variables.values = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.url("/creds?a=b")},
                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic hunter2"}};
  auto source = make_container_source(test.world());
  keys_of(test.fetch(*source));
  CHECK(agent.requests().at(0).substr(0, 12) == "GET /creds?a");
  CHECK(header_of(agent.requests().at(0), "authorization") == "Basic hunter2");

  test.variables.values["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.write("token", "first\n");
  keys_of(test.fetch(*source));
  folder.write("token", "second\n");
  keys_of(test.fetch(*source));
  CHECK(header_of(agent.requests().at(1), "authorization") == "first");
  CHECK(header_of(agent.requests().at(2), "authorization") == "second");
}

TEST_CASE("a token that would start another header is not sent") {
  RawServer agent(always(kAnswer));
  TestWorld test;
  Folder folder;
  test.variables.values = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", agent.url()},
                           {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter2\r\nX: y"}};
  auto source = make_container_source(test.world());
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::invalid);
  test.variables.values["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = folder.write("token", "hunter2\r\nX: y");
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::invalid);
  CHECK(agent.requests().empty());
}

TEST_CASE("a container's token goes to this machine, to the agents' addresses, or over https, and nowhere else") {
  for (const char* url : {"https://example.com/x", "http://127.0.0.1/", "http://127.1.2.3:8080/x", "http://localhost:1/",
                          "http://[::1]:80/", "http://169.254.170.2/x", "http://169.254.170.23/v1/credentials",
                          "http://[fd00:ec2::23]/v1/credentials", "http://[fd00:ec2:0:0::23]/"}) {
    CAPTURE(url);
    CHECK(is_allowed_container_url(url));
  }
  for (const char* url : {"",
                          "http://",
                          "http:///x",
                          "ftp://127.0.0.1/",
                          "http://example.com/",
                          "http://169.254.169.254/",
                          "http://169.254.170.3/",
                          "http://127.0.0.1.example.com/",
                          "http://127.0.0.1@example.com/",
                          "http://127.0.0.1:80@example.com/",
                          "http://127.1/",
                          "http://2130706433/",
                          "http://0177.0.0.1/",
                          "http://128.0.0.1/",
                          "http://[::2]/",
                          "http://[::ffff:10.0.0.1]/",
                          "http://[fd00:ec2::24]/",
                          "http://[]/",
                          "http://[agent]/",
                          "http://[::1/",
                          "http://localhost.example.com/",
                          "http://::1/"}) {
    CAPTURE(url);
    CHECK_FALSE(is_allowed_container_url(url));
  }
  TestWorld test;
  test.variables.values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://192.0.2.1/";
  CHECK(error_of(test.fetch(*make_container_source(test.world()))).kind == ErrorKind::invalid);
}

TEST_CASE("a container's endpoint that refuses is an error, one that fails is asked again") {
  TestWorld test;
  RawServer refuses(always(reply("hunter2", "403 Forbidden")));
  test.variables.values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = refuses.url();
  auto source = make_container_source(test.world());
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::denied);
  CHECK(refuses.requests().size() == 1);

  RawServer recovers([](Peer& peer) {
    if (peer.read_request()) peer.send(reply("", "500 Internal Server Error"));
    while (peer.read_request() && peer.send(kAnswer)) {}
  });
  test.variables.values["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = recovers.url();
  CHECK(keys_of(test.fetch(*source)) == "ASIATASK/hunter2/t");
}

TEST_CASE("without its variables there is no container") {
  TestWorld test;
  auto source = make_container_source(test.world());
  CHECK(absence_of(test.fetch(*source)).find("AWS_CONTAINER_CREDENTIALS_FULL_URI is set") != std::string::npos);
  test.variables.values["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@example.com/";
  CHECK(error_of(test.fetch(*source)).kind == ErrorKind::invalid);
}

TEST_CASE("a container's endpoint that keeps failing is told as one that may recover") {
  for (const int status : {500, 429}) {
    TestWorld test;
    ScriptedTransport endpoint;
    endpoint.then(status, "hunter2");
    World world = test.world();
    world.local_transport = &endpoint;
    test.variables.values["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    CAPTURE(status);
    const Error error = error_of(test.fetch(*make_container_source(world)));
    CHECK(error.kind == ErrorKind::not_applied);
    CHECK(error.http_status == status);
  }
}

TEST_CASE("a container asks over https by the transport that may leave the machine, else by the other") {
  for (const bool encrypted : {true, false}) {
    TestWorld test;
    ScriptedTransport outward;
    ScriptedTransport local;
    for (ScriptedTransport* transport : {&outward, &local}) transport->then(200, "<html>hunter2");
    World world = test.world();
    world.transport = &outward;
    world.local_transport = &local;
    test.variables.values = {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", encrypted ? "https://example.com/x" : "http://localhost/x"},
                             {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", ""}};
    error_of(test.fetch(*make_container_source(world)));
    CHECK(outward.asked.size() == (encrypted ? 1 : 0));
    CHECK(local.asked.size() == (encrypted ? 0 : 1));
  }
}
