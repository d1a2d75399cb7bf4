#include "dynamo/replies.hpp"

#include <utility>

#include "dynamo/json_reader.hpp"

namespace dynamutex::dynamo {

using nlohmann::json;

std::optional<std::optional<Item>> read_item_reply(std::string_view body, const char* name) {
  if (body == "{}") return std::optional<Item>();  // How most writes are answered.
  const std::optional<json> reply = parse_json(body);
  if (!reply || !reply->is_object()) return std::nullopt;
  const auto member = reply->find(name);
  if (member == reply->end()) return std::optional<Item>();
  auto item = read_item(*member);
  if (!item) return std::nullopt;
  return item;
}

std::optional<ScanPage> read_scan_reply(std::string_view body) {
  const std::optional<json> reply = parse_json(body);
  if (!reply) return std::nullopt;
  const json* items = find_member(*reply, "Items", json::value_t::array);
  if (items == nullptr) return std::nullopt;
  ScanPage page;
  for (const json& element : *items) {
    auto item = read_item(element);
    if (!item) return std::nullopt;
    page.items.push_back(*std::move(item));
  }
  if (const auto last = reply->find("LastEvaluatedKey"); last != reply->end()) {
    auto key = read_item(*last);
    if (!key) return std::nullopt;
    page.last_key = *std::move(key);
  }
  return page;
}

bool is_json_object(std::string_view body) {
  const std::optional<json> reply = parse_json(body);
  return reply && reply->is_object();
}

bool ItemReader::read(std::string_view body, bool condition_failed) {
  auto found = read_item_reply(body, condition_failed ? "Item" : member_);
  if (!found) return false;
  item = *std::move(found);
  return true;
}

bool ScanReader::read(std::string_view body, bool /*condition_failed*/) {
  auto found = read_scan_reply(body);
  if (!found) return false;
  page = *std::move(found);
  return true;
}

bool ObjectReader::read(std::string_view body, bool /*condition_failed*/) { return is_json_object(body); }

}  // namespace dynamutex::dynamo
