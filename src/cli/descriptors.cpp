#include "cli/descriptors.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace dynamutex::cli {
namespace {

/// How far to look where /proc is not mounted.
constexpr int kBlindMax = 1024;

std::vector<int> open_descriptors() {
  std::vector<int> numbers;
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) {
    for (int number = 0; number < kBlindMax; ++number) {
      if (::fcntl(number, F_GETFD) >= 0) numbers.push_back(number);
    }
    return numbers;
  }
  while (const dirent* const entry = ::readdir(folder)) {
    int number = -1;
    std::from_chars(entry->d_name, entry->d_name + std::strlen(entry->d_name), number);
    if (number >= 0 && number != ::dirfd(folder)) numbers.push_back(number);
  }
  ::closedir(folder);
  return numbers;
}

}  // namespace

void reserve_standard_descriptors() noexcept {
  int descriptor = -1;
  do {
    descriptor = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  } while (descriptor >= 0 && descriptor <= STDERR_FILENO);
  if (descriptor >= 0) ::close(descriptor);
}

InheritedDescriptors::InheritedDescriptors() : inherited_(open_descriptors()) {}

void InheritedDescriptors::close_others_on_exec() const {
  for (const int number : open_descriptors()) {
    if (std::find(inherited_.begin(), inherited_.end(), number) != inherited_.end()) continue;
    const int flags = ::fcntl(number, F_GETFD);
    if (flags >= 0) ::fcntl(number, F_SETFD, flags | FD_CLOEXEC);
  }
}

}  // namespace dynamutex::cli
