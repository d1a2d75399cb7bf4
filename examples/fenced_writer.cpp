// Appends a line to a file under a fenced lock, so that a writer that was paused past its lease does no harm: the file's guard
// remembers the highest token it has seen and refuses lower ones. With a database the guard is a condition of the write itself.

#include <dynamutex/lock/lock_client.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "surroundings.hpp"

namespace lock = dynamutex::lock;

namespace {

/// A file that takes no stale write. The check and the write are one step for all writers of this machine (flock(2)).
class GuardedFile {
 public:
  explicit GuardedFile(std::string path) : path_(std::move(path)) {}

  /// False: a newer holder has been here.
  [[nodiscard]] bool append(lock::FencingToken token, const std::string& line) const {
    const int guard = ::open((path_ + ".token").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (guard < 0 || ::flock(guard, LOCK_EX) != 0) return false;
    std::uint64_t highest = 0;
    const bool known = ::pread(guard, &highest, sizeof highest, 0) == static_cast<ssize_t>(sizeof highest);
    const bool fresh = !known || token.value >= highest;
    const bool written = fresh &&
                         ::pwrite(guard, &token.value, sizeof token.value, 0) == static_cast<ssize_t>(sizeof token.value) &&
                         write_line(line);
    ::close(guard);
    return written;
  }

 private:
  [[nodiscard]] bool write_line(const std::string& line) const {
    const int file = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) return false;
    const bool written = ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    return ::close(file) == 0 && written;
  }

  std::string path_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s TABLE FILE LINE\n", argv[0]);
    return 64;
  }
  example::Surroundings world;
  dynamutex::dynamo::ClientTable table(*world.client, argv[1]);
  lock::LockClient locks(table, *world.clock, *world.entropy);
  lock::AcquireOptions options;
  options.fenced = true;  // All users of this lock fence.
  options.wait = std::chrono::seconds(10);

  const GuardedFile file(argv[2]);
  lock::Lease ours = example::require(locks.acquire(argv[2], options));
  const lock::FencingToken our_token = *ours.fencing_token();
  if (!file.append(our_token, std::string(argv[3]) + "\n")) return 1;

  // Another holder comes after us, as it would if we were paused until our lease is over …
  ours.release();
  const lock::Lease theirs = example::require(locks.acquire(argv[2], options));
  if (!file.append(*theirs.fencing_token(), "another writer\n")) return 1;
  // … and we wake up, and still believe that the lock is ours.
  const bool harm = file.append(our_token, "too late\n");
  std::printf(harm ? "a stale write went through\n" : "the stale write was refused\n");
  return harm ? 1 : 0;
}
