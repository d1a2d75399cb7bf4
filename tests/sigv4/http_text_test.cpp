#include "dynamutex/sigv4/http_text.hpp"

#include <doctest/doctest.h>

#include <string>

#include "fixture.hpp"

using namespace sigv4_test;

TEST_CASE("a request is read with either line ending, and its body to the byte") {
  for (const char* text :
       {"POST /a b?c=d HTTP/1.1\nHost: h\nX:  y \n\nbody\n", "POST /a b?c=d HTTP/1.1\r\nHost: h\r\nX:  y \r\n\r\nbody\n"}) {
    const auto http = HttpText::parse(text);
    REQUIRE(http.ok());
    const Request request = http->request();
    CHECK(request.method == "POST");
    CHECK(request.path == "/a b");
    CHECK(request.query == "c=d");
    REQUIRE(request.headers.size() == 2);
    CHECK(request.headers.begin()[1].name == "X");
    CHECK(request.headers.begin()[1].value == "y");
    CHECK(request.payload.text() == "body\n");
  }
}

TEST_CASE("the version, the empty line and the body may be missing") {
  const auto http = HttpText::parse("GET /a?b?c\nHost:h");
  REQUIRE(http.ok());
  CHECK(http->request().path == "/a");
  CHECK(http->request().query == "b?c");
  CHECK(http->body().empty());
}

TEST_CASE("a folded value is unfolded with one space") {
  const auto http = HttpText::parse("GET / HTTP/1.1\nA: b\n  c\r\n\td \nHost: h\n\n");
  REQUIRE(http.ok());
  CHECK(http->headers().at(0).value == "b c d");
  CHECK(http->headers().at(1).value == "h");
}

TEST_CASE("a parsed request can be moved without losing what it points to") {
  auto http = HttpText::parse("GET /p HTTP/1.1\nA: b\n c\n\nx");
  REQUIRE(http.ok());
  const HttpText moved = std::move(*http);
  CHECK(moved.request().path == "/p");
  CHECK(moved.headers().at(0).value == "b c");
  CHECK(moved.body() == "x");
}

TEST_CASE("content-length says where the body ends") {
  CHECK(HttpText::parse("POST / HTTP/1.1\ncontent-length: 2\n\nab\r\n")->body() == "ab");
  CHECK(refused(HttpText::parse("POST / HTTP/1.1\nContent-Length: 3\n\nab"), "content-length"));
  CHECK(refused(HttpText::parse("POST / HTTP/1.1\nContent-Length: 1\n\nab"), "content-length"));
  CHECK(refused(HttpText::parse("POST / HTTP/1.1\nContent-Length: x\n\nab"), "content-length"));
}

TEST_CASE("what is no request is refused with the number of its line") {
  CHECK(refused(HttpText::parse(""), "line 1"));
  CHECK(refused(HttpText::parse("GET\n"), "line 1"));
  CHECK(refused(HttpText::parse("GET https://h/ HTTP/1.1\n"), "Host header"));
  CHECK(refused(HttpText::parse("GET / HTTP/1.1\nHost: h\nnonsense\n"), "line 3"));
  CHECK(refused(HttpText::parse("GET / HTTP/1.1\n: h\n"), "line 2"));
  CHECK(refused(HttpText::parse("GET / HTTP/1.1\nHost : h\n"), "space"));
}
