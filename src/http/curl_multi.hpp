#pragma once
// Many requests under way at once on libcurl, from one thread.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dynamutex/http/curl_transport.hpp"
#include "dynamutex/http/transport.hpp"
#include "http/curl_worker.hpp"
#include "http/deadline_timer.hpp"
#include "http/event_queue.hpp"
#include "http/fork_mark.hpp"

namespace dynamutex::http {

/// A Multi that gives each request under way a CurlWorker, and waits for all their sockets in one place.
///
/// What a request costs does not depend on how many are under way, but for the logarithm of the timetable. A worker stays for
/// later requests until it was idle for 60 s. `clock` and `options` must outlive it.
class CurlMulti final : public Multi {
 public:
  CurlMulti(const Clock& clock, const CurlOptions& options) noexcept : clock_(clock), options_(options) {}
  ~CurlMulti() override;
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  void start(std::uint64_t id, const Request& request) override;
  [[nodiscard]] std::optional<Finished> wait(MonotonicTime until, const Cancellation* wake) override;

 private:
  struct Slot;
  /// When a slot wants to be looked at; it may be looked at too early.
  using Timetable = std::multimap<MonotonicTime, Slot*>;

  /// A worker and the request that it runs, if any.
  struct Slot {
    CurlMulti* multi = nullptr;
    std::uint32_t index = 0;
    std::unique_ptr<CurlWorker> worker;

    bool busy = false;
    std::uint64_t id = 0;
    std::string body;
    MonotonicTime deadline;
    const Cancellation* cancellation = nullptr;

    bool kicked = false;  ///< libcurl wants to act without waiting for anything; then it stands in `kicked_`.
    bool timer_told = false;
    MonotonicTime timer;  ///< When libcurl wants to act at the latest.
    Timetable::iterator entry;

    /// The connection's place in the event queue. It is kept between requests, so that most of them need no epoll_ctl(2).
    int watched = -1;
    std::uint32_t watched_events = 0;
    unsigned watched_epoch = 0;
    bool wanted = false;  ///< libcurl waits for it now.
  };

  struct Watched {
    std::size_t requests = 0;
    bool blind = false;  ///< No descriptor tells of it: it is looked at again and again.
  };

  Slot* idle_slot(std::string_view origin);
  void drop_old_slots();
  void idle_away(MonotonicTime until, const Cancellation* wake);
  void begin(Slot& slot, std::uint64_t id, const Request& request, const UrlParts& parts);
  void end(Slot& slot, Stop stop);
  void act(Slot& slot, curl_socket_t socket, int events);
  void act_on_time(Slot& slot);
  void reschedule(Slot& slot);
  void kick(Slot& slot);
  void watch_cancellation(const Cancellation* cancellation);
  void unwatch_cancellation(const Cancellation* cancellation);

  void run_kicked();
  void run_due();
  void block(MonotonicTime until, const Cancellation* wake);
  void take_event(std::uint64_t tag, std::uint32_t events);
  void end_cancelled();
  std::optional<Finished> take_finished();

  static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* unused) noexcept;
  static int on_timer(CURLM* multi, long timeout_ms, void* self) noexcept;

  const Clock& clock_;
  const CurlOptions& options_;
  const ForkMark mark_;
  EventQueue queue_;
  DeadlineTimer timer_;
  MonotonicTime now_{};

  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<std::uint32_t> free_;  ///< Places in `slots_` without a slot.
  std::vector<Slot*> idle_;          ///< The one used last is the last.
  std::vector<Slot*> kicked_;
  std::vector<Slot*> kicked_before_;  ///< Memory for a round.
  Timetable timetable_;
  std::map<const Cancellation*, Watched> cancellations_;
  std::size_t blind_cancellations_ = 0;

  std::vector<Finished> finished_;
  std::size_t finished_taken_ = 0;
};

}  // namespace dynamutex::http
