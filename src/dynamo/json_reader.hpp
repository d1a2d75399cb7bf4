#pragma once
// Parsing replies: hostile until proven otherwise.

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "dynamutex/dynamo/attribute_value.hpp"

namespace dynamutex::dynamo {

/// DynamoDB nests items up to 32 levels, each of which is two in JSON.
constexpr int kJsonDepthMax = 100;

/// The document, or empty where `text` is not JSON or nests deeper than kJsonDepthMax.
[[nodiscard]] std::optional<nlohmann::json> parse_json(std::string_view text);

/// The member of that name if `object` is an object and the member has this type, or null.
[[nodiscard]] const nlohmann::json* find_member(const nlohmann::json& object, const char* name, nlohmann::json::value_t type);

/// The item of `object`, as DynamoDB writes it, or empty where anything in it has a wrong type.
[[nodiscard]] std::optional<Item> read_item(const nlohmann::json& object);

}  // namespace dynamutex::dynamo
