#include <doctest/doctest.h>

#include <string>

#include "http/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;

namespace {

constexpr std::size_t kCap = 10'000;

Result<http::Response> ask(const RawServer& server) {
  Client client;
  return client.post(server.url(), kHang, nullptr, kCap);
}

/// Answers with `start`, then with `more` for ever.
RawServer::Handler endless(std::string start, std::string more) {
  return [start = std::move(start), more = std::move(more)](Peer& peer) {
    if (!peer.read_request() || !peer.send(start)) return;
    while (peer.send(more)) {}
  };
}

}  // namespace

TEST_CASE("a body may be as long as the cap, and no longer") {
  RawServer exact(always(reply(std::string(kCap, 'x'))));
  CHECK(ask(exact).value().body.size() == kCap);

  RawServer over(always(reply(std::string(kCap + 1, 'x'))));
  const auto result = ask(over);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::ambiguous);
  CHECK(result.error().message.find("longer than 10000 bytes") != std::string::npos);
  CHECK(result.error().http_status == 200);
}

TEST_CASE("a body without end is cut off at the cap") {
  for (const char* head : {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"}) {
    RawServer server(endless(head, std::string(1000, 'x')));
    CHECK(ask(server).error().kind == ErrorKind::ambiguous);
  }
  RawServer chunked(endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n"));
  CHECK(ask(chunked).error().kind == ErrorKind::ambiguous);
}

TEST_CASE("headers without end are cut off at the cap") {
  RawServer many(endless("HTTP/1.1 200 OK\r\n", "X-Header: some value\r\n"));
  const auto result = ask(many);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::ambiguous);
  CHECK(result.error().message.find("more than 10000 bytes of headers") != std::string::npos);

  RawServer one(endless("HTTP/1.1 200 OK\r\nX-Header: ", std::string(1000, 'x')));
  CHECK(ask(one).error().kind == ErrorKind::ambiguous);
  RawServer trailers(endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: some value\r\n"));
  CHECK(ask(trailers).error().kind == ErrorKind::ambiguous);
}

TEST_CASE("interim replies leave no trace in the final one") {
  RawServer server(always("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
                          reply("ok", "201 Created", "X-Final: 1\r\n")));
  const auto result = ask(server);
  REQUIRE(result.ok());
  CHECK(result->status == 201);
  CHECK(listed(result->headers).size() == 2);
  CHECK(result->headers.find("x-final"));
  CHECK(!result->headers.find("x-interim"));
  CHECK(result->body == "ok");
}

TEST_CASE("interim replies without end are cut off at the cap") {
  RawServer server(endless("", "HTTP/1.1 100 Continue\r\n\r\n"));
  const auto result = ask(server);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().kind == ErrorKind::ambiguous);
}

TEST_CASE("a switch of protocols that nobody asked for is no reply") {
  RawServer server([](Peer& peer) {
    if (peer.read_request()) peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nsomething");
  });
  CHECK(ask(server).error().kind == ErrorKind::ambiguous);
}

TEST_CASE("a body after a reply that has none does not reach the next request") {
  RawServer server([](Peer& peer) {
    while (peer.read_request() && peer.send("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")) {}
  });
  Client client;
  REQUIRE(client.post(server.url()).ok());
  const auto next = client.post(server.url());
  if (next) CHECK(next->status == 204);
}
