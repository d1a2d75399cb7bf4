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

}  // namespace dynamutex::dynamo
