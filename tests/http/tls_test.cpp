#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include "http/certificates.hpp"
#include "http/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;

namespace {

const Certificates& certificates() {
  static const Certificates made;
  return made;
}

TlsSetup setup_of(const Certificates::Pair& pair) { return {pair.certificate, pair.key, "", 0}; }

http::CurlOptions trusting(const std::string& ca) {
  http::CurlOptions options;
  options.proxy_from_environment = false;
  options.ca_bundle = ca;
  return options;
}

/// The error of a request that must not have reached the server.
Error refusal(const RawServer& server, http::CurlOptions options, std::string_view host = "127.0.0.1") {
  Client client(std::move(options));
  const auto result = client.post(server.url("/", host));
  REQUIRE_FALSE(result.ok());
  CHECK(server.requests().empty());
  CHECK(result.error().message.find('\n') == std::string::npos);
  return result.error();
}

}  // namespace

TEST_CASE("a server whose certificate the CA signed is trusted, by name and by address") {
  RawServer server(always(reply("ok")), setup_of(certificates().localhost));
  Client client(trusting(certificates().ca));
  for (int i = 0; i < 3; ++i) {
    const auto by_name = client.post(server.url("/", "localhost"));
    CHECK_MESSAGE(by_name.ok(), (by_name.ok() ? "" : by_name.error().message));
    CHECK(client.post(server.url("/", "127.0.0.1")).ok());
  }
  CHECK(server.connections() == 2);
}

TEST_CASE("a server whose certificate someone else signed is refused") {
  RawServer server(always(reply("ok")), setup_of(certificates().localhost));
  const Error foreign = refusal(server, trusting(certificates().foreign_ca));
  CHECK(foreign.kind == ErrorKind::not_applied);
  CHECK(foreign.message.find("CA bundle") != std::string::npos);
  CHECK(refusal(server, trusting("")).kind == ErrorKind::not_applied);
}

TEST_CASE("a server with another host's certificate is refused") {
  RawServer server(always(reply("ok")), setup_of(certificates().elsewhere));
  const Error error = refusal(server, trusting(certificates().ca), "localhost");
  CHECK(error.kind == ErrorKind::not_applied);
  CHECK(error.message.find("localhost") != std::string::npos);
}

TEST_CASE("TLS before 1.2 is refused") {
  TlsSetup setup = setup_of(certificates().localhost);
  setup.version_max = TLS1_1_VERSION;
  RawServer server(always(reply("ok")), setup);
  CHECK(refusal(server, trusting(certificates().ca)).kind == ErrorKind::not_applied);
  setup.version_max = TLS1_2_VERSION;
  RawServer newer(always(reply("ok")), setup);
  Client client(trusting(certificates().ca));
  CHECK(client.post(newer.url()).ok());
}

TEST_CASE("a CA bundle that cannot be read is an error of the configuration") {
  RawServer server(always(reply("ok")), setup_of(certificates().localhost));
  const Error error = refusal(server, trusting("/nowhere/ca.pem"));
  CHECK(error.kind == ErrorKind::invalid);
  CHECK(error.message.find("/nowhere/ca.pem") != std::string::npos);
}

TEST_CASE("a client certificate is shown to a server that asks") {
  TlsSetup setup = setup_of(certificates().localhost);
  setup.client_ca = certificates().ca;
  RawServer server(always(reply("ok")), setup);
  http::CurlOptions options = trusting(certificates().ca);
  options.client_certificate = certificates().client.certificate;
  options.client_key = certificates().client.key;
  Client client(options);
  const auto result = client.post(server.url());
  CHECK_MESSAGE(result.ok(), (result.ok() ? "" : result.error().message));
  CHECK(server.last_client_subject() == "/CN=appliance");

  options.client_key = "/nowhere/key.pem";
  Client mistaken(options);
  const auto failed = mistaken.post(server.url());
  REQUIRE_FALSE(failed.ok());
  CHECK(failed.error().kind == ErrorKind::invalid);

  Client without(trusting(certificates().ca));
  CHECK_FALSE(without.post(server.url()).ok());
}

TEST_CASE("a TLS connection cut in the middle of a reply is ambiguous") {
  RawServer server(
      [](Peer& peer) {
        if (peer.read_request()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf of");
      },
      setup_of(certificates().localhost));
  Client client(trusting(certificates().ca));
  const auto result = client.post(server.url());
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::ambiguous);
}
