#include "dynamutex/credentials/process_source.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "credentials/helpers.hpp"

using namespace dynamutex;
using namespace dynamutex::credentials;
using namespace dynamutex::testing;
using namespace std::chrono_literals;

namespace {

/// A shell script, as the program that a profile names.
struct Script {
  explicit Script(std::string_view text) : path(folder.write("a program", "#!/bin/sh\n" + std::string(text) + "\n")) {
    ::chmod(path.c_str(), 0700);
  }
  FetchOutcome run(const std::string& arguments = "", Duration patience = kHang, const Cancellation* cancellation = nullptr) {
    ShiftedClock clock;
    const auto source = make_process_source(clock, '"' + path + "\" " + arguments);
    return source->fetch(clock.now() + patience, cancellation);
  }
  Folder folder;
  std::string path;
};

constexpr const char* kAnswer = R"(echo '{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"hunter2","SessionToken":"t"}')";

}  // namespace

TEST_CASE("a process's answer is read") { CHECK(keys_of(Script(kAnswer).run()) == "AKID/hunter2/t"); }

TEST_CASE("a process gets its arguments as they stand, without a shell's reading") {
  Script script(R"([ "$#" = 3 ] && [ "$1" = 'two words' ] && [ "$2" = '$HOME;' ] && [ "$3" = '|' ] || exit 9
)" + std::string(kAnswer));
  CHECK(keys_of(script.run(R"("two words" $HOME; |)")) == "AKID/hunter2/t");
}

TEST_CASE("a process has an empty standard input, and none of our descriptors") {
  const int ours = ::open("/dev/null", O_RDONLY);  // Not close-on-exec, as a careless host's.
  REQUIRE(::fcntl(ours, F_DUPFD, 57) >= 0);
  Script script("[ ! -e /proc/self/fd/57 ] || exit 9\nread line && exit 8\n" + std::string(kAnswer));
  CHECK(keys_of(script.run()) == "AKID/hunter2/t");
  ::close(57);
  ::close(ours);
}

TEST_CASE("a process starts with no signal blocked, whatever its host blocks") {
  sigset_t blocked;
  sigset_t before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  ShiftedClock clock;
  // Not by a shell, which may clear the mask itself. It prints nothing: what is wrong then tells whether it found the line.
  const auto source = make_process_source(clock, "grep -qE '^SigBlk:.*[1-9a-f]' /proc/self/status");
  const Error error = error_of(source->fetch(clock.now() + kHang, nullptr));
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(error.message == "the process failed with exit code 1");
}

TEST_CASE("a process that fails, or says something else, is an error without its words") {
  CHECK(error_of(Script(std::string(kAnswer) + "; exit 3").run()).message == "the process failed with exit code 3");
  CHECK(error_of(Script("kill -9 $$").run()).message == "the process was ended by signal 9");
  CHECK(error_of(Script("echo hunter2").run()).kind == ErrorKind::not_applied);
  CHECK(error_of(Script("true").run()).kind == ErrorKind::not_applied);
  CHECK(error_of(Script("yes hunter2").run()).message == "the process wrote more than 65536 bytes");
}

TEST_CASE("a program that cannot be run is an error of the configuration") {
  ShiftedClock clock;
  const auto kind = [&](const char* command) {
    return error_of(make_process_source(clock, command)->fetch(clock.now() + kHang, nullptr)).kind;
  };
  CHECK(kind("/nowhere/program") == ErrorKind::invalid);
  CHECK(kind("\"unpaired") == ErrorKind::invalid);
}

TEST_CASE("a process that hangs is ended by the deadline, also after it closed its output") {
  for (const char* text : {"exec sleep 1000", "exec sleep 1000 >&-"}) {
    CAPTURE(text);
    ShiftedClock clock;
    const auto start = clock.now();
    CHECK(error_of(Script(text).run("", 100ms)).kind == ErrorKind::timed_out);
    CHECK(clock.now() - start < kHang);
  }
}

TEST_CASE("cancelling ends the wait for a process") {
  Cancellation cancellation;
  std::thread other([&] { cancellation.cancel(); });
  const Error error = error_of(Script("exec sleep 1000").run("", kHang, &cancellation));
  other.join();
  CHECK(error.kind == ErrorKind::timed_out);
  CHECK(error.message.find("cancelled") != std::string::npos);
}
