#include "dynamutex/http/header_fields.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "http/helpers.hpp"

using dynamutex::http::HeaderFields;
using dynamutex::testing::listed;

TEST_CASE("fields keep their order, their case and any byte") {
  const std::string odd("a\0\n:b", 5);
  const HeaderFields fields{{"Date", "now"}, {"X-Odd", odd}, {"date", ""}};
  CHECK(listed(fields) == std::vector<std::pair<std::string, std::string>>{{"Date", "now"}, {"X-Odd", odd}, {"date", ""}});
  CHECK(fields.find("DATE") == "now");
  CHECK(fields.find("x-odd") == odd);
  CHECK_FALSE(fields.find("x-od"));
  CHECK_FALSE(fields.find(""));
}

TEST_CASE("only the last value is extended") {
  HeaderFields fields;
  fields.extend_last("lost");
  CHECK(fields.empty());
  fields.push_back({"a", "1"});
  fields.push_back({"b", "2"});
  fields.extend_last("3");
  CHECK(listed(fields) == std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "23"}});
}

TEST_CASE("copies and moved fields stand on their own") {
  HeaderFields fields{{"name-of-some-length", "value-of-some-length"}};
  const HeaderFields copy = fields;
  HeaderFields moved = std::move(fields);
  moved.push_back({"b", "2"});
  CHECK(listed(copy).size() == 1);
  CHECK(moved.find("name-of-some-length") == "value-of-some-length");
  CHECK(moved.find("b") == "2");
}
