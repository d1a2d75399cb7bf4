#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "http/certificates.hpp"
#include "http/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

namespace {

/// A Multi and the shortest way to use it.
struct Many {
  explicit Many(http::CurlOptions options = Client::plain()) : client(std::move(options)), multi(client.transport->multi()) {}

  void start(std::uint64_t id, const std::string& url, Duration patience = kHang, const Cancellation* cancellation = nullptr) {
    const std::string body = std::to_string(id);
    http::Request request;
    request.url = url;
    request.body = body;
    request.deadline = client.clock.now() + patience;
    request.cancellation = cancellation;
    multi->start(id, request);
  }

  /// The next one to end; it does not take for ever.
  http::Multi::Finished next() {
    auto finished = multi->wait(client.clock.now() + kHang, nullptr);
    REQUIRE(finished);
    return *std::move(finished);
  }

  Client client;
  std::unique_ptr<http::Multi> multi;
};

/// Answers each request with its own body.
void echo(Peer& peer) {
  while (const auto request = peer.read_request()) {
    if (!peer.send(reply(body_of(*request)))) return;
  }
}

/// Reads a request and never answers.
void stall(Peer& peer) {
  if (peer.read_request()) peer.wait_for_close();
}

/// Answers the requests for "/stall" never, and the others with their own body.
void stall_some(Peer& peer) {
  while (const auto request = peer.read_request()) {
    if (request->find(" /stall ") != std::string::npos) return peer.wait_for_close();
    if (!peer.send(reply(body_of(*request)))) return;
  }
}

}  // namespace

TEST_CASE("many requests are under way at once, and each gets its own answer") {
  constexpr int kAtOnce = 64;
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  RawServer server([&](Peer& peer) {
    while (const auto request = peer.read_request()) {
      {
        std::unique_lock lock(mutex);
        if (++here == kAtOnce) all_here.notify_all();
        all_here.wait_for(lock, kHang, [&] { return here >= kAtOnce; });
      }
      peer.send(reply(body_of(*request)));
    }
  });
  Many many;
  for (std::uint64_t id = 1; id <= kAtOnce; ++id) many.start(id, server.url());
  std::map<std::uint64_t, std::string> answers;
  for (int i = 0; i < kAtOnce; ++i) {
    auto finished = many.next();
    REQUIRE(finished.result.ok());
    answers[finished.id] = finished.result->body;
  }
  CHECK(here == kAtOnce);
  for (std::uint64_t id = 1; id <= kAtOnce; ++id) CHECK(answers[id] == std::to_string(id));
  CHECK_FALSE(many.multi->wait(many.client.clock.now(), nullptr));
}

TEST_CASE("connections are used again, and one request after another needs one") {
  RawServer server(echo);
  Many many;
  for (std::uint64_t id = 0; id < 8; ++id) many.start(id, server.url());
  for (std::uint64_t id = 8; id < 200; ++id) {
    REQUIRE(many.next().result.ok());
    many.start(id, server.url());
  }
  for (int i = 0; i < 8; ++i) REQUIRE(many.next().result.ok());
  CHECK(server.connections() <= 8);
  CHECK(server.requests().size() == 200);

  RawServer other(echo);
  for (std::uint64_t id = 0; id < 20; ++id) {
    many.start(id, other.url());
    REQUIRE(many.next().result.ok());
  }
  CHECK(other.connections() == 1);
}

TEST_CASE("a slow request does not hold up the others") {
  RawServer server(stall_some);
  Many many;
  Cancellation enough;
  many.start(1000, server.url("/stall"), kHang, &enough);
  for (std::uint64_t id = 0; id < 30; ++id) many.start(id, server.url());
  for (int i = 0; i < 30; ++i) CHECK(many.next().id < 30);
  enough.cancel();
  const auto slow = many.next();
  CHECK(slow.id == 1000);
  REQUIRE_FALSE(slow.result.ok());
}

TEST_CASE("each request ends by its own deadline, and no sooner") {
  RawServer server(stall);
  Many many;
  const MonotonicTime begin = many.client.clock.now();
  const std::vector<Duration> patience = {600ms, 200ms, 800ms, 400ms};
  for (std::size_t i = 0; i < patience.size(); ++i) many.start(i, server.url(), patience[i]);
  for (const std::uint64_t expected : {1U, 3U, 0U, 2U}) {
    const auto finished = many.next();
    CHECK(finished.id == expected);
    CHECK(many.client.clock.now() >= begin + patience[finished.id]);
    REQUIRE_FALSE(finished.result.ok());
    CHECK(finished.result.error().kind == ErrorKind::ambiguous);
  }
}

TEST_CASE("cancelling ends the requests that were given it, and only those") {
  RawServer server(stall_some);
  Many many;
  Cancellation mine;
  Cancellation other;
  many.start(1, server.url("/stall"), kHang, &mine);
  many.start(2, server.url("/stall"), kHang, &other);
  many.start(3, server.url("/stall"), kHang, &mine);
  many.start(4, server.url("/stall"));
  many.start(5, server.url());
  CHECK(many.next().id == 5);
  std::thread canceller([&] { mine.cancel(); });
  std::vector<std::uint64_t> ended;
  for (int i = 0; i < 2; ++i) {
    const auto finished = many.next();
    REQUIRE_FALSE(finished.result.ok());
    CHECK(finished.result.error().kind == ErrorKind::ambiguous);
    ended.push_back(finished.id);
  }
  canceller.join();
  std::sort(ended.begin(), ended.end());
  CHECK(ended == std::vector<std::uint64_t>{1, 3});
  CHECK_FALSE(many.multi->wait(many.client.clock.now(), nullptr));
}

TEST_CASE("a wait ends when another thread wakes it, and the requests go on") {
  std::mutex held;
  std::unique_lock hold(held);
  RawServer server([&](Peer& peer) {
    const auto request = peer.read_request();
    const std::lock_guard wait_for(held);
    if (request) peer.send(reply(body_of(*request)));
    peer.wait_for_close();
  });
  Many many;
  many.start(7, server.url());
  Cancellation wake;
  std::thread waker([&] { wake.cancel(); });
  const MonotonicTime until = many.client.clock.now() + kHang;
  CHECK_FALSE(many.multi->wait(until, &wake));
  waker.join();
  CHECK_FALSE(many.multi->wait(until, &wake));
  CHECK(many.client.clock.now() < until);
  hold.unlock();
  CHECK(many.next().result.ok());
}

TEST_CASE("a wait for nothing ends when another thread wakes it") {
  Many many;
  Cancellation wake;
  std::thread waker([&] {
    std::this_thread::sleep_for(20ms);
    wake.cancel();
  });
  const MonotonicTime until = many.client.clock.now() + kHang;
  CHECK_FALSE(many.multi->wait(until, &wake));
  waker.join();
  CHECK(many.client.clock.now() < until);
}

TEST_CASE("a wait for nothing lasts until its time") {
  Many many;
  const MonotonicTime until = many.client.clock.now() + 30ms;
  CHECK_FALSE(many.multi->wait(until, nullptr));
  CHECK(many.client.clock.now() >= until);
}

TEST_CASE("a reply that breaks off leaves the request in doubt, and nothing is sent twice") {
  const std::string whole = reply("1234567890");
  for (const std::size_t kept : {std::size_t{0}, std::size_t{9}, whole.size() - 11, whole.size() - 1}) {
    CAPTURE(kept);
    RawServer server([&](Peer& peer) {
      if (peer.read_request()) peer.send(whole.substr(0, kept));
    });
    Many many;
    for (std::uint64_t id = 0; id < 10; ++id) many.start(id, server.url());
    for (int i = 0; i < 10; ++i) {
      const auto finished = many.next();
      REQUIRE_FALSE(finished.result.ok());
      CHECK(finished.result.error().kind == ErrorKind::ambiguous);
    }
    CHECK(server.requests().size() == 10);
  }
}

TEST_CASE("a kept connection that dies unanswered is no reason to send again") {
  RawServer server([](Peer& peer) {
    if (peer.read_request()) peer.send(reply("first"));
    static_cast<void>(peer.read_request());
  });
  Many many;
  for (std::uint64_t id = 0; id < 8; ++id) many.start(id, server.url());
  for (int i = 0; i < 8; ++i) REQUIRE(many.next().result.ok());
  for (std::uint64_t id = 8; id < 16; ++id) many.start(id, server.url());
  for (int i = 0; i < 8; ++i) {
    const auto finished = many.next();
    REQUIRE_FALSE(finished.result.ok());
    CHECK(finished.result.error().kind == ErrorKind::ambiguous);
  }
  CHECK(server.connections() == 8);
  CHECK(server.requests().size() == 16);
}

TEST_CASE("a connection that the server closed while it was idle is left for a new one") {
  RawServer server([](Peer& peer) {
    if (peer.read_request()) peer.send(reply("bye"));
  });
  Many many;
  for (std::uint64_t id = 0; id < 5; ++id) {
    many.start(id, server.url());
    REQUIRE(many.next().result.ok());
    const MonotonicTime end = many.client.clock.now() + kHang;
    while (server.open_connections() > 0 && many.client.clock.now() < end) {
      CHECK_FALSE(many.multi->wait(many.client.clock.now() + 1ms, nullptr));
    }
  }
  CHECK(server.connections() == 5);
}

TEST_CASE("a connection that was idle for long is not trusted again, nor kept") {
  RawServer server(echo);
  Many many;
  for (std::uint64_t id = 0; id < 4; ++id) many.start(id, server.url());
  for (int i = 0; i < 4; ++i) REQUIRE(many.next().result.ok());
  many.client.clock.advance(61s);
  many.start(4, server.url());
  REQUIRE(many.next().result.ok());
  CHECK(server.connections() == 5);
  const MonotonicTime end = many.client.clock.now() + kHang;  // The server sees the closing a moment later.
  while (server.open_connections() > 1 && many.client.clock.now() < end) std::this_thread::yield();
  CHECK(server.open_connections() == 1);
}

TEST_CASE("what cannot be sent ends in a wait, with the reason") {
  Many many;
  Cancellation cancelled;
  cancelled.cancel();
  int closed_port = 0;
  {
    RawServer gone(echo);
    closed_port = gone.port();
  }
  const std::string nobody = "http://127.0.0.1:" + std::to_string(closed_port) + "/";
  many.start(1, "ftp://127.0.0.1/");
  many.start(2, "http://127.0.0.1:70000/");
  many.start(3, nobody);
  many.start(4, nobody, -1ms);
  many.start(5, nobody, kHang, &cancelled);
  std::map<std::uint64_t, ErrorKind> kinds;
  for (int i = 0; i < 5; ++i) {
    const auto finished = many.next();
    REQUIRE_FALSE(finished.result.ok());
    kinds[finished.id] = finished.result.error().kind;
  }
  CHECK(kinds == std::map<std::uint64_t, ErrorKind>{{1, ErrorKind::invalid},
                                                    {2, ErrorKind::invalid},
                                                    {3, ErrorKind::not_applied},
                                                    {4, ErrorKind::timed_out},
                                                    {5, ErrorKind::timed_out}});
}

TEST_CASE("a request's memory is free once it was started") {
  RawServer server([](Peer& peer) {
    while (const auto request = peer.read_request()) {
      peer.send(reply(header_of(*request, "x-number").value_or("none") + "|" + body_of(*request)));
    }
  });
  Many many;
  {
    std::string url = server.url("/some/path");
    std::string name = "x-number";
    std::string value = "value-of-some-length";
    std::string body = "body-of-some-length";
    const http::Header header{name, value};
    http::Request request;
    request.url = url;
    request.headers = &header;
    request.header_count = 1;
    request.body = body;
    request.deadline = many.client.clock.now() + kHang;
    many.multi->start(1, request);
    for (std::string* text : {&url, &name, &value, &body}) std::fill(text->begin(), text->end(), '!');
  }
  CHECK(many.next().result.value().body == "value-of-some-length|body-of-some-length");
}

TEST_CASE("a reply over the cap is refused, and others come through") {
  RawServer server([](Peer& peer) {
    while (const auto request = peer.read_request())
      peer.send(reply(std::string(request->find("/big") != std::string::npos ? 300 : 3, 'x')));
  });
  Many many;
  for (std::uint64_t id = 0; id < 6; ++id) {
    http::Request request;
    const std::string url = server.url(id % 2 == 0 ? "/big" : "/small");
    request.url = url;
    request.deadline = many.client.clock.now() + kHang;
    request.response_bytes_max = 200;
    many.multi->start(id, request);
  }
  for (int i = 0; i < 6; ++i) {
    const auto finished = many.next();
    CHECK(finished.result.ok() == (finished.id % 2 == 1));
  }
}

TEST_CASE("the end of a Multi ends what is under way") {
  RawServer server(stall);
  Many many;
  for (std::uint64_t id = 0; id < 3; ++id) many.start(id, server.url());
  const MonotonicTime end = many.client.clock.now() + kHang;
  while (server.requests().size() < 3 && many.client.clock.now() < end) {
    CHECK_FALSE(many.multi->wait(many.client.clock.now() + 1ms, nullptr));
  }
  many.multi.reset();
  while (server.open_connections() > 0 && many.client.clock.now() < end) std::this_thread::yield();
  CHECK(server.open_connections() == 0);
  CHECK(server.requests().size() == 3);
}

TEST_CASE("many requests over TLS") {
  const Certificates certificates;
  RawServer server(echo, TlsSetup{certificates.localhost.certificate, certificates.localhost.key, "", 0});
  http::CurlOptions options = Client::plain();
  options.ca_bundle = certificates.ca;
  Many many(std::move(options));
  for (int round = 0; round < 3; ++round) {
    for (std::uint64_t id = 0; id < 10; ++id) many.start(id, server.url());
    for (int i = 0; i < 10; ++i) {
      const auto finished = many.next();
      REQUIRE(finished.result.ok());
      CHECK(finished.result->body == std::to_string(finished.id));
    }
  }
  CHECK(server.connections() == 10);
}
