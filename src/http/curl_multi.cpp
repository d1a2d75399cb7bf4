#include "http/curl_multi.hpp"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "http/request_check.hpp"
#include "http/wait_bound.hpp"

namespace dynamutex::http {
namespace {

constexpr std::uint64_t kCancellationTag = ~std::uint64_t{0};

std::uint64_t tag_of(std::uint32_t slot, int descriptor) noexcept {
  return std::uint64_t{slot} << 32U | static_cast<std::uint32_t>(descriptor);
}

}  // namespace

CurlMulti::~CurlMulti() {
  if (mark_.inherited()) {
    // Left alone for ever: closing the parent's TLS sessions from a child would end them for the parent.
    for (std::unique_ptr<Slot>& slot : slots_) static_cast<void>(slot.release());
  }
  slots_.clear();  // While all that libcurl's last calls touch is still there.
}

void CurlMulti::start(std::uint64_t id, const Request& request) {
  now_ = clock_.now();
  if (!mark_.inherited()) drop_old_slots();
  const auto refuse = [&](Error error) { finished_.push_back({id, std::move(error)}); };
  const Result<UrlParts> parts = check_request(request, options_.allow_plain_http);
  if (!parts) return refuse(parts.error());
  if (mark_.inherited()) {
    return refuse(make_error(ErrorKind::not_applied,
                             "these requests belong to the process that this one was forked from; "
                             "make another Multi after fork"));
  }
  Failure failure;
  failure.authority = parts->authority;
  failure.stop = stop_asked(request.deadline, request.cancellation, now_);
  if (failure.stop != Stop::none) return refuse(describe(failure, options_));

  Slot* slot = idle_slot(parts->origin);
  if (slot == nullptr) {
    failure.code = CURLE_FAILED_INIT;
    return refuse(describe(failure, options_));
  }
  begin(*slot, id, request, *parts);
}

std::optional<Multi::Finished> CurlMulti::wait(MonotonicTime until, const Cancellation* wake) {
  for (;;) {
    if (auto finished = take_finished()) return finished;
    now_ = clock_.now();
    if (mark_.inherited()) {
      idle_away(until, wake);
      return std::nullopt;
    }
    run_kicked();
    run_due();
    if (auto finished = take_finished()) return finished;
    block(until, wake);
    if (auto finished = take_finished()) return finished;
    if (stop_asked(until, wake, now_) != Stop::none) return std::nullopt;
  }
}

/// In a child of fork(2), where the event queue and the timer are the parent's.
void CurlMulti::idle_away(MonotonicTime until, const Cancellation* wake) {
  pollfd watched{wake != nullptr ? wake->descriptor() : -1, POLLIN, 0};
  for (; stop_asked(until, wake, now_) == Stop::none; now_ = clock_.now()) {
    ::poll(&watched, 1, static_cast<int>(std::min(kSlice, wait_bound(until, now_)).count()));
  }
}

/// One that last talked to `origin`, most recent first: the others then grow old and are dropped.
CurlMulti::Slot* CurlMulti::idle_slot(std::string_view origin) {
  const auto found =
      std::find_if(idle_.rbegin(), idle_.rend(), [&](const Slot* slot) { return slot->worker->origin() == origin; });
  if (found != idle_.rend()) {
    Slot* const slot = *found;
    idle_.erase(std::prev(found.base()));
    return slot;
  }
  auto slot = std::make_unique<Slot>();
  slot->worker = CurlWorker::make(clock_, options_);
  if (slot->worker == nullptr || queue_.descriptor() < 0) return nullptr;
  slot->multi = this;
  CURLM* const handle = slot->worker->handle();
  if (::curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, &CurlMulti::on_socket) != CURLM_OK ||
      ::curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, slot.get()) != CURLM_OK ||
      ::curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, &CurlMulti::on_timer) != CURLM_OK ||
      ::curl_multi_setopt(handle, CURLMOPT_TIMERDATA, slot.get()) != CURLM_OK) {
    return nullptr;
  }
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  slot->index = free_.back();
  free_.pop_back();
  Slot* const made = slot.get();
  slots_[made->index] = std::move(slot);
  return made;
}

void CurlMulti::drop_old_slots() {
  while (!idle_.empty() && now_ - idle_.front()->worker->last_used() >= kIdleMax) {
    const std::uint32_t index = idle_.front()->index;
    idle_.erase(idle_.begin());
    kicked_.erase(std::remove(kicked_.begin(), kicked_.end(), slots_[index].get()), kicked_.end());
    slots_[index].reset();
    free_.push_back(index);
  }
}

void CurlMulti::begin(Slot& slot, std::uint64_t id, const Request& request, const UrlParts& parts) {
  slot.busy = true;
  slot.id = id;
  slot.body.assign(request.body);
  slot.deadline = request.deadline;
  slot.cancellation = request.cancellation;
  slot.timer = MonotonicTime::max();
  slot.entry = timetable_.emplace(slot.deadline, &slot);
  watch_cancellation(slot.cancellation);

  Request own = request;
  own.body = slot.body;
  if (!slot.worker->begin(own, parts, now_)) end(slot, Stop::none);
}

void CurlMulti::end(Slot& slot, Stop stop) {
  finished_.push_back({slot.id, slot.worker->finish(stop)});
  slot.busy = false;
  slot.kicked = false;
  timetable_.erase(slot.entry);
  unwatch_cancellation(slot.cancellation);
  idle_.push_back(&slot);
}

void CurlMulti::act(Slot& slot, curl_socket_t socket, int events) {
  if (slot.worker->act(socket, events)) end(slot, Stop::none);
}

void CurlMulti::act_on_time(Slot& slot) {
  slot.kicked = false;
  slot.timer = MonotonicTime::max();
  slot.timer_told = false;
  act(slot, CURL_SOCKET_TIMEOUT, 0);
  if (!slot.busy || slot.timer_told) return;
  // libcurl keeps silent where what it told last still holds; by its clock it may have been too early.
  long timeout_ms = -1;
  ::curl_multi_timeout(slot.worker->handle(), &timeout_ms);
  on_timer(slot.worker->handle(), timeout_ms, &slot);
}

void CurlMulti::reschedule(Slot& slot) {
  auto node = timetable_.extract(slot.entry);
  node.key() = std::min(slot.deadline, slot.timer);
  slot.entry = timetable_.insert(std::move(node));
}

void CurlMulti::kick(Slot& slot) {
  if (std::exchange(slot.kicked, true)) return;
  kicked_.push_back(&slot);
}

void CurlMulti::watch_cancellation(const Cancellation* cancellation) {
  if (cancellation == nullptr) return;
  Watched& watched = cancellations_[cancellation];
  if (++watched.requests > 1) return;
  watched.blind = !queue_.watch(cancellation->descriptor(), EPOLLIN, kCancellationTag);
  if (watched.blind) ++blind_cancellations_;
}

void CurlMulti::unwatch_cancellation(const Cancellation* cancellation) {
  if (cancellation == nullptr) return;
  const auto found = cancellations_.find(cancellation);
  if (--found->second.requests > 0) return;
  if (found->second.blind) --blind_cancellations_;
  else queue_.forget(cancellation->descriptor());
  cancellations_.erase(found);
}

void CurlMulti::run_kicked() {
  kicked_before_.clear();
  kicked_before_.swap(kicked_);
  for (Slot* const slot : kicked_before_) {
    if (slot->kicked) act_on_time(*slot);
  }
}

void CurlMulti::run_due() {
  while (!timetable_.empty() && timetable_.begin()->first <= now_) {
    Slot& slot = *timetable_.begin()->second;
    if (slot.deadline <= now_) {
      end(slot, Stop::deadline);
      continue;
    }
    if (slot.timer <= now_) act_on_time(slot);
    if (slot.busy) reschedule(slot);
  }
  if (blind_cancellations_ > 0) end_cancelled();
}

void CurlMulti::block(MonotonicTime until, const Cancellation* wake) {
  pollfd watched[3] = {{queue_.descriptor(), POLLIN, 0}, {-1, POLLIN, 0}, {-1, POLLIN, 0}};
  bool blind = timer_.descriptor() < 0 || blind_cancellations_ > 0;
  if (wake != nullptr) {
    watched[2].fd = wake->descriptor();
    blind = blind || wake->descriptor() < 0;
  }
  const MonotonicTime next = timetable_.empty() ? until : std::min(until, timetable_.begin()->first);
  std::chrono::milliseconds longest(0);
  if (kicked_.empty() && next > now_ && (wake == nullptr || !wake->cancelled())) {
    if (next != MonotonicTime::max()) {
      timer_.cover(next, now_);
      watched[1].fd = timer_.descriptor();
    }
    longest = blind ? std::min(kSlice, wait_bound(next, now_)) : wait_bound(next, now_);
  }
  ::poll(&watched[0], 3, static_cast<int>(longest.count()));
  if (watched[1].revents != 0) timer_.fired();
  now_ = clock_.now();
  if (watched[0].revents != 0) queue_.take([this](std::uint64_t tag, std::uint32_t events) { take_event(tag, events); });
}

void CurlMulti::take_event(std::uint64_t tag, std::uint32_t events) {
  if (tag == kCancellationTag) return end_cancelled();
  Slot* const slot = slots_[tag >> 32U].get();
  const auto descriptor = static_cast<int>(tag & 0xffffffffU);
  if (slot == nullptr) return;
  if (slot->watched == descriptor && !slot->wanted) {  // The server closed an idle connection, most likely.
    queue_.forget(descriptor);
    slot->watched = -1;
    return;
  }
  if (!slot->busy) return;
  const int bits = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) | ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                   ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
  act(*slot, descriptor, bits);
}

void CurlMulti::end_cancelled() {
  for (const std::unique_ptr<Slot>& slot : slots_) {
    if (slot != nullptr && slot->busy && slot->cancellation != nullptr && slot->cancellation->cancelled()) {
      end(*slot, Stop::cancelled);
    }
  }
}

std::optional<Multi::Finished> CurlMulti::take_finished() {
  if (finished_taken_ == finished_.size()) return std::nullopt;
  std::optional<Finished> next = std::move(finished_[finished_taken_++]);
  if (finished_taken_ == finished_.size()) {
    finished_.clear();
    finished_taken_ = 0;
  }
  return next;
}

int CurlMulti::on_socket(CURL* /*easy*/, curl_socket_t socket, int what, void* self, void* /*unused*/) noexcept {
  Slot& slot = *static_cast<Slot*>(self);
  EventQueue& queue = slot.multi->queue_;
  const CurlWorker& worker = *slot.worker;
  const bool known = slot.watched == socket && slot.watched_epoch == worker.socket_epoch();
  if (what == CURL_POLL_REMOVE) {
    if (known) slot.wanted = false;
    else queue.forget(socket);
    return 0;
  }
  const std::uint32_t events =
      ((what & CURL_POLL_IN) != 0 ? std::uint32_t{EPOLLIN} : 0U) | ((what & CURL_POLL_OUT) != 0 ? std::uint32_t{EPOLLOUT} : 0U);
  if (!known || slot.watched_events != events) queue.watch(socket, events, tag_of(slot.index, socket));
  if (!worker.owns(socket)) return 0;  // Of libcurl's resolver.
  slot.watched = socket;
  slot.watched_events = events;
  slot.watched_epoch = worker.socket_epoch();
  slot.wanted = true;
  return 0;
}

int CurlMulti::on_timer(CURLM* /*multi*/, long timeout_ms, void* self) noexcept {
  Slot& slot = *static_cast<Slot*>(self);
  slot.timer_told = true;
  slot.timer = MonotonicTime::max();
  if (timeout_ms == 0) slot.multi->kick(slot);
  if (timeout_ms <= 0) return 0;
  slot.timer = saturating_add(slot.multi->now_, std::chrono::milliseconds(timeout_ms));
  if (slot.busy && slot.timer < slot.entry->first) slot.multi->reschedule(slot);
  return 0;
}

}  // namespace dynamutex::http
