#include "cli/handle_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

#include "cli/console.hpp"
#include "cli/errors.hpp"
#include "cli/handle.hpp"

namespace dynamutex::cli {
namespace {

constexpr Duration kPatience = std::chrono::seconds(10);
constexpr Duration kLookEvery = std::chrono::milliseconds(20);

Error refused(ErrorKind kind, const std::string& path, const std::string& why) {
  return make_error(kind, "handle " + quote(path) + ": " + why);
}

Error failed(const std::string& path, const char* what) {
  return refused(ErrorKind::denied, path, std::string("cannot ") + what + ": " + std::strerror(errno));
}

/// Opens the file and says whether it was not there before; -1 with errno where it cannot.
int open_or_create(const std::string& path, HandleFile::IfMissing if_missing, bool& created) {
  constexpr int kFlags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  created = false;
  const int descriptor = ::open(path.c_str(), kFlags);
  if (descriptor >= 0 || errno != ENOENT || if_missing == HandleFile::IfMissing::refuse) return descriptor;
  created = true;
  return ::open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0600);
}

Result<void> check_file(int descriptor, const std::string& path) {
  struct stat found {};
  if (::fstat(descriptor, &found) != 0) return failed(path, "read it");
  if (!S_ISREG(found.st_mode)) return refused(ErrorKind::invalid, path, "is no regular file");
  if (found.st_uid != ::geteuid() && ::geteuid() != 0) return refused(ErrorKind::invalid, path, "belongs to another user");
  return {};
}

/// Whether the path still leads to this very file: one that waited for the lock may have got one that was replaced or removed.
bool still_there(int descriptor, const std::string& path) {
  struct stat mine {};
  struct stat there {};
  return ::fstat(descriptor, &mine) == 0 && ::lstat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
         mine.st_dev == there.st_dev;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Makes a changed name in the folder of `path` durable. What cannot be opened for that cannot be had more durably either.
void sync_folder(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

HandleFile::HandleFile(std::string path, int descriptor, bool created)
    : path_(std::move(path)), descriptor_(descriptor), created_(created) {}

HandleFile::HandleFile(HandleFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), created_(other.created_) {}

HandleFile::~HandleFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<HandleFile> HandleFile::open(const std::string& path, IfMissing if_missing, Clock& clock,
                                    const Cancellation* cancellation) {
  const MonotonicTime deadline = saturating_add(clock.now(), kPatience);
  for (;;) {
    bool created = false;
    const int descriptor = open_or_create(path, if_missing, created);
    if (descriptor < 0 && errno == EEXIST) continue;  // somebody was faster
    if (descriptor < 0 && errno == ENOENT && if_missing == IfMissing::refuse) {
      return refused(ErrorKind::invalid, path, "there is none; dynamutex acquire makes it, and release removes it");
    }
    if (descriptor < 0 && errno == ELOOP) return refused(ErrorKind::invalid, path, "is a symbolic link");
    if (descriptor < 0) return failed(path, created ? "create it" : "open it");
    HandleFile file(path, descriptor, created);
    if (auto checked = check_file(descriptor, path); !checked) return std::move(checked).error();
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK && errno != EINTR) return failed(path, "lock it");
      if (clock.now() >= deadline) return refused(ErrorKind::contended, path, "another process is using it");
      if (!clock.wait_until(saturating_add(clock.now(), kLookEvery), cancellation)) {
        return refused(ErrorKind::timed_out, path, "cancelled");
      }
    }
    if (still_there(descriptor, path)) return file;
  }
}

Result<std::string> HandleFile::read() const {
  std::string text(kHandleBytesMax + 1, '\0');
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t got = ::pread(descriptor_, text.data() + length, text.size() - length, static_cast<off_t>(length));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path_, "read it");
    if (got == 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (length > kHandleBytesMax) return refused(ErrorKind::invalid, path_, "is no handle of dynamutex");
  text.resize(length);
  return text;
}

Result<void> HandleFile::store(const std::string& text) {
  const std::string fresh = path_ + ".new";
  ::unlink(fresh.c_str());  // left by one that was killed
  const int descriptor = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed(fresh, "create it");
  // Locked before it gets the name: nobody else may find it free.
  const bool written = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && write_all(descriptor, text) && ::fsync(descriptor) == 0 &&
                       ::rename(fresh.c_str(), path_.c_str()) == 0;
  if (!written) {
    const Error error = failed(path_, "write it");
    ::close(descriptor);
    ::unlink(fresh.c_str());
    return error;
  }
  sync_folder(path_);
  ::close(std::exchange(descriptor_, descriptor));
  return {};
}

Result<void> HandleFile::remove() const {
  if (::unlink(path_.c_str()) != 0 && errno != ENOENT) return failed(path_, "remove it");
  sync_folder(path_);
  return {};
}

}  // namespace dynamutex::cli
