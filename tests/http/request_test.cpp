#include <doctest/doctest.h>
#include <stdlib.h>

#include <string>

#include "http/helpers.hpp"
#include "http/raw_server.hpp"
#include "http/request_check.hpp"

using namespace dynamutex;
using namespace dynamutex::testing;

namespace {

struct Sent {
  Result<http::Response> result;
  std::string bytes;
};

Sent send_and_see(std::string_view method, std::string_view body, std::initializer_list<http::Header> headers) {
  RawServer server(always(reply("ok")));
  Client client;
  const std::string url = server.url("/a/./b?x=%2F");
  http::Request request;
  request.method = method;
  request.url = url;
  request.body = body;
  request.headers = headers.begin();
  request.header_count = headers.size();
  request.deadline = client.clock.now() + kHang;
  auto result = client.transport->send(request);
  std::string bytes = server.requests().empty() ? "" : server.requests().front();
  const auto host = bytes.find(std::to_string(server.port()));
  if (host != std::string::npos) bytes.replace(host, std::to_string(server.port()).size(), "PORT");
  return {std::move(result), std::move(bytes)};
}

}  // namespace

TEST_CASE("a POST has the given headers, Host, Content-Length, and nothing else") {
  const Sent sent = send_and_see("POST", "{\"a\":1}", {{"Content-Type", "application/x-amz-json-1.0"}, {"X-Empty", ""}});
  REQUIRE(sent.result.ok());
  CHECK(sent.result->status == 200);
  CHECK(sent.result->body == "ok");
  CHECK(sent.bytes ==
        "POST /a/./b?x=%2F HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Type: application/x-amz-json-1.0\r\nX-Empty:\r\n"
        "Content-Length: 7\r\n\r\n{\"a\":1}");
}

TEST_CASE("a large POST does not wait for 100-continue") {
  const std::string body(std::size_t{2} << 20U, 'x');
  const Sent sent = send_and_see("POST", body, {});
  REQUIRE(sent.result.ok());
  CHECK(sent.bytes.size() > body.size());
  CHECK_FALSE(header_of(sent.bytes, "expect").has_value());
}

TEST_CASE("other methods and an empty body go out as they are") {
  CHECK(send_and_see("GET", "", {}).bytes == "GET /a/./b?x=%2F HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n");
  CHECK(send_and_see("POST", "", {}).bytes == "POST /a/./b?x=%2F HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 0\r\n\r\n");
  CHECK(send_and_see("PUT", "", {{"User-Agent", "u/1"}}).bytes ==
        "PUT /a/./b?x=%2F HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nUser-Agent: u/1\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a body may hold any byte") {
  const std::string body("\0\r\n\xff", 4);
  CHECK(body_of(send_and_see("POST", body, {}).bytes) == body);
}

TEST_CASE("methods may alternate on one connection") {
  RawServer server([](Peer& peer) {
    while (const auto request = peer.read_request()) {
      if (!peer.send(request->substr(0, 4) == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : reply("ok"))) return;
    }
  });
  Client client;
  const std::string url = server.url();
  for (const char* method : {"GET", "POST", "HEAD", "PUT", "GET", "DELETE", "POST"}) {
    http::Request request;
    request.method = method;
    request.url = url;
    request.deadline = client.clock.now() + kHang;
    const auto result = client.transport->send(request);
    REQUIRE_MESSAGE(result.ok(), method);
    CHECK(server.requests().back().substr(0, request.method.size() + 1) == std::string(method) + ' ');
  }
  CHECK(server.connections() == 1);
}

TEST_CASE("a reply comes back whole: status, headers in order, body bytes, and times around it") {
  RawServer server(always(reply(std::string("\x1f\x8b\0z", 4), "400 Bad Request",
                                "X-First:  one \r\nContent-Encoding: gzip\r\nx-second: two\r\nX-First: three\r\n")));
  Client client;
  const MonotonicTime before = client.clock.now();
  const auto result = client.post(server.url());
  REQUIRE(result.ok());
  CHECK(result->status == 400);
  CHECK(result->body == std::string("\x1f\x8b\0z", 4));
  const auto headers = listed(result->headers);
  REQUIRE(headers.size() == 5);
  CHECK(headers[1].first == "X-First");
  CHECK(headers[1].second == "one");
  REQUIRE(result->headers.find("X-SECOND"));
  CHECK(*result->headers.find("X-SECOND") == "two");
  CHECK(*result->headers.find("x-first") == "one");
  CHECK(!result->headers.find("x-third"));
  CHECK(before <= result->sent);
  CHECK(result->sent <= result->received);
  CHECK(result->received <= client.clock.now());
}

TEST_CASE("a redirect is a reply like any other") {
  RawServer server([&](Peer& peer) {
    while (peer.read_request() && peer.send(reply("", "307 Temporary Redirect", "Location: /elsewhere\r\n"))) {}
  });
  Client client;
  const auto result = client.post(server.url());
  REQUIRE(result.ok());
  CHECK(result->status == 307);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a cookie is not kept") {
  RawServer server(always(reply("", "200 OK", "Set-Cookie: a=b\r\n")));
  Client client;
  REQUIRE(client.post(server.url()).ok());
  REQUIRE(client.post(server.url()).ok());
  CHECK_FALSE(header_of(server.requests().at(1), "cookie").has_value());
}

TEST_CASE("a request that cannot be sent as it is, is refused before anything is sent") {
  RawServer server(always(reply("ok")));
  const auto kind_of = [&](const std::string& url, std::string_view method, http::Header header, bool plain = true) {
    http::CurlOptions options = Client::plain();
    options.allow_plain_http = plain;
    Client client(options);
    http::Request request;
    request.method = method;
    request.url = url;
    request.headers = &header;
    request.header_count = 1;
    request.deadline = client.clock.now() + kHang;
    const auto result = client.transport->send(request);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().message.find("hunter2") == std::string::npos);
    CHECK(result.error().message.find('\n') == std::string::npos);
    return result.error().kind;
  };
  const http::Header fine{"a", "b"};
  const std::string url = server.url();
  for (const std::string& bad :
       {std::string(), std::string("nonsense"), std::string("ftp://127.0.0.1/"), std::string("https://"),
        std::string("http://:80/"), std::string("http://user:hunter2@127.0.0.1/"), url + " x", url + "\r\nX: y", url + "#f",
        std::string("http://127.0.0.1:99999/"), std::string("http://127.0.0.1:http/"), url + std::string("\0", 1)}) {
    CHECK_MESSAGE(kind_of(bad, "POST", fine) == ErrorKind::invalid, bad);
  }
  CHECK(kind_of(url, "POST", fine, false) == ErrorKind::invalid);
  CHECK(kind_of(url, "PO ST", fine) == ErrorKind::invalid);
  CHECK(kind_of(url, "", fine) == ErrorKind::invalid);
  CHECK(kind_of(url, "POST", {"a", "hunter2\r\nInjected: 1"}) == ErrorKind::invalid);
  CHECK(kind_of(url, "POST", {"a:b", "hunter2"}) == ErrorKind::invalid);
  CHECK(server.connections() == 0);
}

TEST_CASE("the name of a header is a token, whatever its length") {
  // RFC 9110, section 5.6.2.
  const std::string tokens = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
  for (const std::size_t size : {1U, 2U, 5U, 12U, 16U, 17U, 40U}) {
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
        std::string name(size, 'x');
        name[at] = c;
        const http::Header header{name, "value"};
        http::Request request;
        request.url = "http://127.0.0.1/";
        request.headers = &header;
        request.header_count = 1;
        CHECK_MESSAGE(http::check_request(request, true).ok() == (tokens.find(c) != std::string::npos), byte);
      }
    }
  }
}

TEST_CASE("proxies come from the environment, unless they are turned off") {
  RawServer proxy(always(reply("from the proxy")));
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  ::unsetenv("no_proxy");
  ::unsetenv("NO_PROXY");
  http::CurlOptions options = Client::plain();
  options.proxy_from_environment = true;
  Client with(options);
  const auto through = with.post("http://nowhere.invalid/path");
  REQUIRE(through.ok());
  CHECK(through->body == "from the proxy");
  CHECK(proxy.requests().at(0).substr(0, 41) == "POST http://nowhere.invalid/path HTTP/1.1");

  Client without;
  const auto direct = without.post("http://nowhere.invalid/path");
  ::unsetenv("http_proxy");
  REQUIRE_FALSE(direct.ok());
  CHECK(direct.error().kind == ErrorKind::not_applied);
  CHECK(proxy.requests().size() == 1);
}
