#pragma once
// The table itself: making it, reading its description, and saying what is wrong with it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamutex/clock.hpp"
#include "dynamutex/lock/record.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::cli {

class World;

/// The attribute by which DynamoDB deletes dead records.
inline constexpr const char* kTtlAttribute = "ttl";

struct KeyAttribute {
  std::string name;
  std::string type;  ///< "S", "N" or "B".
};

/// What DescribeTable says, as far as locks care.
struct TableDescription {
  std::string status;  ///< "ACTIVE", "CREATING", …
  std::optional<KeyAttribute> key;
  std::optional<KeyAttribute> sort_key;
  bool on_demand = false;    ///< Billed by request; else by the units below.
  long long read_units = 0;  ///< Provisioned, a second.
  long long write_units = 0;
  std::vector<std::string> replicas{};  ///< Regions of a global table's other replicas.

  [[nodiscard]] bool usable() const { return status == "ACTIVE" || status == "UPDATING"; }
};

/// The request of CreateTable. Pure.
[[nodiscard]] std::string create_table_request(const std::string& table, const lock::KeySchema& schema);

/// Reads the reply of DescribeTable. Pure.
/// Errors: `not_applied` where it is no such reply.
[[nodiscard]] Result<TableDescription> parse_table_description(std::string_view text);

/// What DescribeTimeToLive says.
struct TtlDescription {
  bool on = false;
  std::string attribute;
};

/// Reads the reply of DescribeTimeToLive; one that cannot be read counts as off. Pure.
[[nodiscard]] TtlDescription parse_ttl_description(std::string_view text);

/// The request of UpdateTimeToLive. Pure.
[[nodiscard]] std::string turn_on_ttl_request(const std::string& table, const std::string& attribute);

/// The request of an operation that takes nothing but a table. Pure.
[[nodiscard]] std::string table_request(const std::string& table);

/// How a table's keys differ from those asked for, in words, and what to do; empty where they are the same. Pure.
[[nodiscard]] std::string schema_difference(const std::string& table, const TableDescription& description,
                                            const lock::KeySchema& schema);

/// Asks DescribeTable. Blocks until `deadline`.
[[nodiscard]] Result<TableDescription> describe_table(World& world, MonotonicTime deadline);

/// An operation's error in words for a person. Where the table's keys may be the reason, asks for them to say so precisely: blocks
/// for a few seconds at most.
[[nodiscard]] std::string explain(World& world, const Error& error);

}  // namespace dynamutex::cli
