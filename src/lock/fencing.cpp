#include "lock/fencing.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <utility>

#include "lock/attributes.hpp"

namespace dynamutex::lock {
namespace {

constexpr std::array<std::string_view, 5> kOptional = {attribute::kReleased, attribute::kExpiresAt, attribute::kExpiresVersion,
                                                       attribute::kTtl, attribute::kData};

/// "#a0 = :a0, #a1 = :a1, …" for every attribute of the record but its key.
void set_attributes(const Core& core, const dynamo::Item& item, dynamo::Expression& update) {
  int index = 0;
  for (const dynamo::Attribute& attribute : item.attributes()) {
    if (attribute.name == core.options.schema.key || attribute.name == core.options.schema.sort_key) continue;
    const std::string stem = "a" + std::to_string(index++);
    update.text.append(index == 1 ? "SET #" : ", #").append(stem).append(" = :").append(stem);
    update.names.emplace_back("#" + stem, attribute.name);
    update.values.emplace_back(":" + stem, attribute.value);
  }
}

/// What the dead record before ours may have had and ours has not.
void remove_leftovers(const dynamo::Item& item, dynamo::Expression& update) {
  int index = 0;
  for (const std::string_view name : kOptional) {
    if (item.find(name) != nullptr) continue;
    const std::string placeholder = "#x" + std::to_string(index++);
    update.text += (index == 1 ? " REMOVE " : ", ") + placeholder;
    update.names.emplace_back(placeholder, name);
  }
}

}  // namespace

std::optional<dynamo::ServerTime> token_floor(const Core& core, MonotonicTime at) {
  const auto bounds = core.table.server_clock().bounds(at);
  if (!bounds || bounds->width() > std::max(core.options.retention / 2, kBoundsWidthMax)) return std::nullopt;
  return bounds->earliest;
}

dynamo::Operation fenced_update(Core& core, const RecordWrite& write, dynamo::Expression condition) {
  const dynamo::Item item = encode(write.record, core.options.schema, core.options.compat);
  dynamo::UpdateItem request;
  request.key = encode_key(write.record.name, core.options.schema);
  request.condition = std::move(condition.text);
  request.update.names = std::move(condition.names);
  request.update.values = std::move(condition.values);

  set_attributes(core, item, request.update);
  request.update.values.emplace_back(":one", dynamo::Number{"1"});
  if (const auto earliest = token_floor(core, write.from); earliest) {
    const auto floor = std::chrono::floor<std::chrono::milliseconds>(earliest->time_since_epoch()).count();
    request.update.text += ", fencingToken = if_not_exists(fencingToken, :floor) + :one";
    request.update.values.emplace_back(":floor", dynamo::Number{std::to_string(floor)});
  } else {
    request.update.text += ", fencingToken = fencingToken + :one";
  }
  remove_leftovers(item, request.update);
  return request;
}

dynamo::Operation fenced_take_back(Core& core, const LockName& name, const std::string& expected) {
  dynamo::UpdateItem request;
  request.key = encode_key(name, core.options.schema);
  request.condition = "recordVersionNumber = :v";
  request.update.text = "SET isReleased = :r, recordVersionNumber = :w";
  request.update.values = {{":v", expected}, {":w", random_hex_128(core.entropy)}, {":r", attribute::kReleasedValue}};
  return request;
}

}  // namespace dynamutex::lock
