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

/// Reads the answer to one operation and keeps what was in it.
class ReplyReader {
 public:
  virtual ~ReplyReader() = default;
  /// False where the body is none that DynamoDB sends as a success, or for a failed condition.
  [[nodiscard]] virtual bool read(std::string_view body, bool condition_failed) = 0;
};

/// Of an item operation: `member` names the item in a success; after a failed condition it is "Item".
class ItemReader final : public ReplyReader {
 public:
  explicit ItemReader(const char* member) noexcept : member_(member) {}
  [[nodiscard]] bool read(std::string_view body, bool condition_failed) override;

  std::optional<Item> item;

 private:
  const char* member_;
};

class ScanReader final : public ReplyReader {
 public:
  [[nodiscard]] bool read(std::string_view body, bool condition_failed) override;

  ScanPage page;
};

/// Of any operation: keeps nothing.
class ObjectReader final : public ReplyReader {
 public:
  [[nodiscard]] bool read(std::string_view body, bool condition_failed) override;
};

}  // namespace dynamutex::dynamo
