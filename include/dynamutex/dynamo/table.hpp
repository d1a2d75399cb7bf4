#pragma once
// The item operations on one table, as the seam between DynamoDB and whoever builds on it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "dynamutex/cancellation.hpp"
#include "dynamutex/clock.hpp"
#include "dynamutex/dynamo/attribute_value.hpp"
#include "dynamutex/dynamo/server_clock.hpp"
#include "dynamutex/result.hpp"

namespace dynamutex::dynamo {

struct CallOptions {
  MonotonicTime deadline = MonotonicTime::max();  ///< For the whole call, retries and pauses included.
  const Cancellation* cancellation = nullptr;     ///< Ends the call at once; may be null.
};

/// An expression's placeholders. Names that are DynamoDB's reserved words ("key", "ttl", "data", …) need a `#` one.
/// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
struct Expression {
  std::string text;                                            ///< Empty for none.
  std::vector<std::pair<std::string, std::string>> names;      ///< "#n" and the attribute's name.
  std::vector<std::pair<std::string, AttributeValue>> values;  ///< ":v" and the value.
};

struct PutItem {
  Item item;
  Expression condition;
};
struct GetItem {
  Item key;
  bool consistent = true;
};
struct DeleteItem {
  Item key;
  Expression condition;
};
/// `update.names` and `update.values` also serve `condition` (one pair of maps in a request).
struct UpdateItem {
  Item key;
  Expression update;
  std::string condition;
};
struct Scan {
  Expression filter;
  Item start_after;  ///< `ScanPage::last_key` of the page before; empty for the first.
  bool consistent = false;
  int page_items_max = 1000;  ///< 1 or more; a page ends at 1 MB all the same.
};

/// How a conditional write ended.
struct WriteOutcome {
  enum class Status { applied, condition_failed };
  Status status = Status::applied;
  /// condition_failed: the item as it stood, where the server tells it. Absent also where no item was there or where the
  /// server ignores ReturnValuesOnConditionCheckFailure. applied by `update`: the item as it is now.
  std::optional<Item> item;
  /// An earlier attempt of this very call may have been applied too (its reply was lost): a failed condition may then
  /// be the work of that attempt.
  bool doubted = false;
};

struct ScanPage {
  std::vector<Item> items;
  Item last_key;  ///< Empty on the last page.
};

/// What a Multi can have under way.
using Operation = std::variant<PutItem, GetItem, DeleteItem, UpdateItem>;

/// Many operations on one table under way at once, from one thread.
///
/// Each keeps the promises of Table's blocking call: the same retries, deadline, cancellation and errors. Nothing happens
/// but inside `wait`. Not thread-safe: one thread uses it, though a Cancellation may be cancelled from any.
/// The destructor ends what is under way. Must not outlive its Table.
class Multi {
 public:
  /// How operation `id` ended. A GetItem's answer is `applied`, with the item if there is one.
  struct Finished {
    std::uint64_t id;
    Result<WriteOutcome> result;
  };

  virtual ~Multi() = default;
  /// Copies all that it needs; `options.cancellation` must live until the operation ended. Does not block.
  virtual void start(std::uint64_t id, const Operation& operation, const CallOptions& options) = 0;
  /// Drives all operations until one ended; nothing once `until` came or `wake` (may be null) was cancelled.
  [[nodiscard]] virtual std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) = 0;
};

/// The item operations on one table.
///
/// Thread-safe: implementations allow calls from any thread at once.
/// Blocking: each call returns by its deadline, or at once when cancelled.
/// Errors: design of ErrorKind; a write that may have happened is `ambiguous`, never less. A failed condition is no
/// error. Reads are never `ambiguous`.
class Table {
 public:
  virtual ~Table() = default;

  [[nodiscard]] virtual Result<WriteOutcome> put(const PutItem& request, const CallOptions& options) = 0;
  [[nodiscard]] virtual Result<std::optional<Item>> get(const GetItem& request, const CallOptions& options) = 0;
  [[nodiscard]] virtual Result<WriteOutcome> remove(const DeleteItem& request, const CallOptions& options) = 0;
  [[nodiscard]] virtual Result<WriteOutcome> update(const UpdateItem& request, const CallOptions& options) = 0;
  [[nodiscard]] virtual Result<ScanPage> scan(const Scan& request, const CallOptions& options) = 0;

  /// For many operations at once; null where the implementation does them one after another only.
  [[nodiscard]] virtual std::unique_ptr<Multi> multi() { return nullptr; }

  /// The servers' time as the replies so far bound it.
  [[nodiscard]] virtual const ServerClock& server_clock() const noexcept = 0;
};

}  // namespace dynamutex::dynamo
