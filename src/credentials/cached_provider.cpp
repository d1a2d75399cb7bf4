#include "dynamutex/credentials/cached_provider.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "credentials/outcome.hpp"

namespace dynamutex::credentials {
namespace {

/// How often a thread that waits for another's refresh looks at its deadline and its cancellation.
constexpr std::chrono::milliseconds kSlice{20};

class CachedProvider final : public Provider {
 public:
  CachedProvider(Clock& clock, std::unique_ptr<Source> source, CacheOptions options)
      : clock_(clock), source_(std::move(source)), options_(options), name_(source_->name()) {}

  Result<SharedCredentials> get(MonotonicTime deadline, const Cancellation* cancellation) override {
    std::unique_lock lock(mutex_);
    for (;;) {
      const bool works = still_works();
      if (works && (refreshing_ || !wants_refresh())) return current_.credentials;
      if (!refreshing_) break;
      if (cancellation != nullptr && cancellation->cancelled()) return over("cancelled");
      if (clock_.now() >= deadline) return over("the deadline passed");
      refreshed_.wait_for(lock, kSlice);
    }
    refreshing_ = true;
    lock.unlock();
    FetchOutcome outcome = source_->fetch(deadline, cancellation);
    lock.lock();
    refreshing_ = false;
    name_ = source_->name();
    refreshed_.notify_all();
    const bool cut_short = cancellation != nullptr && cancellation->cancelled();
    return accept(std::move(outcome), cut_short);
  }

  bool reject(const SharedCredentials& credentials) noexcept override {
    const std::lock_guard lock(mutex_);
    if (credentials != current_.credentials) return current_.credentials != nullptr;  // Another thread was faster.
    rejected_ = true;
    return refreshing_ || clock_.now() >= retry_from_;
  }

  std::string source() const override {
    const std::lock_guard lock(mutex_);
    return name_;
  }

 private:
  static Error over(const char* why) {
    return make_error(ErrorKind::timed_out, std::string(why) + " while another thread was fetching credentials");
  }

  /// Whether the credentials may be handed out. Ones that looked ended when they came are: then our wall clock is wrong, or the service
  /// stretches their life; the server knows better.
  [[nodiscard]] bool still_works() const noexcept {
    if (current_.credentials == nullptr) return false;
    return !current_.expires || clock_.wall_now() < *current_.expires || clock_.now() < trusted_until_;
  }

  [[nodiscard]] bool wants_refresh() const noexcept {
    const bool ends_soon = current_.expires && clock_.wall_now() >= refresh_from_;
    return (ends_soon || rejected_) && clock_.now() >= retry_from_;
  }

  /// `cut_short`: the one who asked gave up, which says nothing about the source.
  Result<SharedCredentials> accept(FetchOutcome outcome, bool cut_short) {
    const MonotonicTime now = clock_.now();
    if (auto* const fetched = std::get_if<Fetched>(&outcome)) {
      current_ = std::move(*fetched);
      rejected_ = false;
      retry_from_ = saturating_add(now, options_.retry_pause);
      if (current_.expires) {
        const WallTime wall = clock_.wall_now();
        const Duration life = *current_.expires - wall;
        refresh_from_ = *current_.expires - std::min(options_.refresh_before, std::max<Duration>(life / 4, Duration::zero()));
        trusted_until_ = retry_from_;
      }
      return current_.credentials;
    }
    if (!cut_short) retry_from_ = saturating_add(now, options_.retry_pause);
    if (still_works()) return current_.credentials;
    if (auto* const absent = std::get_if<Absent>(&outcome)) {
      return make_error(ErrorKind::denied, "no credentials found (" + absent->reason + ")");
    }
    return std::get<Error>(std::move(outcome));
  }

  Clock& clock_;
  const std::unique_ptr<Source> source_;
  const CacheOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable refreshed_;
  bool refreshing_ = false;
  std::string name_;
  Fetched current_;
  bool rejected_ = false;
  WallTime refresh_from_{};
  MonotonicTime retry_from_ = MonotonicTime::min();
  MonotonicTime trusted_until_ = MonotonicTime::min();
};

}  // namespace

std::unique_ptr<Provider> make_cached_provider(Clock& clock, std::unique_ptr<Source> source, CacheOptions options) {
  return std::make_unique<CachedProvider>(clock, std::move(source), options);
}

}  // namespace dynamutex::credentials
