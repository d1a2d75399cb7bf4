#pragma once
// DynamoDB's expressions, as far as the lock layer writes them. Any other form ends the program: it must not pass by mistake.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

#include <optional>
#include <string>
#include <string_view>

#include "dynamutex/dynamo/table.hpp"

namespace dynamutex::simulation {

/// Whether `condition` (an empty one always does) holds for `item` (null: there is none), with the placeholders of `terms`.
[[nodiscard]] bool holds(std::string_view condition, const dynamo::Expression& terms, const dynamo::Item* item);

/// `item` after `update`; empty where DynamoDB would refuse it, because it reads an attribute that is not there.
[[nodiscard]] std::optional<dynamo::Item> updated(const dynamo::Expression& update, const dynamo::Item& item);

/// Whether `condition` and `update` use each placeholder of `terms`, and none that is not there: else DynamoDB refuses both.
[[nodiscard]] bool placeholders_match(std::string_view condition, const dynamo::Expression& terms, std::string_view update);

}  // namespace dynamutex::simulation
