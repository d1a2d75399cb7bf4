#include "simulation/server.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "simulation/expression.hpp"

namespace dynamutex::simulation {
namespace {

/// Small, so that every reader of whole tables has to turn pages.
constexpr std::size_t kPageItems = 2;

Served refused(const Row* row) {
  Served served;
  served.status = Served::Status::condition_failed;
  if (row != nullptr) served.item = row->item;
  return served;
}

Served invalid() {
  Served served;
  served.status = Served::Status::invalid;
  return served;
}

}  // namespace

bool is_write(const Operation& operation) noexcept {
  return !std::holds_alternative<dynamo::GetItem>(operation) && !std::holds_alternative<dynamo::Scan>(operation);
}

const char* name_of(const Operation& operation) noexcept {
  constexpr const char* kNames[] = {"PutItem", "GetItem", "DeleteItem", "UpdateItem", "Scan"};
  return kNames[operation.index()];
}

const dynamo::Item* item_of(const Operation& operation) noexcept {
  if (const auto* const request = std::get_if<dynamo::PutItem>(&operation); request != nullptr) return &request->item;
  if (const auto* const request = std::get_if<dynamo::DeleteItem>(&operation); request != nullptr) return &request->key;
  if (const auto* const request = std::get_if<dynamo::UpdateItem>(&operation); request != nullptr) return &request->key;
  if (const auto* const request = std::get_if<dynamo::GetItem>(&operation); request != nullptr) return &request->key;
  return nullptr;
}

const char* to_string(Served::Status status) noexcept {
  constexpr const char* kTexts[] = {"done", "condition failed", "invalid"};
  return kTexts[static_cast<std::size_t>(status)];
}

std::string Server::row_name(const dynamo::Item& item) const {
  const auto* const key = item.find_as<std::string>(key_);
  const auto* const sort_key = sort_key_.empty() ? nullptr : item.find_as<std::string>(sort_key_);
  if (key == nullptr || (!sort_key_.empty() && sort_key == nullptr)) {
    std::fprintf(stderr, "simulation: a request without the table's key\n");
    std::abort();
  }
  return *key + '/' + (sort_key == nullptr ? std::string() : *sort_key);
}

dynamo::Item Server::key_of(const dynamo::Item& item) const {
  dynamo::Item key;
  key.set(key_, *item.find(key_));
  if (!sort_key_.empty()) key.set(sort_key_, *item.find(sort_key_));
  return key;
}

const Row* Server::find(const std::string& name) const {
  const auto found = rows_.find(name);
  return found == rows_.end() ? nullptr : &found->second;
}

const Row* Server::row(const std::string& key, const std::string& sort_key) const { return find(key + '/' + sort_key); }

Served Server::serve(const Operation& operation, const Origin& origin) {
  if (const auto* const request = std::get_if<dynamo::PutItem>(&operation); request != nullptr) return put(*request, origin);
  if (const auto* const request = std::get_if<dynamo::DeleteItem>(&operation); request != nullptr) return remove(*request);
  if (const auto* const request = std::get_if<dynamo::UpdateItem>(&operation); request != nullptr) {
    return update(*request, origin);
  }
  if (const auto* const request = std::get_if<dynamo::GetItem>(&operation); request != nullptr) return get(*request);
  return scan(std::get<dynamo::Scan>(operation));
}

Served Server::put(const dynamo::PutItem& request, const Origin& origin) {
  const std::string name = row_name(request.item);
  const Row* const row = find(name);
  if (!placeholders_match(request.condition.text, request.condition, {})) return invalid();
  if (!holds(request.condition.text, request.condition, row == nullptr ? nullptr : &row->item)) return refused(row);
  rows_[name] = Row{request.item, origin};
  ++revision_;
  return {};
}

Served Server::remove(const dynamo::DeleteItem& request) {
  const std::string name = row_name(request.key);
  const Row* const row = find(name);
  if (!placeholders_match(request.condition.text, request.condition, {})) return invalid();
  if (!holds(request.condition.text, request.condition, row == nullptr ? nullptr : &row->item)) return refused(row);
  rows_.erase(name);
  ++revision_;
  return {};
}

Served Server::update(const dynamo::UpdateItem& request, const Origin& origin) {
  const std::string name = row_name(request.key);
  const Row* const row = find(name);
  if (!placeholders_match(request.condition, request.update, request.update.text)) return invalid();
  if (!holds(request.condition, request.update, row == nullptr ? nullptr : &row->item)) return refused(row);
  Served served;
  served.item = updated(request.update, row == nullptr ? key_of(request.key) : row->item);
  if (!served.item) return invalid();
  rows_[name] = Row{*served.item, origin};
  ++revision_;
  return served;
}

Served Server::get(const dynamo::GetItem& request) const {
  Served served;
  if (const Row* const row = find(row_name(request.key)); row != nullptr) served.item = row->item;
  return served;
}

Served Server::scan(const dynamo::Scan& request) const {
  Served served;
  auto next = request.start_after.empty() ? rows_.begin() : rows_.upper_bound(row_name(request.start_after));
  for (; next != rows_.end() && served.page.items.size() < kPageItems; ++next) served.page.items.push_back(next->second.item);
  if (next != rows_.end()) served.page.last_key = key_of(served.page.items.back());
  return served;
}

int Server::delete_expired(dynamo::ServerTime now) {
  int deleted = 0;
  for (auto it = rows_.begin(); it != rows_.end();) {
    const auto* const ttl = it->second.item.find_as<dynamo::Number>("ttl");
    long long seconds = 0;
    if (ttl != nullptr) std::from_chars(ttl->decimal.data(), ttl->decimal.data() + ttl->decimal.size(), seconds);
    if (ttl != nullptr && dynamo::ServerTime(std::chrono::seconds(seconds)) < now) {
      it = rows_.erase(it);
      ++deleted;
      ++revision_;
    } else {
      ++it;
    }
  }
  return deleted;
}

}  // namespace dynamutex::simulation
