#include "dynamutex/dynamo/client.hpp"

namespace dynamutex::dynamo {

Result<WriteOutcome> ClientTable::put(const PutItem& request, const CallOptions& options) {
  return client_.put_item(name_, request, options);
}

Result<std::optional<Item>> ClientTable::get(const GetItem& request, const CallOptions& options) {
  return client_.get_item(name_, request, options);
}

Result<WriteOutcome> ClientTable::remove(const DeleteItem& request, const CallOptions& options) {
  return client_.delete_item(name_, request, options);
}

Result<WriteOutcome> ClientTable::update(const UpdateItem& request, const CallOptions& options) {
  return client_.update_item(name_, request, options);
}

Result<ScanPage> ClientTable::scan(const Scan& request, const CallOptions& options) {
  return client_.scan(name_, request, options);
}

std::unique_ptr<Multi> ClientTable::multi() { return client_.multi(name_); }

const ServerClock& ClientTable::server_clock() const noexcept { return client_.server_clock(); }

}  // namespace dynamutex::dynamo
