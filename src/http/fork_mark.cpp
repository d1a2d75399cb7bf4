#include "http/fork_mark.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace dynamutex::http {
namespace {

std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Some emulators accept any advice and do nothing about it.
bool takes_advice_seriously(void* page) noexcept { return ::madvise(page, page_size(), -1) != 0; }

}  // namespace

ForkMark::ForkMark() noexcept : process_(::getpid()) {
  void* const page = ::mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (::madvise(page, page_size(), MADV_WIPEONFORK) != 0 || !takes_advice_seriously(page)) {
    ::munmap(page, page_size());
    return;
  }
  auto* const mark = static_cast<unsigned char*>(page);
  *mark = 1;
  page_ = mark;
}

ForkMark::~ForkMark() {
  if (page_ != nullptr) ::munmap(const_cast<unsigned char*>(page_), page_size());
}

bool ForkMark::inherited() const noexcept { return page_ != nullptr ? *page_ == 0 : ::getpid() != process_; }

}  // namespace dynamutex::http
