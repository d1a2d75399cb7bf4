#pragma once
// The bodies of the item operations.
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html

#include <string>
#include <string_view>

#include "dynamutex/dynamo/table.hpp"

namespace dynamutex::dynamo {

/// Appends the request to `out`.
void append_json(std::string& out, std::string_view table, const PutItem& request);
void append_json(std::string& out, std::string_view table, const GetItem& request);
void append_json(std::string& out, std::string_view table, const DeleteItem& request);
void append_json(std::string& out, std::string_view table, const UpdateItem& request);
void append_json(std::string& out, std::string_view table, const Scan& request);

template <class Request>
[[nodiscard]] std::string to_json(std::string_view table, const Request& request) {
  std::string text;
  append_json(text, table, request);
  return text;
}

}  // namespace dynamutex::dynamo
