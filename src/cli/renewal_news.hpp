#pragma once
// What the renewing thread has to tell the supervising one.

#include <mutex>
#include <string>

#include "dynamutex/lock/renewer.hpp"

namespace dynamutex::cli {

/// A mailbox between two threads, with a descriptor to wait on (eventfd(2)). Thread-safe.
class RenewalNews {
 public:
  RenewalNews();
  ~RenewalNews();
  RenewalNews(const RenewalNews&) = delete;
  RenewalNews& operator=(const RenewalNews&) = delete;

  /// For Renewer::add; this object has to outlive the Renewer.
  [[nodiscard]] lock::RenewerEvents events();

  /// Readable once there is news, for poll(2); -1 where none could be had.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  /// Makes the descriptor unreadable until there is more news.
  void acknowledge() const noexcept;

  /// Why renewals fail; empty while all is well.
  [[nodiscard]] std::string trouble() const;

 private:
  void wake() const noexcept;

  int descriptor_;
  mutable std::mutex mutex_;
  std::string trouble_;
};

}  // namespace dynamutex::cli
