#pragma once
// The bodies of successful replies and of failed conditions. Empty results mean that the reply is not DynamoDB's.

#include <optional>
#include <string_view>

#include "dynamutex/dynamo/table.hpp"

namespace dynamutex::dynamo {

/// The member `name` of a reply as an item: outer empty where the reply is malformed, inner empty where there is no item.
[[nodiscard]] std::optional<std::optional<Item>> read_item_reply(std::string_view body, const char* name);

[[nodiscard]] std::optional<ScanPage> read_scan_reply(std::string_view body);

[[nodiscard]] bool is_json_object(std::string_view body);

}  // namespace dynamutex::dynamo
