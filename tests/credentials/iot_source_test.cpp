#include "dynamutex/credentials/iot_source.hpp"

#include "credentials/helpers.hpp"
#include "credentials/scripted_transport.hpp"
#include "http/certificates.hpp"
#include "http/raw_server.hpp"
#include "support/fake_world.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;

TEST_CASE("a device gets credentials for its certificate") {
  const Certificates certificates;
  RawServer server(always(reply(R"({"credentials":{"accessKeyId":"ASIAIOT","secretAccessKey":"hunter2","sessionToken":"t",)"
                                R"("expiration":"2026-11-23T15:00:00Z"}})")),
                   TlsSetup{certificates.localhost.certificate, certificates.localhost.key, certificates.ca, 0});
  http::CurlOptions options = Client::plain();
  options.ca_bundle = certificates.ca;
  options.client_certificate = certificates.client.certificate;
  options.client_key = certificates.client.key;
  TestWorld test;
  const auto transport = http::make_curl_transport(test.clock, options);

  auto source = make_iot_source(test.clock, *transport, {server.url("/"), "my-alias", "my-thing"});
  CHECK(keys_of(test.fetch(*source)) == "ASIAIOT/hunter2/t");
  CHECK(server.last_client_subject() == "/CN=appliance");
  const std::string request = server.requests().at(0);
  CHECK(request.substr(0, 49) == "GET /role-aliases/my-alias/credentials HTTP/1.1\r\n");
  CHECK(header_of(request, "x-amzn-iot-thingname") == "my-thing");

  auto nameless = make_iot_source(test.clock, *transport, {server.url(""), "my-alias", ""});
  keys_of(test.fetch(*nameless));
  CHECK_FALSE(header_of(server.requests().at(1), "x-amzn-iot-thingname").has_value());
}

TEST_CASE("a device that is refused, or set up wrongly, is told so") {
  const Certificates certificates;
  RawServer server(always(reply(R"({"message":"Access Denied"})", "403 Forbidden")),
                   TlsSetup{certificates.localhost.certificate, certificates.localhost.key, "", 0});
  http::CurlOptions options = Client::plain();
  options.ca_bundle = certificates.ca;
  TestWorld test;
  const auto transport = http::make_curl_transport(test.clock, options);
  const auto error = [&](IotOptions iot) {
    return error_of(make_iot_source(test.clock, *transport, std::move(iot))->fetch(test.clock.now() + kHang, nullptr));
  };
  CHECK(error({server.url(""), "alias", ""}).kind == ErrorKind::denied);
  CHECK(error({server.url(""), "alias", ""}).http_status == 403);
  CHECK(error({"http://127.0.0.1:1", "alias", ""}).kind == ErrorKind::invalid);
  CHECK(error({server.url(""), "../alias", ""}).kind == ErrorKind::invalid);
  CHECK(error({server.url(""), "", ""}).kind == ErrorKind::invalid);
}

namespace {

/// Asks an endpoint that is only a script.
FetchOutcome fetch_from(ScriptedTransport& endpoint, std::string alias = "alias") {
  test::FakeClock clock;
  return make_iot_source(clock, endpoint, {"https://endpoint", std::move(alias), ""})->fetch(clock.now() + kHang, nullptr);
}

}  // namespace

TEST_CASE("a role alias may be all that AWS IoT allows, and no more") {
  for (const std::string& alias : {std::string("AZaz09_=,@-"), std::string("Z"), std::string("0"), std::string(128, 'a')}) {
    ScriptedTransport endpoint;
    endpoint.then(403, "");
    CAPTURE(alias);
    CHECK(error_of(fetch_from(endpoint, alias)).kind == ErrorKind::denied);
    CHECK(endpoint.asked.at(0).url == "https://endpoint/role-aliases/" + alias + "/credentials");
  }
  for (const std::string& alias : {std::string(129, 'a'), std::string("a b"), std::string("a/b"), std::string("a\r\n")}) {
    ScriptedTransport endpoint;
    endpoint.then(403, "");
    CAPTURE(alias);
    CHECK(error_of(fetch_from(endpoint, alias)).kind == ErrorKind::invalid);
    CHECK(endpoint.asked.empty());
  }
}

TEST_CASE("an endpoint for devices that fails is asked again, and then told as one that may recover") {
  for (const int status : {500, 503, 429}) {
    ScriptedTransport endpoint;
    endpoint.then(status, "hunter2");
    CAPTURE(status);
    const Error error = error_of(fetch_from(endpoint));
    CHECK(error.kind == ErrorKind::not_applied);
    CHECK(error.http_status == status);
    CHECK(endpoint.asked.size() == (status >= 500 ? 3 : 1));
  }
  ScriptedTransport silent;
  silent.then_error(ErrorKind::ambiguous);
  CHECK(error_of(fetch_from(silent)).kind == ErrorKind::not_applied);
  ScriptedTransport other;
  other.then(200, "<html>hunter2");
  error_of(fetch_from(other));
}
