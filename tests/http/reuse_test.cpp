#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "http/helpers.hpp"
#include "http/raw_server.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

TEST_CASE("requests one after another share a connection") {
  RawServer server(always(reply("ok")));
  Client client;
  for (int i = 0; i < 20; ++i) REQUIRE(client.post(server.url(i % 2 == 0 ? "/" : "/other")).ok());
  CHECK(server.connections() == 1);
  CHECK(server.requests().size() == 20);
}

TEST_CASE("requests to two servers in turn keep a connection to each") {
  RawServer one(always(reply("one")));
  RawServer two(always(reply("two")));
  Client client;
  for (int i = 0; i < 5; ++i) {
    CHECK(client.post(one.url()).value().body == "one");
    CHECK(client.post(two.url()).value().body == "two");
  }
  CHECK(one.connections() == 1);
  CHECK(two.connections() == 1);
}

TEST_CASE("a connection is not used again beyond its maximum age") {
  RawServer server(always(reply("ok")));
  Client client;
  const auto send_after = [&](Duration pause) {
    client.clock.advance(pause);
    REQUIRE(client.post(server.url()).ok());
    return server.connections();
  };
  CHECK(send_after(0s) == 1);
  for (int i = 0; i < 6; ++i) CHECK(send_after(49s) == 1);  // 294 s old at the last one, never idle for 60 s.
  CHECK(send_after(10s) == 2);
  CHECK(send_after(10s) == 2);
}

TEST_CASE("a connection that was idle for long is not trusted again") {
  RawServer server(always(reply("ok")));
  Client client;
  REQUIRE(client.post(server.url()).ok());
  client.clock.advance(61s);
  REQUIRE(client.post(server.url()).ok());
  CHECK(server.connections() == 2);
}

TEST_CASE("no more connections than asked for are kept") {
  constexpr int kAtOnce = 6;
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  RawServer server([&](Peer& peer) {
    while (peer.read_request()) {
      {
        std::unique_lock lock(mutex);
        if (++here == kAtOnce) all_here.notify_all();
        all_here.wait_for(lock, kHang, [&] { return here >= kAtOnce; });
      }
      peer.send(reply("ok"));
    }
  });
  http::CurlOptions options = Client::plain();
  options.idle_connections_max = 2;
  Client client(options);
  std::vector<std::thread> threads;
  for (int i = 0; i < kAtOnce; ++i) threads.emplace_back([&] { CHECK(client.post(server.url()).ok()); });
  for (std::thread& thread : threads) thread.join();
  CHECK(server.connections() == kAtOnce);
  const auto end = client.clock.now() + kHang;  // The server sees the closing a moment later.
  while (server.open_connections() > 2 && client.clock.now() < end) std::this_thread::yield();
  CHECK(server.open_connections() == 2);
}

TEST_CASE("threads share one transport") {
  RawServer server([](Peer& peer) {
    while (const auto request = peer.read_request()) {
      if (!peer.send(reply(header_of(*request, "x-number").value_or("none")))) return;
    }
  });
  Client client;
  const std::string url = server.url();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string number = std::to_string(t * 1000 + i);
        const http::Header header{"x-number", number};
        http::Request request;
        request.url = url;
        request.headers = &header;
        request.header_count = 1;
        request.deadline = client.clock.now() + kHang;
        const auto result = client.transport->send(request);
        if (result && result->body == number) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 400);
  CHECK(server.connections() <= 8);
}
