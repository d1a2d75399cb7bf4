// Replies of DynamoDB, hostile ones: whatever is read as an item must come back the same when it is written and read again.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "dynamo/base64.hpp"
#include "dynamo/json_reader.hpp"
#include "dynamo/replies.hpp"
#include "dynamo/requests.hpp"

using namespace dynamutex::dynamo;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_round_trip(const Item& item) {
  const std::string written = to_json("t", PutItem{item, {}});
  const auto document = parse_json(written);
  // Two levels deeper than the reply was: at the limit it may be refused.
  if (!document) return;
  const auto again = read_item((*document)["Item"]);
  require(again.has_value());
  require(to_json("t", PutItem{*again, {}}) == written);
}

void check_base64(std::string_view text) {
  const auto bytes = decode_base64(text);
  if (!bytes) return;
  std::string encoded;
  append_base64(encoded, *bytes);
  require(encoded == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const char* name : {"Item", "Attributes"}) {
    const auto reply = read_item_reply(body, name);
    if (reply && *reply) check_round_trip(**reply);
  }
  if (const auto page = read_scan_reply(body); page) {
    for (const Item& item : page->items) check_round_trip(item);
    check_round_trip(page->last_key);
  }
  check_base64(body);
  return 0;
}
