#include "dynamutex/sigv4/key_cache.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "sigv4/signing_key.hpp"

namespace dynamutex::sigv4 {
namespace {

struct Entry {
  std::string access_key_id;
  Secret secret;
  AmzDate date;
  std::string region;
  std::string service;
  SigningKey key;
  std::uint64_t last_used;

  [[nodiscard]] bool matches(const Credentials& credentials, const Scope& scope) const noexcept {
    return date.day() == scope.date.day() && region == scope.region && service == scope.service &&
           access_key_id == credentials.access_key_id && secret.reveal() == credentials.secret_access_key.reveal();
  }
};

}  // namespace

struct SigningKeyCache::Impl {
  explicit Impl(std::size_t entries_max) : capacity(std::max<std::size_t>(entries_max, 1)) {}

  Entry* find(const Credentials& credentials, const Scope& scope) noexcept {
    for (Entry& entry : entries) {
      if (entry.matches(credentials, scope)) return &entry;
    }
    return nullptr;
  }

  void remember(Entry entry) {
    if (entries.size() < capacity) {
      entries.push_back(std::move(entry));
      return;
    }
    *std::min_element(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.last_used < b.last_used; }) =
        std::move(entry);
  }

  const std::size_t capacity;
  mutable std::mutex mutex;
  std::vector<Entry> entries;
  std::uint64_t uses = 0;
};

SigningKeyCache::SigningKeyCache(std::size_t capacity) : impl_(std::make_unique<Impl>(capacity)) {}

SigningKeyCache::~SigningKeyCache() = default;

Result<SigningKey> SigningKeyCache::get(const Credentials& credentials, const Scope& scope) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (Entry* entry = impl_->find(credentials, scope)) {
      entry->last_used = ++impl_->uses;
      return entry->key;
    }
  }
  if (auto failure = check_credentials(credentials, scope)) return std::move(*failure);
  // Derived without the mutex: other threads' keys need not wait. Two threads may derive the same one.
  auto key = signing_key(credentials.secret_access_key, scope);
  if (!key) return key;
  const std::lock_guard lock(impl_->mutex);
  if (impl_->find(credentials, scope) == nullptr) {
    impl_->remember({credentials.access_key_id, credentials.secret_access_key, scope.date, std::string(scope.region),
                     std::string(scope.service), *key, ++impl_->uses});
  }
  return key;
}

std::size_t SigningKeyCache::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->entries.size();
}

}  // namespace dynamutex::sigv4
