#include "cli/renewal_news.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace dynamutex::cli {

RenewalNews::RenewalNews() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

RenewalNews::~RenewalNews() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

lock::RenewerEvents RenewalNews::events() {
  lock::RenewerEvents events;
  events.on_at_risk = [this](const Error& reason) {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      trouble_ = reason.message;
    }
    wake();
  };
  // The lease itself tells how it was lost.
  events.on_lost = [this](const Error&) { wake(); };
  return events;
}

void RenewalNews::wake() const noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
}

void RenewalNews::acknowledge() const noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(descriptor_, &count, sizeof count);
}

std::string RenewalNews::trouble() const {
  const std::lock_guard<std::mutex> guard(mutex_);
  return trouble_;
}

}  // namespace dynamutex::cli
