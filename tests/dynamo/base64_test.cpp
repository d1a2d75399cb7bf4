#include "dynamo/base64.hpp"

#include <doctest/doctest.h>

#include <utility>

using namespace dynamutex::dynamo;

namespace {
std::string encoded(std::string_view bytes) {
  std::string text;
  append_base64(text, bytes);
  return text;
}
}  // namespace

TEST_CASE("base64 gives the RFC's own examples, both ways") {
  // RFC 4648, section 10.
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    CHECK(encoded(bytes) == text);
    CHECK(decode_base64(text) == std::string(bytes));
  }
  CHECK(encoded(std::string("\xff\xfe\xfd", 3)) == "//79");
}

TEST_CASE("text that is not exactly one encoding is refused") {
  for (const char* text : {"Z", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 9", "Zm9v\n", "Zm9-", "=Zg="}) {
    CAPTURE(text);
    CHECK_FALSE(decode_base64(text).has_value());
  }
}
