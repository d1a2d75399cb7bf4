#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "http/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

namespace {

/// The error's kind, after the checks that hold for every error.
ErrorKind failure(const Result<http::Response>& result) {
  REQUIRE_FALSE(result.ok());
  const Error& error = result.error();
  CHECK_FALSE(error.message.empty());
  CHECK(error.message.find('\n') == std::string::npos);
  CHECK(error.operation.empty());
  return error.kind;
}

const std::string kReply = reply("{\"Attributes\":{}}", "200 OK", "Date: Mon, 23 Nov 2026 15:00:00 GMT\r\nServer: x\r\n");

}  // namespace

TEST_CASE("a reply cut at any byte is ambiguous, and the request is not sent again") {
  std::atomic<std::size_t> keep{0};
  RawServer server([&](Peer& peer) {
    if (peer.read_request()) peer.send(std::string_view(kReply).substr(0, keep));
  });
  Client client;
  for (std::size_t cut = 0; cut < kReply.size(); ++cut) {
    keep = cut;
    CAPTURE(cut);
    CHECK(failure(client.post(server.url())) == ErrorKind::ambiguous);
    CHECK(server.requests().size() == cut + 1);
  }
  keep = kReply.size();
  CHECK(client.post(server.url()).ok());
}

TEST_CASE("a reply cut at any byte of a reused connection is ambiguous, and the request is not sent again") {
  std::atomic<std::size_t> keep{0};
  std::atomic<bool> reset{false};
  RawServer server([&](Peer& peer) {
    if (!peer.read_request() || !peer.send(kReply) || !peer.read_request()) return;
    peer.send(std::string_view(kReply).substr(0, keep));
    if (reset) peer.reset_on_close();
  });
  for (const bool hard : {false, true}) {
    reset = hard;
    const int connections_before = server.connections();
    const std::size_t requests_before = server.requests().size();
    Client client;
    for (std::size_t cut = 0; cut < kReply.size(); ++cut) {
      keep = cut;
      CAPTURE(cut);
      CAPTURE(hard);
      CHECK(client.post(server.url()).ok());
      CHECK(failure(client.post(server.url())) == ErrorKind::ambiguous);
    }
    CHECK(server.requests().size() - requests_before == 2 * kReply.size());
    CHECK(server.connections() - connections_before == static_cast<int>(kReply.size()));
  }
}

TEST_CASE("a chunked reply cut at any byte is ambiguous") {
  const std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  std::atomic<std::size_t> keep{0};
  RawServer server([&](Peer& peer) {
    if (peer.read_request()) peer.send(std::string_view(bytes).substr(0, keep));
  });
  Client client;
  // The last chunk ends with its line; of the empty trailer section after it, nothing is needed to know the body.
  const std::size_t known = bytes.size() - 2;
  for (std::size_t cut = 0; cut < known; ++cut) {
    keep = cut;
    CAPTURE(cut);
    CHECK(failure(client.post(server.url())) == ErrorKind::ambiguous);
  }
  keep = bytes.size();
  CHECK(client.post(server.url()).value().body == "hello");
}

TEST_CASE("a connection that the server closed while idle costs no request") {
  RawServer server([](Peer& peer) {
    if (peer.read_request()) peer.send(kReply);
  });
  Client client;
  for (int i = 0; i < 5; ++i) {
    REQUIRE(client.post(server.url()).ok());
    const auto end = client.clock.now() + kHang;
    while (server.open_connections() > 0 && client.clock.now() < end) std::this_thread::yield();
  }
  CHECK(server.requests().size() == 5);
}

TEST_CASE("a server that is not there applied nothing") {
  int port = 0;
  {
    RawServer server(always(kReply));
    port = server.port();
  }
  Client client;
  const std::string host = "127.0.0.1:" + std::to_string(port);
  const auto result = client.post("http://" + host + "/");
  CHECK(failure(result) == ErrorKind::not_applied);
  CHECK(result.error().message ==
        "cannot connect to " + host + " (connection refused); is the endpoint right and the service running?");
}

TEST_CASE("a host that does not exist applied nothing") {
  Client client;
  const auto result = client.post("http://no-such-host.invalid/");
  CHECK(failure(result) == ErrorKind::not_applied);
  CHECK(result.error().message.find("no-such-host.invalid") != std::string::npos);
}

TEST_CASE("a deadline ends a request whose reply stalls, as ambiguous") {
  std::atomic<std::size_t> keep{0};
  RawServer server([&](Peer& peer) {
    if (peer.read_request()) peer.send(std::string_view(kReply).substr(0, keep));
    peer.wait_for_close();
  });
  Client client;
  for (const std::size_t sent : {std::size_t{0}, std::size_t{10}, kReply.find("\r\n\r\n") + 4, kReply.size() - 1}) {
    keep = sent;
    CAPTURE(sent);
    const auto start = client.clock.now();
    const auto result = client.post(server.url(), 300ms);
    CHECK(failure(result) == ErrorKind::ambiguous);
    CHECK(result.error().message.find("deadline") != std::string::npos);
    CHECK(client.clock.now() - start >= 300ms);
    CHECK(client.clock.now() - start < kHang);
  }
}

TEST_CASE("a reply that drips is ended by the deadline") {
  RawServer server([](Peer& peer) {
    if (!peer.read_request() || !peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")) return;
    const auto clock = make_system_clock();
    while (peer.send("x")) clock->wait_until(clock->now() + 5ms, nullptr);
  });
  Client client;
  const auto start = client.clock.now();
  CHECK(failure(client.post(server.url(), 300ms)) == ErrorKind::ambiguous);
  CHECK(client.clock.now() - start < kHang);
}

TEST_CASE("a server that takes the connection but not the TLS handshake is ended by the deadline, with nothing applied") {
  RawServer server([](Peer& peer) { peer.wait_for_close(); });
  Client client;
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  CHECK(failure(client.post(url, 50ms)) == ErrorKind::timed_out);

  http::CurlOptions options = Client::plain();
  options.connect_timeout = 50ms;
  Client hasty(options);
  const auto result = hasty.post(url);
  CHECK(failure(result) == ErrorKind::not_applied);
  CHECK(result.error().message.find("within 50 ms") != std::string::npos);
}

TEST_CASE("a deadline that has passed, or a cancellation that came first, sends nothing") {
  RawServer server(always(kReply));
  Client client;
  CHECK(failure(client.post(server.url(), -1s)) == ErrorKind::timed_out);
  CHECK(failure(client.post(server.url(), 0s)) == ErrorKind::timed_out);
  Cancellation cancellation;
  cancellation.cancel();
  CHECK(failure(client.post(server.url(), kHang, &cancellation)) == ErrorKind::timed_out);
  CHECK(server.connections() == 0);

  REQUIRE(client.post(server.url()).ok());  // With a connection at hand, the first step of a request would send it.
  CHECK(failure(client.post(server.url(), 0s)) == ErrorKind::timed_out);
  CHECK(failure(client.post(server.url(), kHang, &cancellation)) == ErrorKind::timed_out);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("cancelling from another thread ends a request without a deadline") {
  Cancellation cancellation;
  std::atomic<bool> asked{false};
  RawServer server([&](Peer& peer) {
    if (!peer.read_request()) return;
    asked = true;
    // Late enough for the client to be waiting, and for libcurl's own timers (happy eyeballs: 200 ms) to be over: before
    // that, it looks at the flag and needs no waking.
    const auto clock = make_system_clock();
    clock->wait_until(clock->now() + 400ms, nullptr);
    cancellation.cancel();
    peer.wait_for_close();
  });
  http::CurlOptions options = Client::plain();
  options.connect_timeout = 1h;  // Its timer, too, would wake the wait.
  Client client(options);
  const auto start = client.clock.now();
  const auto result = client.post(server.url(), 1h, &cancellation);
  CHECK(client.clock.now() - start < kHang);
  CHECK(failure(result) == ErrorKind::ambiguous);
  CHECK(result.error().message.find("cancelled") != std::string::npos);
  CHECK(asked);
}

TEST_CASE("a request after one that was cut short works") {
  std::atomic<bool> stall{true};
  Cancellation cut;
  RawServer server([&](Peer& peer) {
    while (peer.read_request()) {
      if (stall) {
        cut.cancel();
        peer.wait_for_close();
      } else if (!peer.send(kReply)) {
        return;
      }
    }
  });
  Client client;
  CHECK(failure(client.post(server.url(), kHang, &cut)) == ErrorKind::ambiguous);
  stall = false;
  const auto result = client.post(server.url());
  REQUIRE(result.ok());
  CHECK(result->body == "{\"Attributes\":{}}");
}

TEST_CASE("an answer that is not HTTP is ambiguous") {
  for (const char* bytes : {"hello\r\n", "\r\n\r\n", "HTTP/1.1 banana\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n"}) {
    RawServer server([&](Peer& peer) {
      if (peer.read_request()) peer.send(bytes);
    });
    Client client;
    CAPTURE(bytes);
    CHECK(failure(client.post(server.url())) == ErrorKind::ambiguous);
  }
}
