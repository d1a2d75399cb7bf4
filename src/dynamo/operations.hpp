#pragma once
// What the item operations differ in.

#include <string_view>

#include "dynamutex/dynamo/table.hpp"

namespace dynamutex::dynamo {

/// What stands before an operation's name in the header x-amz-target.
inline constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";

struct OperationKind {
  std::string_view target;  ///< With the prefix.
  const char* item_member;  ///< Of a success: where the item stands.
  bool write;
};

constexpr OperationKind kind_of(const PutItem& /*request*/) noexcept { return {"DynamoDB_20120810.PutItem", "Attributes", true}; }
constexpr OperationKind kind_of(const GetItem& /*request*/) noexcept { return {"DynamoDB_20120810.GetItem", "Item", false}; }
constexpr OperationKind kind_of(const DeleteItem& /*request*/) noexcept {
  return {"DynamoDB_20120810.DeleteItem", "Attributes", true};
}
constexpr OperationKind kind_of(const UpdateItem& /*request*/) noexcept {
  return {"DynamoDB_20120810.UpdateItem", "Attributes", true};
}

}  // namespace dynamutex::dynamo
