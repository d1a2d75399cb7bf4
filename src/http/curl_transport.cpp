#include "dynamutex/http/curl_transport.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "http/curl_multi.hpp"
#include "http/curl_worker.hpp"
#include "http/fork_mark.hpp"
#include "http/wait_bound.hpp"

namespace dynamutex::http {
namespace {

using WorkerPtr = std::unique_ptr<CurlWorker>;

/// Idle workers of one process. Thread-safe.
class Pool {
 public:
  Pool(std::size_t idle_max, const Pool* inherited) noexcept : idle_max_(idle_max), found_(inherited) {}

  /// Whether another process made it, of which this one is a child.
  [[nodiscard]] bool inherited() const noexcept { return mark_.inherited(); }

  /// The worker that last talked to `origin`, most recent first: the others then grow old and are closed. May be null.
  [[nodiscard]] WorkerPtr borrow(std::string_view origin) {
    const std::lock_guard lock(mutex_);
    const auto found =
        std::find_if(idle_.rbegin(), idle_.rend(), [&](const WorkerPtr& worker) { return worker->origin() == origin; });
    if (found == idle_.rend()) return nullptr;
    WorkerPtr worker = std::move(*found);
    idle_.erase(std::prev(found.base()));
    return worker;
  }

  void give_back(WorkerPtr worker) {
    WorkerPtr closed;  // Outside of the lock: closing a connection may take a while.
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(worker));
    if (idle_.size() > idle_max_) {
      closed = std::move(idle_.front());
      idle_.erase(idle_.begin());
    }
  }

 private:
  const ForkMark mark_;
  const std::size_t idle_max_;
  // Only for leak checkers: what a forked child found and must not touch.
  [[maybe_unused]] const Pool* const found_;
  std::mutex mutex_;
  std::vector<WorkerPtr> idle_;
};

class CurlTransport final : public Transport {
 public:
  CurlTransport(const Clock& clock, CurlOptions options)
      : clock_(clock), options_(std::move(options)), pool_(new Pool(options_.idle_connections_max, nullptr)) {}

  ~CurlTransport() override {
    Pool* const pool = pool_.load(std::memory_order_acquire);
    if (!pool->inherited()) delete pool;
  }

  Result<Response> send(const Request& request) override {
    const Result<UrlParts> parts = check_request(request, options_.allow_plain_http);
    if (!parts) return parts.error();
    Failure failure;
    failure.authority = parts->authority;
    const MonotonicTime now = clock_.now();
    failure.stop = stop_asked(request.deadline, request.cancellation, now);
    if (failure.stop != Stop::none) return describe(failure, options_);

    Pool& pool = own_pool();
    WorkerPtr worker = pool.borrow(parts->origin);
    if (!worker) worker = CurlWorker::make(clock_, options_);
    if (!worker) {
      failure.code = CURLE_FAILED_INIT;
      return describe(failure, options_);
    }
    Result<Response> result = worker->run(request, *parts, now);
    pool.give_back(std::move(worker));
    return result;
  }

  std::unique_ptr<Multi> multi() override { return std::make_unique<CurlMulti>(clock_, options_); }

 private:
  /// This process's pool. After fork(2) the child leaves the inherited one alone, for ever: closing its TLS sessions would end
  /// the parent's connections, and its mutex may have been held by a thread that the child does not have.
  Pool& own_pool() {
    Pool* pool = pool_.load(std::memory_order_acquire);
    if (!pool->inherited()) return *pool;
    Pool* const fresh = new Pool(options_.idle_connections_max, pool);
    if (pool_.compare_exchange_strong(pool, fresh, std::memory_order_acq_rel)) return *fresh;
    delete fresh;  // Another thread of the child was first.
    return *pool;
  }

  const Clock& clock_;
  const CurlOptions options_;
  std::atomic<Pool*> pool_;
};

/// libcurl's global state, set up once a process; a function's static is initialised by one thread only.
void prepare_libcurl() {
  static const CURLcode code = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(code);  // Where it failed, no handle can be made, and every request says so.
}

}  // namespace

std::unique_ptr<Transport> make_curl_transport(const Clock& clock, CurlOptions options) {
  prepare_libcurl();
  return std::make_unique<CurlTransport>(clock, std::move(options));
}

}  // namespace dynamutex::http
