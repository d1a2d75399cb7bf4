#pragma once
// The simulated DynamoDB table: conditional writes, applied atomically.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "dynamutex/dynamo/table.hpp"
#include "simulation/machine.hpp"

namespace dynamutex::simulation {

using Operation = std::variant<dynamo::PutItem, dynamo::GetItem, dynamo::DeleteItem, dynamo::UpdateItem, dynamo::Scan>;

[[nodiscard]] bool is_write(const Operation& operation) noexcept;
[[nodiscard]] const char* name_of(const Operation& operation) noexcept;
/// The item or the key; null for a scan.
[[nodiscard]] const dynamo::Item* item_of(const Operation& operation) noexcept;

/// Who wrote a row: which call of acquire of which process it belongs to.
struct Origin {
  int process = 0;
  int acquisition = 0;
  bool late = false;  ///< By a copy of a request that nobody waited for any more, or that was answered before.
  friend bool operator==(const Origin& a, const Origin& b) { return a.process == b.process && a.acquisition == b.acquisition; }
  friend bool operator<(const Origin& a, const Origin& b) {
    return a.process != b.process ? a.process < b.process : a.acquisition < b.acquisition;
  }
};

struct Row {
  dynamo::Item item;
  Origin writer;
};

/// What the server found and did.
struct Served {
  enum class Status { applied, condition_failed, invalid };
  Status status = Status::applied;
  std::optional<dynamo::Item> item;  ///< condition_failed: as it stood; update, get: as it is.
  dynamo::ScanPage page;             ///< Scan only.
};

[[nodiscard]] const char* to_string(Served::Status status) noexcept;

class Server {
 public:
  /// `sort_key` is empty in a table without one.
  Server(std::string key, std::string sort_key) : key_(std::move(key)), sort_key_(std::move(sort_key)) {}

  Served serve(const Operation& operation, const Origin& origin);

  [[nodiscard]] const Row* row(const std::string& key, const std::string& sort_key) const;
  [[nodiscard]] const std::map<std::string, Row>& rows() const noexcept { return rows_; }
  /// Another one after every change of a row.
  [[nodiscard]] std::uint64_t revision() const noexcept { return revision_; }

  /// DynamoDB's TTL: deletes rows whose `ttl` has passed at server time `now`. Tells how many.
  int delete_expired(dynamo::ServerTime now);

 private:
  [[nodiscard]] std::string row_name(const dynamo::Item& item) const;
  [[nodiscard]] dynamo::Item key_of(const dynamo::Item& item) const;
  Served put(const dynamo::PutItem& request, const Origin& origin);
  Served remove(const dynamo::DeleteItem& request);
  Served update(const dynamo::UpdateItem& request, const Origin& origin);
  Served get(const dynamo::GetItem& request) const;
  Served scan(const dynamo::Scan& request) const;
  [[nodiscard]] const Row* find(const std::string& name) const;

  const std::string key_;
  const std::string sort_key_;
  std::map<std::string, Row> rows_;
  std::uint64_t revision_ = 0;
};

}  // namespace dynamutex::simulation
