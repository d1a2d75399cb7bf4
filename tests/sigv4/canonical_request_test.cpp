// What is refused: bad input is an error, never a wrong signature. What is accepted stands in the known answers.
#include <doctest/doctest.h>

#include <string>

#include "dynamutex/sigv4/stages.hpp"
#include "fixture.hpp"

using namespace sigv4_test;

namespace {

dynamutex::Result<std::string> with_header(std::string_view name, std::string_view value) {
  auto headers = example_headers();
  headers.push_back({name, value});
  return canonical_request(example_request(headers));
}

dynamutex::Result<std::string> with_target(std::string_view path, std::string_view query, const Options& options = {}) {
  const auto headers = example_headers();
  return canonical_request({"GET", path, query, headers, {}}, options);
}

}  // namespace

TEST_CASE("a control character anywhere in a header's value is refused") {
  for (int c = 0; c < 0x20; ++c) {
    if (c == '\t') continue;
    CAPTURE(c);
    for (const std::size_t at : {0U, 1U, 7U, 8U, 20U, 39U}) {
      std::string value(40, 'v');
      value[at] = static_cast<char>(c);
      CHECK(refused(with_header("a", value), "control character"));
      CHECK(refused(with_header("a", value.substr(0, at + 1)), "control character"));
    }
  }
  CHECK(refused(with_header("a", "\x7f"), "control character"));
  CHECK(refused(with_header("a", "b\r\nx-evil: 1"), "line break"));
  CHECK(refused(with_header("user-agent", "b\r\nx-evil: 1"), "line break"));
}

TEST_CASE("blanks are found wherever they stand in a value") {
  for (std::size_t size = 3; size < 40; ++size) {
    for (std::size_t at = 0; at + 1 < size; ++at) {
      CAPTURE(size);
      CAPTURE(at);
      std::string value(size, 'v');
      value[at] = value[at + 1] = ' ';
      std::string folded = value;
      folded.erase(at, 1);
      if (at == 0) folded.erase(0, 1);
      if (at + 2 == size) folded.erase(folded.size() - 1, 1);
      const auto canonical = with_header("a", value);
      REQUIRE(canonical.ok());
      CHECK(canonical->find("\na:" + folded + "\nhost:") != std::string::npos);
      value[at] = '\t';
      const auto with_tab = with_header("a", value);
      REQUIRE(with_tab.ok());
      CHECK(*with_tab == *canonical);
    }
  }
}

TEST_CASE("a header's name that is no token is refused") {
  for (const char* name :
       {"", "a b", "a:", "a\n", "ä", "a(b", "proxy-a b", "Te\r", "x-amz-meta-\x01", "a-long-name-with-a-space "}) {
    CAPTURE(name);
    CHECK(refused(with_header(name, "v"), "name"));
  }
}

TEST_CASE("names are lowered whatever their length and wherever their capitals stand") {
  for (std::size_t size = 1; size < 30; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string name(size, 'b');
      const std::string lower = name;
      name[at] = 'B';
      const auto canonical = with_header(name, "v");
      REQUIRE(canonical.ok());
      CHECK(canonical->find("\n" + lower + ":v\nhost:") != std::string::npos);
      name[at] = '_';
      CHECK(with_header(name, "v")->find("\n" + name + ":v\n") != std::string::npos);
    }
  }
}

TEST_CASE("hosts, dates, tokens and payload hashes come once, and a host comes") {
  CHECK(refused(canonical_request({"GET", "/", "", {}, {}}), "no 'host'"));
  CHECK(refused(with_header("Host", "other"), "more than once"));
  CHECK(refused(with_header("X-Amz-Date", "20150830T123600Z"), "more than once"));
}

TEST_CASE("more and longer headers than the stack has room for give the same form") {
  auto headers = example_headers();
  std::vector<std::string> names;
  for (int i = 0; i < 100; ++i) names.push_back("H-" + std::string(60, 'x') + std::to_string(100 + i));
  for (auto name = names.rbegin(); name != names.rend(); ++name) headers.push_back({*name, "v"});
  const auto canonical = canonical_request(example_request(headers));
  REQUIRE(canonical.ok());
  std::string expected = "GET\n/\n\n";
  std::string signed_names;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "h-" + std::string(60, 'x') + std::to_string(100 + i);
    expected += name + ":v\n";
    signed_names += name + ";";
  }
  expected += "host:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n" + signed_names + "host;x-amz-date\n";
  CHECK(canonical->substr(0, expected.size()) == expected);
}

TEST_CASE("a method that is no upper-case token is refused") {
  const auto headers = example_headers();
  for (const char* method : {"", "get", "GE T", "GET\n", "Gét"}) {
    CAPTURE(method);
    CHECK(refused(canonical_request({method, "/", "", headers, {}}), "method"));
  }
}

TEST_CASE("a path or a query that cannot stand in a request line is refused") {
  CHECK(refused(with_target("a", ""), "start with '/'"));
  CHECK(refused(with_target("/a?b", ""), "'?'"));
  CHECK(refused(with_target("/a#b", ""), "'#'"));
  CHECK(refused(with_target("/a\nb", ""), "control character"));
  CHECK(refused(with_target("/", "a#b"), "'#'"));
  CHECK(refused(with_target("/", "a\r\nb"), "control character"));
  for (const char* query : {"%", "a=%", "a=%2", "%zz=1", "a=%2g"}) {
    CAPTURE(query);
    CHECK(refused(with_target("/", query), "'%'"));
  }
  Options single;
  single.double_encode_path = false;
  for (const char* path : {"/%", "/%2", "/%zz", "/a%2"}) {
    CAPTURE(path);
    CHECK(refused(with_target(path, "", single), "'%'"));
  }
}

TEST_CASE("a payload hash has to be one, and to agree with the header that declares it") {
  const auto headers = example_headers();
  const std::string hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const auto given = canonical_request({"GET", "/", "", headers, Payload::hashed(hash)});
  REQUIRE(given.ok());
  CHECK(*given == *canonical_request(example_request(headers)));
  std::string capitals = hash;
  capitals[0] = 'E';
  for (const std::string& wrong : {std::string(), hash.substr(1), hash + "0", capitals}) {
    CHECK(refused(canonical_request({"GET", "/", "", headers, Payload::hashed(wrong)}), "payload hash"));
  }
  CHECK(with_header("x-amz-content-sha256", hash).ok());
  CHECK(refused(with_header("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), "contradicts"));
}
