#include "lock/checks.hpp"

#include <utility>

namespace dynamutex::lock {
namespace {

constexpr std::size_t kKeyMax = 2048;
constexpr std::size_t kSortKeyMax = 1024;
/// DynamoDB's items end at 400 KB, names and all.
constexpr std::size_t kDataMax = std::size_t{300} * 1024;

}  // namespace

Error invalid(std::string message) { return make_error(ErrorKind::invalid, std::move(message)); }

Result<void> check_name(const LockName& name, const KeySchema& schema) {
  if (name.key.empty()) return invalid("the lock's name is empty; give it 1 to 2048 bytes");
  if (name.key.size() > kKeyMax) {
    return invalid("the lock's name has " + std::to_string(name.key.size()) + " bytes; DynamoDB allows 2048");
  }
  if (schema.sort_key.empty() != name.sort_key.empty()) {
    return invalid(schema.sort_key.empty() ? "the lock has a sort key, but the table is said to have none"
                                           : "the table has a sort key, but the lock's is empty");
  }
  if (name.sort_key.size() > kSortKeyMax) {
    return invalid("the lock's sort key has " + std::to_string(name.sort_key.size()) + " bytes; DynamoDB allows 1024");
  }
  return {};
}

Result<void> check_lease(Duration lease) {
  if (lease >= kLeaseMin && lease <= kLeaseMax) return {};
  return invalid("the lease is too " + std::string(lease < kLeaseMin ? "short" : "long") + "; give it 1 second to 366 days");
}

Result<void> check_options(const AcquireOptions& options) {
  if (auto checked = check_lease(options.lease); !checked) return checked;
  if (options.wait < Duration::zero()) return invalid("the time to wait is negative");
  if (options.data && options.data->size() > kDataMax) {
    return invalid("the data has " + std::to_string(options.data->size()) + " bytes; 307200 are allowed");
  }
  return {};
}

}  // namespace dynamutex::lock
