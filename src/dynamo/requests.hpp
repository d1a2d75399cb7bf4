#pragma once
// The bodies of the item operations.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html

#include <string>
#include <string_view>

#include "dynamutex/dynamo/table.hpp"

namespace dynamutex::dynamo {

[[nodiscard]] std::string to_json(std::string_view table, const PutItem& request);
[[nodiscard]] std::string to_json(std::string_view table, const GetItem& request);
[[nodiscard]] std::string to_json(std::string_view table, const DeleteItem& request);
[[nodiscard]] std::string to_json(std::string_view table, const UpdateItem& request);
[[nodiscard]] std::string to_json(std::string_view table, const Scan& request);

}  // namespace dynamutex::dynamo
