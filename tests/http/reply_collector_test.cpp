#include "http/reply_collector.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/helpers.hpp"

using dynamutex::http::ReplyCollector;

TEST_CASE("the cap holds for the header lines together, and for the body by itself") {
  ReplyCollector reply;
  reply.begin(20);
  CHECK(reply.add_line("HTTP/1.1 200\r\n"));
  CHECK(reply.add_line("A:b\r\n"));
  CHECK_FALSE(reply.add_line("\r\n"));
  CHECK(reply.excess() == ReplyCollector::Excess::head);

  reply.begin(20);
  CHECK(reply.excess() == ReplyCollector::Excess::none);
  CHECK(reply.add_line("HTTP/1.1 200\r\n"));
  CHECK(reply.add_line("\r\n"));
  CHECK(reply.add_body("1234567890"));
  CHECK(reply.add_body("1234567890"));
  CHECK(reply.add_body(""));
  CHECK_FALSE(reply.add_body("1"));
  CHECK(reply.excess() == ReplyCollector::Excess::body);
  CHECK(reply.take().body == "12345678901234567890");
}

TEST_CASE("a head is complete with the empty line of a final reply, not before") {
  ReplyCollector reply;
  reply.begin(1000);
  CHECK(reply.add_line("HTTP/1.1 100 Continue\r\n"));
  CHECK(reply.add_line("\r\n"));
  CHECK_FALSE(reply.head_complete());
  CHECK(reply.add_line("HTTP/1.1 204 No Content\r\n"));
  CHECK_FALSE(reply.head_complete());
  CHECK(reply.add_line("\r\n"));
  CHECK(reply.head_complete());
}

TEST_CASE("trailers and lines that are no headers are left out, folded lines are joined") {
  ReplyCollector reply;
  reply.begin(1000);
  for (const char* line :
       {"HTTP/1.1 200 OK\r\n", " before any\r\n", "A : 1\r\n", "  2 \r\n", "nonsense\r\n", "B:\r\n", "\r\n", "Trailer: x\r\n"}) {
    CHECK(reply.add_line(line));
  }
  const auto response = reply.take();
  CHECK(dynamutex::testing::listed(response.headers) ==
        std::vector<std::pair<std::string, std::string>>{{"A", "1 2"}, {"B", ""}});
}

TEST_CASE("a status line without a number is no reply") {
  for (const char* line : {"HTTP/1.1\r\n", "HTTP/1.1 \r\n", "HTTP/1.1 2x0 OK\r\n", "HTTP/1.1 -99 OK\r\n"}) {
    ReplyCollector reply;
    reply.begin(1000);
    CHECK(reply.add_line(line));
    CHECK(reply.add_line("\r\n"));
    CHECK_FALSE(reply.head_complete());
  }
}
