#include "cli/handle_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "cli/handle.hpp"
#include "support/fake_world.hpp"

using namespace dynamutex;
using cli::HandleFile;

namespace {

/// A folder of its own, with what is in it gone afterwards.
struct Folder {
  Folder() { REQUIRE(::mkdtemp(path.data()) != nullptr); }
  ~Folder() {
    for (const char* const name : {"/h", "/h.new", "/target"}) ::unlink((path + name).c_str());
    ::rmdir(path.c_str());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string file(const char* name = "/h") const { return path + name; }
  Result<HandleFile> open(HandleFile::IfMissing if_missing = HandleFile::IfMissing::create) {
    return HandleFile::open(file(), if_missing, clock, nullptr);
  }
  [[nodiscard]] unsigned mode() const {
    struct stat found {};
    REQUIRE(::stat(file().c_str(), &found) == 0);
    return found.st_mode & 07777U;
  }

  std::string path = "/tmp/dynamutex-XXXXXX";
  test::FakeClock clock;
};

ErrorKind kind_of(const Result<HandleFile>& opened) {
  REQUIRE_FALSE(opened.ok());
  return opened.error().kind;
}

}  // namespace

TEST_CASE("what is stored is read again, and only its owner can") {
  Folder folder;
  const auto before = ::umask(0);
  {
    auto file = folder.open();
    REQUIRE(file.ok());
    CHECK(file->created());
    CHECK(folder.mode() == 0600);
    CHECK(file->read().value().empty());
    REQUIRE(::chmod(folder.file().c_str(), 0666) == 0);
    REQUIRE(file->store("one, and long").ok());
    REQUIRE(file->store("two").ok());
    CHECK(file->read().value() == "two");
    CHECK(folder.mode() == 0600);
  }
  ::umask(before);
  const auto again = folder.open(HandleFile::IfMissing::refuse);
  REQUIRE(again.ok());
  CHECK_FALSE(again->created());
  CHECK(again->read().value() == "two");
}

TEST_CASE("only one at a time has the file, also after it was replaced") {
  Folder folder;
  auto file = folder.open();
  REQUIRE(file.ok());
  CHECK(kind_of(folder.open()) == ErrorKind::contended);
  REQUIRE(file->store("one").ok());
  CHECK(kind_of(folder.open()) == ErrorKind::contended);
  {
    const HandleFile last = *std::move(file);
    CHECK(kind_of(folder.open()) == ErrorKind::contended);
  }
  CHECK(folder.open().ok());
}

TEST_CASE("one who waited does not get a file that was removed meanwhile") {
  Folder folder;
  const int other = ::open(folder.file().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::flock(other, LOCK_EX) == 0);

  /// While somebody waits, the other one removes the file and lets go of it.
  struct Removing final : Clock {
    MonotonicTime now() const noexcept override { return clock.now(); }
    WallTime wall_now() const noexcept override { return clock.wall_now(); }
    bool wait_until(MonotonicTime until, const Cancellation* cancellation) noexcept override {
      ::unlink(path.c_str());
      ::close(descriptor);
      return clock.wait_until(until, cancellation);
    }
    test::FakeClock clock;
    std::string path;
    int descriptor = -1;
  } removing;
  removing.path = folder.file();
  removing.descriptor = other;
  const auto file = HandleFile::open(folder.file(), HandleFile::IfMissing::refuse, removing, nullptr);
  CHECK(kind_of(file) == ErrorKind::invalid);
}

TEST_CASE("a cancelled wait for the file ends") {
  Folder folder;
  const auto file = folder.open();
  Cancellation cancellation;
  cancellation.cancel();
  CHECK(kind_of(HandleFile::open(folder.file(), HandleFile::IfMissing::refuse, folder.clock, &cancellation)) ==
        ErrorKind::timed_out);
}

TEST_CASE("what is no handle's place is refused") {
  Folder folder;
  CHECK(kind_of(folder.open(HandleFile::IfMissing::refuse)) == ErrorKind::invalid);
  CHECK(kind_of(HandleFile::open(folder.path, HandleFile::IfMissing::create, folder.clock, nullptr)) == ErrorKind::denied);
  CHECK(kind_of(HandleFile::open(folder.file("/no/such/folder"), HandleFile::IfMissing::create, folder.clock, nullptr)) ==
        ErrorKind::denied);
  REQUIRE(::symlink("target", folder.file().c_str()) == 0);
  CHECK(kind_of(folder.open()) == ErrorKind::invalid);
  ::unlink(folder.file().c_str());
  REQUIRE(::mkfifo(folder.file().c_str(), 0600) == 0);
  CHECK(kind_of(folder.open()) == ErrorKind::invalid);
}

TEST_CASE("a file that is too long to be a handle is not read") {
  Folder folder;
  auto file = folder.open();
  REQUIRE(file->store(std::string(cli::kHandleBytesMax, 'x')).ok());
  CHECK(file->read().ok());
  REQUIRE(file->store(std::string(cli::kHandleBytesMax + 1, 'x')).ok());
  CHECK_FALSE(file->read().ok());
}

TEST_CASE("what a killed process left half written is in nobody's way") {
  Folder folder;
  auto file = folder.open();
  const int left = ::open(folder.file("/h.new").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  REQUIRE(::write(left, "hal", 3) == 3);
  ::close(left);
  REQUIRE(file->store("whole").ok());
  CHECK(file->read().value() == "whole");
  CHECK(::access(folder.file("/h.new").c_str(), F_OK) != 0);
  REQUIRE(file->remove().ok());
  CHECK(::access(folder.file().c_str(), F_OK) != 0);
  CHECK(file->remove().ok());
}
